"""The document of an export is read row by row, however it is cut, and little of it is held."""

import io
import json
import tracemalloc
import zipfile
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import pytest

from app.errors import InvalidInputError
from app.services import export_reading
from app.services.export_reading import portions

TABLES: Mapping[str, list[dict[str, Any]]] = {
    "tags": [],
    "readings": [{"value": n / 7, "note": 'a "b" \\ {[ é 😀'} for n in range(40)],
    "users": [{"preferences": {"a": [1, [2, {"b": None}]]}, "name": "]}"}],
}
DOCUMENT = {"format": "vitaliq-export", "version": 1, "tables": TABLES, "note": 12}
MOST = 100_000_000


def archive(document: object, *, plain: bool = False) -> io.BytesIO:
    file = io.BytesIO()
    method = zipfile.ZIP_STORED if plain else zipfile.ZIP_DEFLATED
    told = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
    with zipfile.ZipFile(file, "w", method) as packed:
        packed.writestr("vitaliq.json", told)
    return file


def read(file: io.BytesIO) -> dict[str, list[Any]]:
    tables: dict[str, list[Any]] = defaultdict(list)
    for table, rows, _ in portions(file, MOST):
        tables[table] += map(json.loads, rows)
    return dict(tables)


@pytest.mark.parametrize("piece", [1, 2, 3, 17, 1_000])
@pytest.mark.parametrize("indent", [None, 3])
def test_it_does_not_matter_where_it_is_cut(
    piece: int, indent: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_reading, "PIECE_BYTES", piece)
    told = json.dumps(DOCUMENT, ensure_ascii=False, indent=indent)
    assert read(archive(told)) == TABLES


def test_rows_come_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_reading, "CHARACTERS_AT_ONCE", 200)
    found = list(portions(archive(DOCUMENT), MOST))
    assert [portion.table for portion in found if not portion.rows] == ["tags"]
    assert sum(portion.table == "readings" for portion in found) > 5
    assert {portion.columns for portion in found if portion.table == "readings"} == {
        frozenset({"value", "note"})
    }


def test_half_a_document_is_none() -> None:
    told = json.dumps(DOCUMENT)
    for size in range(0, len(told), 7):
        with pytest.raises(InvalidInputError):
            read(archive(told[:size]))


@pytest.mark.parametrize(
    "told",
    [
        '{"format":"vitaliq-export","version":1,"tables":{"tags":[{},]}}',
        '{"format":"vitaliq-export","version":1,"tables":{"tags":[{}{}]}}',
        '{"format":"vitaliq-export","version":1,"tables":{"tags":[],"tags":[]}}',
        '{"format":"vitaliq-export","version":1,"tables":{"tags":[]} "a":1}',
        '{"format":"vitaliq-export","version":1,"tables":{"tags":[]}} {}',
        '{"format":"vitaliq-export","version":1}',
        '{"format":"vitaliq-export","version":12,"tables":{}}',
        '{1:"vitaliq-export"}',
    ],
)
def test_t50_what_is_no_json_of_ours_is_refused(told: str) -> None:
    with pytest.raises(InvalidInputError, match="not an export"):
        read(archive(told))


def test_t50_a_row_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_reading, "PIECE_BYTES", 100)
    monkeypatch.setattr(export_reading, "LONGEST_ROW", 1_000)
    endless = DOCUMENT | {"tables": {"tags": [{"label": "a" * 2_000}]}}
    with pytest.raises(InvalidInputError, match="too long"):
        read(archive(endless, plain=True))


def test_t50_little_of_a_large_document_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_reading, "PIECE_BYTES", 20_000)
    monkeypatch.setattr(export_reading, "CHARACTERS_AT_ONCE", 20_000)
    rows = [{"series": 1, "at": "2026-03-12T10:00:00+00:00", "value": n} for n in range(20_000)]
    file = archive(DOCUMENT | {"tables": {"readings": rows}})
    tracemalloc.start()
    count = sum(len(portion.rows) for portion in portions(file, MOST))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 20_000
    assert most < 500_000 < len(json.dumps(rows)) / 2
