"""Pages that repeat the code are true; pages that people read name what exists."""

import re
from pathlib import Path

import pytest

from app.cli import main
from app.generated_docs import ROOT, pages, write

WRITTEN = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def test_generated_pages_are_fresh() -> None:
    assert write(check=True) == ()


def test_a_stale_page_is_noticed_and_written(tmp_path: Path) -> None:
    assert set(write(check=True, folder=tmp_path)) == set(pages())
    assert not any(tmp_path.iterdir())
    write(check=False, folder=tmp_path)
    assert write(check=True, folder=tmp_path) == ()


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text())
    missing = [link for link in links if not (page.parent / link).exists()]
    assert missing == []


def test_readme_commands_exist() -> None:
    text = (ROOT / "README.md").read_text()
    targets = set(re.findall(r"^make ([a-z]+)", text, flags=re.MULTILINE))
    makefile = (ROOT / "Makefile").read_text()
    assert targets >= {"demo", "serve", "test"}
    assert all(re.search(rf"^{target}:", makefile, flags=re.MULTILINE) for target in targets)


def test_readme_names_only_commands_that_exist() -> None:
    text = (ROOT / "README.md").read_text()
    named = set(re.findall(r"\bvitaliq ([a-z]+)\b", text))
    assert named
    assert named <= set(main.commands)
