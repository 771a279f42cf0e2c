"""Every format, with files of its own, of the others, broken ones and hostile ones."""

import datetime as dt
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.importers.protocol import Format, Logged, Problem, Question, Reading, Strip
from app.importers.registry import format_of
from tests.importers.at_hand import file_of
from tests.importers.contract import outcome
from tests.importers.examples import FORMATS, example, inside, outside
from tests.importers.hostile import HOSTILE

EACH = pytest.mark.parametrize("form", FORMATS, ids=[form.key for form in FORMATS])
GUIDE = Path(__file__).parents[3] / "docs" / "importing.md"
# What numbers, texts, archives and databases trip over.
_TOKENS = (
    b"NaN", b"-Infinity", b"1e999", b"5e-324", b"9" * 400, b"\0", b"\xff\xfe", b"\xed\xa0\x80",
    b"\\ud800", b'"', b"'", b"\n", b"\r", b",", b";", b"{", b"}", b"[" * 60, b"]", b"-1", b"0",
    b"null", b"true", b"9999-12-31T23:59:59", b"0001-01-01", b"31/02/2024", b"99:99",
    b"=1+1", b"\x1b[2J", "\u202e".encode(), b"\x7f\xff\xff\xff", b"\xff" * 8,
)  # fmt: skip


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where temporary files would lie; nothing stays there."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


@EACH
def test_its_own_file_is_read_whole(form: Format) -> None:
    items = outcome(form, example(form.key))
    assert isinstance(items, list)
    assert sum(isinstance(item, Reading | Strip | Logged) for item in items) >= 5
    assert items == outcome(form, example(form.key)), "the same file says the same"


@EACH
def test_the_guide_says_how_to_get_its_file(form: Format) -> None:
    assert f"\n## {form.title}\n" in GUIDE.read_text(encoding="utf-8")


@EACH
def test_exactly_one_format_claims_a_file(form: Format) -> None:
    """One that is general leaves what others know to them."""
    claims = [one for one in FORMATS if one.sniff(file_of(example(form.key)))]
    special = [one.key for one in claims if not getattr(one, "is_general", False)]
    assert special == ([] if getattr(form, "is_general", False) else [form.key])
    assert format_of(file_of(example(form.key), "whatever.bin")).key == form.key


@EACH
@pytest.mark.parametrize("other", FORMATS, ids=[form.key for form in FORMATS])
def test_a_file_of_another_format_is_read_as_its_own_or_refused(
    form: Format, other: Format
) -> None:
    outcome(form, example(other.key))


@EACH
@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_t37_what_is_hostile_is_refused_or_told_of(form: Format, content: bytes) -> None:
    form.sniff(file_of(content))
    found = outcome(form, content)
    assert isinstance(found, str) or all(isinstance(i, Problem | Question) for i in found)


@EACH
def test_t37_a_file_that_was_cut_off_is_read_or_refused(form: Format) -> None:
    whole = example(form.key)
    for share in (0.1, 0.5, 0.9, 0.999):
        cut = whole[: int(len(whole) * share)]
        form.sniff(file_of(cut))
        outcome(form, cut)


@EACH
@settings(max_examples=30, deadline=None, derandomize=True)
@given(data=st.data())
def test_t37_a_file_that_was_tampered_with_is_read_or_refused(
    form: Format, data: st.DataObject
) -> None:
    """Also what an archive holds: packed again, so that the reader gets to see it."""
    files = inside(example(form.key))
    name = data.draw(st.sampled_from(sorted(files)))
    chance = random.Random(data.draw(st.integers(0, 2**32)))
    files[name] = tampered(files[name], chance, changes=data.draw(st.integers(1, 5)))
    content = outside(files)
    if data.draw(st.booleans()):
        content = tampered(content, chance, changes=1)
    form.sniff(file_of(content))
    outcome(form, content)


@EACH
@pytest.mark.parametrize(
    "zone",
    [dt.timezone(dt.timedelta(hours=14)), dt.timezone(dt.timedelta(hours=-12))],
    ids=["far east", "far west"],
)
def test_every_zone_will_do(form: Format, zone: dt.tzinfo) -> None:
    assert isinstance(outcome(form, example(form.key), zone), list)


def tampered(content: bytes, chance: random.Random, *, changes: int) -> bytes:
    for _ in range(changes):
        place = chance.randrange(len(content) + 1)
        length = chance.choice((0, 1, 2, 8, 64))
        match chance.randrange(4):
            case 0:
                piece = chance.choice(_TOKENS)
            case 1:
                piece = chance.randbytes(length or 1)
            case 2:
                piece = b""
            case _:
                start = chance.randrange(len(content) + 1)
                piece = content[start : start + chance.choice((8, 64, 512))]
        content = content[:place] + piece + content[place + length :]
    return content
