"""Apple Health: records picked out by their lines and by expat are the same; DTDs harm nobody."""

import datetime as dt

import pytest

from app.importers import apple_health, apple_health_lines
from app.importers.apple_health import FORMAT
from app.importers.protocol import Item, Logged, Strip, UnreadableFileError
from tests.importers.apple_export import (
    DTD,
    blood_pressure,
    export,
    food,
    night,
    quantity,
    workout,
    years,
    zipped,
)
from tests.importers.at_hand import problems, read, strips

AT = dt.datetime(2026, 3, 11, 8, tzinfo=dt.timezone(dt.timedelta(hours=1)))
MEAL = food("Soup &amp; bread", AT, 420, 61.5)
LINES = [
    *years(400),
    blood_pressure(121, 79, AT),
    night(AT),
    workout("TraditionalStrengthTraining", AT, 42, 310),
    MEAL,
]


def told(items: list[Item]) -> tuple[set[tuple[object, ...]], list[Logged]]:
    """Readings by what they say, whichever way they were read."""
    found: set[tuple[object, ...]] = set()
    for item in items:
        if isinstance(item, Strip):
            cells = item.cells
            rows = zip(cells[::3], cells[1::3], cells[2::3], strict=True)
            found |= {(item.kind, item.unit, item.source, *row) for row in rows}
    return found, [item._replace(where="") for item in items if isinstance(item, Logged)]


def test_both_ways_read_the_same() -> None:
    plain, by_expat = export(*LINES), export("<!-- a comment -->\n", *LINES)
    assert told(read(FORMAT, plain)) == told(read(FORMAT, by_expat))
    assert len(told(read(FORMAT, plain))[0]) > 400


PLAIN = quantity("HeartRate", 61, "count/min", AT)
ODD = {
    "a leap day": PLAIN.replace("2026-03-11", "2024-02-29"),
    "a day that is none": PLAIN.replace("2026-03-11", "2026-02-29"),
    "a month that is none": PLAIN.replace("2026-03-11", "2026-13-01"),
    "an hour that is none": PLAIN.replace("08:00:00", "24:00:00"),
    "a time in words": PLAIN.replace("08:00:00", "8 o'cloc"),
    "a zone to the west": PLAIN.replace("+0100", "-0330"),
    "a zone that is none": PLAIN.replace("+0100", "+2500"),
    "before 1970": PLAIN.replace("2026-03-11", "1969-12-31"),
    "an end before its beginning": PLAIN.replace('endDate="2026', 'endDate="2025'),
    "no number": PLAIN.replace('value="61"', 'value="?"'),
    "a number that is none": PLAIN.replace('value="61"', 'value="nan"'),
    "a unit that is none": PLAIN.replace("count/min", "furlong"),
    "a character by its number": PLAIN.replace('value="61"', 'value="&#54;1"'),
    "another order": PLAIN.replace("<Record ", '<Record value="62" ').replace(' value="61"', ""),
    "an attribute more": PLAIN.replace(" startDate", ' note="2026" startDate'),
    "no unit": PLAIN.replace(' unit="count/min"', ""),
    "a source that is a riddle": PLAIN.replace("Ada", "&lt;&quot;&#x41;"),
    "two on a line": PLAIN.replace("\n", "") + PLAIN.replace("08:00:00", "08:00:01"),
    "returns at the end of lines": PLAIN.replace("\n", "\r\n"),
    "children": PLAIN.replace("/>", "><MetadataEntry key='a' value='b'/></Record>"),
    "children on lines": PLAIN.replace("/>", '>\n  <MetadataEntry key="a" value="b"/>\n </Record>'),
    "an unknown type": PLAIN.replace("HeartRate", "Mood"),
    "a type without its beginning": PLAIN.replace("HKQuantityTypeIdentifier", ""),
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_both_ways_read_what_is_odd(odd: str) -> None:
    lines = (*LINES, odd, *LINES)
    plain, by_expat = read(FORMAT, export(*lines)), read(FORMAT, export("<!-- -->", *lines))
    assert told(plain) == told(by_expat)
    assert sorted(problems(plain)) == sorted(problems(by_expat))


def test_records_with_children_are_no_problem() -> None:
    assert problems(read(FORMAT, export(ODD["children on lines"]))) == []


@pytest.mark.parametrize("size", [1, 7, 400, 401, 5_000])
def test_it_does_not_matter_where_the_file_is_cut(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = (*LINES[-60:], *ODD.values())
    content = export(*lines, dtd="")
    whole = told(read(FORMAT, content))
    monkeypatch.setattr(apple_health, "PIECE_BYTES", size)
    assert told(read(FORMAT, content)) == whole


def test_heads_without_number_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [PLAIN.replace("0x2822c4f50", f"0x{n:09x}") for n in range(50)]
    monkeypatch.setattr(apple_health_lines, "MOST_HEADS", 10)
    monkeypatch.setattr(apple_health_lines, "LONGEST_HEAD", 300)
    assert len(told(read(FORMAT, export(*lines)))[0]) == 1
    found = strips(read(FORMAT, export(*lines)))
    assert [len(strip.cells) for strip in found] == [3 * 50]


def test_a_record_in_a_comment_is_none() -> None:
    hidden = quantity("HeartRate", 99, "count/min", AT)
    items = read(FORMAT, export(*LINES, f"<!-- {hidden} -->", f"<![CDATA[{hidden}]]>"))
    assert told(items) == told(read(FORMAT, export(*LINES)))


def test_food_is_told_once_and_with_its_name() -> None:
    _, (meal,) = told(read(FORMAT, export(MEAL)))
    assert (meal.words["food_name"], meal.words["meal_type"]) == ("Soup & bread", "breakfast")
    assert meal.fields == {"calories": (420, "kcal"), "carbs_g": (61.5, "g")}


@pytest.mark.parametrize("dtd", ["", DTD, DTD.replace("(ExportDate", "((ExportDate")])
def test_t37_a_real_exports_document_type_is_skipped(dtd: str) -> None:
    assert told(read(FORMAT, zipped(export(*LINES, dtd=dtd)))) == told(read(FORMAT, export(*LINES)))


@pytest.mark.parametrize(
    "subset",
    [
        '<!ENTITY a "x"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">',
        '<!ENTITY c SYSTEM "file:///etc/passwd">',
        '<!ENTITY c SYSTEM "http://127.0.0.1:9/">',
        '<!ENTITY % c SYSTEM "http://127.0.0.1:9/"> %c;',
    ],
)
def test_t37_no_entity_is_ever_declared(subset: str) -> None:
    used = quantity("HeartRate", "&c;", "count/min", AT)
    with pytest.raises(UnreadableFileError):
        read(FORMAT, export(used, dtd=f"<!DOCTYPE HealthData [{subset}]>\n"))


@pytest.mark.parametrize(
    "content",
    [
        export(*LINES)[:-40],
        export(*LINES).replace(b"</HealthData>", b"<!DOCTYPE x></HealthData>"),
        export('<Record type="' + "x" * 9_000_000),
        export(*LINES).decode().encode("utf-16"),
    ],
    ids=["cut off", "a document type inside", "an element without end", "another encoding"],
)
def test_t37_what_is_not_whole_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableFileError):
        read(FORMAT, content)
