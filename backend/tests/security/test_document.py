"""docs/security.md names every requirement, and tests that are there."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

BACKEND = Path(__file__).resolve().parents[2]
PAGE = (BACKEND.parent / "docs" / "security.md").read_text(encoding="utf-8")
NUMBERS = range(1, 54)
STATUSES = ("met", "partly", "not yet", "does not apply")


class Row(NamedTuple):
    number: int
    status: str
    tests: list[str]


def rows() -> Iterator[Row]:
    for number, cells in re.findall(r"^\| T(\d+) \|(.*)\|$", PAGE, flags=re.MULTILINE):
        _, _, status, shown = (cell.strip() for cell in cells.split("|"))
        yield Row(int(number), status, re.findall(r"`(tests/[^`]+)`", shown))


ROWS = list(rows())
row = pytest.mark.parametrize("row", ROWS, ids=lambda row: f"T{row.number}")


def declared(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    return {node.name for node in ast.walk(tree) if isinstance(node, functions)}


def test_every_number_is_there_once() -> None:
    assert [row.number for row in ROWS] == list(NUMBERS)


@row
def test_it_says_how_far(row: Row) -> None:
    assert row.status.startswith(STATUSES)
    if row.status.startswith(("partly", "does not apply")):
        assert ":" in row.status, "say what is missing, or why"
    if row.status.startswith(("met", "partly")):
        assert row.tests, "name the test"


@row
def test_its_tests_are_there(row: Row) -> None:
    for test in row.tests:
        name, _, function = test.partition("::")
        path = BACKEND / name
        assert path.is_file(), name
        if function:
            assert function in declared(path), test
        else:
            text = path.read_text(encoding="utf-8")
            told = re.search(rf"\bT{row.number}\b", text) or f"t{row.number}_" in text
            assert told or _spanned(row.number, text), f"{name} does not tell of T{row.number}"


@row
def test_a_test_bears_its_name(row: Row) -> None:
    if row.status.startswith(("met", "partly")):
        everywhere = {
            name for path in (BACKEND / "tests").rglob("test_*.py") for name in _names(path)
        }
        assert any(name.startswith(f"test_t{row.number}_") for name in everywhere)


@cache
def _names(path: Path) -> set[str]:
    return declared(path)


def _spanned(number: int, text: str) -> bool:
    """Whether the file says `T1 to T5` around it."""
    spans = re.findall(r"\bT(\d+) to T(\d+)\b", text)
    return any(int(first) <= number <= int(last) for first, last in spans)
