"""What every reader owes, whatever is in the file."""

import datetime as dt
import math
import re

from app.catalog import QUANTITIES, TRACKERS
from app.importers.kinds import KINDS
from app.importers.protocol import (
    Format,
    Item,
    Logged,
    Options,
    Problem,
    Question,
    Reading,
    Strip,
    UnreadableFileError,
)
from app.importers.units import conversion, convert
from tests.importers.at_hand import BERLIN, file_of

MOST_ITEMS = 200_000
# What a text column, a terminal or JSON would choke on.
_STRANGE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_LONGEST = 400
_COLUMNS = {(row.tracker, row.column): row.unit for row in QUANTITIES}
# Words that an entry cannot do without.
_WORDS = {"exercise": {"exercise_name", "exercise_type"}, "nutrition": {"food_name", "meal_type"}}


def outcome(form: Format, content: bytes, zone: dt.tzinfo = BERLIN) -> list[Item] | str:
    """The items, each of them checked, or why the file cannot be read. Anything else that comes out
    of a reader is a fault of it."""
    items: list[Item] = []
    try:
        for item in form.read(file_of(content), Options(zone=zone)):
            check(item)
            items.append(item)
            assert len(items) < MOST_ITEMS
    except UnreadableFileError as error:
        check_words(str(error))
        return str(error)
    return items


def check(item: Item) -> None:
    match item:
        case Reading():
            _check_reading(item)
        case Strip():
            _check_strip(item)
        case Logged():
            _check_logged(item)
        case Problem():
            check_words(item.where, item.reason)
        case Question():
            check_words(item.option, item.reason)
            assert item.assumed in item.choices


def check_words(*words: str | None) -> None:
    for text in words:
        if text is not None:
            assert text
            assert len(text) <= _LONGEST
            assert not _STRANGE.search(text)


def _check_reading(reading: Reading) -> None:
    kind = KINDS[reading.kind]
    check_words(reading.source or None, reading.where, reading.origin, reading.group)
    _check_times(reading.start, reading.end)
    assert reading.censor in (None, "<", ">")
    if kind.is_interval:
        assert reading.end is not None
    else:
        assert conversion(reading.kind, reading.unit) is not None
        assert reading.value is not None
        assert math.isfinite(reading.value)


def _check_strip(strip: Strip) -> None:
    check_words(strip.source or None)
    assert KINDS[strip.kind].is_interval or conversion(strip.kind, strip.unit) is not None
    assert len(strip.cells) % 3 == 0
    assert all(map(math.isfinite, strip.cells))
    for start, end in zip(strip.cells[::3], strip.cells[1::3], strict=True):
        assert start <= end


def _check_logged(entry: Logged) -> None:
    assert entry.tracker in {row.key for row in TRACKERS}
    check_words(
        entry.source or None, entry.where, entry.origin, *entry.words, *entry.words.values()
    )
    assert _WORDS.get(entry.tracker, set()) <= entry.words.keys()
    _check_times(entry.start, entry.end)
    for column, (value, unit) in entry.fields.items():
        assert math.isfinite(value)
        assert convert(unit, _COLUMNS[entry.tracker, column]) is not None


def _check_times(start: dt.datetime, end: dt.datetime | None) -> None:
    assert start.tzinfo is not None
    assert 1899 <= start.year <= 2101
    if end is not None:
        assert end.tzinfo is not None
        assert end >= start
