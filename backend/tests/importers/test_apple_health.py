"""Apple Health: the expression for plain records and expat read the same, and DTDs harm nobody."""

import datetime as dt

import pytest

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
from tests.importers.at_hand import read

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
