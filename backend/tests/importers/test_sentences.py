"""What readers of files say, and the table in which the page finds it in German."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

BACKEND = Path(__file__).resolve().parents[2]
TABLE = BACKEND.parent / "frontend" / "src" / "messages" / "said.de.json"
SPEAKERS = (
    *sorted((BACKEND / "app" / "importers").glob("*.py")),
    BACKEND / "app" / "schemas" / "vitals.py",
    *(
        BACKEND / "app" / "services" / f"{name}.py"
        for name in (
            "account_import",
            "day_table",
            "derivations",
            "export_reading",
            "file_reading",
            "import_preview",
            "import_work",
            "job_work",
            "logged_entries",
            "reading_sheets",
            "work",
        )
    ),
)
TOLD: dict[str, str] = json.loads(TABLE.read_text(encoding="utf-8"))


# What a person reads word for word: why a file, or a line of a table of days, was not taken.
FILLED_IN = "…"
REFUSALS = ("UnreadableFileError", "InvalidInputError.at")
# The profile or a table of an account's export that a newer version made: told with where it lies.
LEFT_OUT = re.compile(
    "holds tables of a newer version|has columns of a newer version|the profile or the limits .*"
    "|is no column of this tracker"
)


def said() -> Iterator[re.Pattern[str]]:
    for path in SPEAKERS:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield re.compile(re.escape(re.sub(r"\d+", "#", node.value)))
            elif isinstance(node, ast.JoinedStr) and _has_words(node):
                yield re.compile("".join(_part(part) for part in node.values))


def _has_words(node: ast.JoinedStr) -> bool:
    """Any sentence would fit one that is made of names alone."""
    own = [str(part.value) for part in node.values if isinstance(part, ast.Constant)]
    return len(re.findall("[a-z]", "".join(own))) >= len("line")


def _part(part: ast.expr) -> str:
    return re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+"


PATTERNS = list(said())


def refusals() -> Iterator[str]:
    """Sentences that stand in a refusal itself."""
    for path in SPEAKERS:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in REFUSALS:
                yield from map(_sentence, node.args)


def _sentence(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_sentence(part) for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return FILLED_IN
    return str(node.value) if isinstance(node, ast.Constant) else ""


WHOLE = sorted({s for s in refusals() if " " in s and not LEFT_OUT.fullmatch(s)})
KNOWN = [re.compile(re.escape(s).replace(r"\#", r"\d+").replace(r"\*", ".+")) for s in TOLD]


def test_refusals_are_found() -> None:
    assert {"is not a number", "This is not a text file."} <= set(WHOLE)


@pytest.mark.parametrize("sentence", WHOLE)
def test_the_page_knows_each_refusal(sentence: str) -> None:
    told = [sentence.replace(FILLED_IN, part) for part in ("7", "line 7")]
    assert any(pattern.fullmatch(one) for pattern in KNOWN for one in told)


@pytest.mark.parametrize("sentence", TOLD)
def test_each_sentence_of_the_table_is_still_said(sentence: str) -> None:
    assert any(pattern.fullmatch(sentence) for pattern in PATTERNS)


@pytest.mark.parametrize(("sentence", "german"), TOLD.items())
def test_the_same_figures_and_names_stand_in_both(sentence: str, german: str) -> None:
    assert re.findall("[#*]", sentence) == re.findall("[#*]", german)
