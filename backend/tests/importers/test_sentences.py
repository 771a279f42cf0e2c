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
    BACKEND / "app" / "services" / "reading_sheets.py",
    BACKEND / "app" / "services" / "logged_entries.py",
    BACKEND / "app" / "services" / "work.py",
)
TOLD: dict[str, str] = json.loads(TABLE.read_text(encoding="utf-8"))


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


@pytest.mark.parametrize("sentence", TOLD)
def test_each_sentence_of_the_table_is_still_said(sentence: str) -> None:
    assert any(pattern.fullmatch(sentence) for pattern in PATTERNS)


@pytest.mark.parametrize(("sentence", "german"), TOLD.items())
def test_the_same_figures_and_names_stand_in_both(sentence: str, german: str) -> None:
    assert re.findall("[#*]", sentence) == re.findall("[#*]", german)
