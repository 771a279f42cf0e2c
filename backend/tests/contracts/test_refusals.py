"""Every refusal has a code, and the page has words for each in German."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import AppError, FieldError
from tests.contracts.refusals import FIELDS, PROBLEMS

APP = Path(__file__).parents[2] / "app"
# They write to a terminal.
COMMANDS = {"commands.py"}


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call of the application, by what is called."""
    for path in sorted(APP.rglob("*.py")):
        if path.name not in COMMANDS:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    yield ast.unparse(node.func), node


def code_of(call: ast.Call) -> str | None:
    given = [word.value for word in call.keywords if word.arg == "code"]
    return str(given[0].value) if given and isinstance(given[0], ast.Constant) else None


def classes(base: type[AppError] = AppError) -> Iterator[type[AppError]]:
    yield base
    for kind in base.__subclasses__():
        yield from classes(kind)


CALLS = list(calls())
OF_FIELDS = {
    *(code for name, call in CALLS if name.endswith(".at") and (code := code_of(call))),
    *(
        str(call.args[0].value)
        for name, call in CALLS
        if name == "PydanticCustomError" and isinstance(call.args[0], ast.Constant)
    ),
    FieldError((), "").code,
}
OF_PROBLEMS = {
    *(
        code
        for name, call in CALLS
        if name.endswith("Error") and not name.endswith(".at") and (code := code_of(call))
    ),
    *(kind.code for kind in classes() if kind.__module__.startswith("app.")),
    "wrong-second-factor",
}


def test_codes_are_found() -> None:
    assert {"wrong-password", "address-taken", "disk-full"} <= OF_PROBLEMS
    assert {"wake-time", "says-nothing", "misfit"} <= OF_FIELDS


@pytest.mark.parametrize("code", sorted(OF_PROBLEMS))
def test_the_page_has_words_for_each_refusal(code: str) -> None:
    assert code in PROBLEMS


@pytest.mark.parametrize("code", sorted(OF_FIELDS))
def test_the_page_has_words_for_each_misfit(code: str) -> None:
    assert code in FIELDS


def test_no_words_are_left_over() -> None:
    assert set(PROBLEMS) == OF_PROBLEMS
