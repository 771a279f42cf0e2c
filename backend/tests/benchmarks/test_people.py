"""Reading folders of daily CSVs."""

import math
from pathlib import Path

import numpy as np
import pytest

from app.catalog import CATALOGUE, Adverse, Scale
from benchmarks.detection.cases import Crowd
from benchmarks.detection.people import FEWEST_VALUES, read_packs


def write(path: Path, columns: str, rows: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([columns, *rows]) + "\n")


def month(*values: str, user: str = "a") -> list[str]:
    return [f"{user},2026-03-{day:02},{','.join(values)}" for day in range(1, 31)]


def test_a_sub_folder_is_a_pack_and_so_is_a_file(tmp_path: Path) -> None:
    write(tmp_path / "watch" / "one.csv", "user,date,resting_hr", month("60"))
    write(tmp_path / "watch" / "two.csv", "user,date,resting_hr", month("61", user="b"))
    write(tmp_path / "meter.csv", "user,date,weight", month("70"))
    packs = read_packs(tmp_path)
    assert {pack: [p.name for p in people] for pack, people in packs.items()} == {
        "meter": ["a"],
        "watch": ["a", "b"],
    }


def test_a_folder_without_a_csv_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_packs(tmp_path)


def test_an_unknown_pack_is_told(tmp_path: Path) -> None:
    write(tmp_path / "meter.csv", "user,date,weight", month("70"))
    with pytest.raises(KeyError):
        Crowd(data=tmp_path, packs=("metre",)).everyone(0)


def test_names_and_aliases_are_the_catalogues(tmp_path: Path) -> None:
    write(tmp_path / "x.csv", "user,date,breathing_rate,hrv", month("15", "40"))
    (person,) = read_packs(tmp_path)["x"]
    assert person.values.keys == ("respiratory_rate", "hrv")
    assert person.catalogue["hrv"].watch == CATALOGUE["hrv"].watch


def test_other_columns_get_a_scale_and_a_bad_side(tmp_path: Path) -> None:
    write(tmp_path / "x.csv", "user,date,steps", month("9000"))
    (person,) = read_packs(tmp_path)["x"]
    watch = person.metrics[0].watch
    assert watch is not None
    assert (watch.scale, watch.adverse) == (Scale.SQRT, Adverse.LOW)


def test_what_describes_the_reading_is_left_out(tmp_path: Path) -> None:
    columns = "user,date,resting_hr,glucose_n,coverage,self_mood,calories_burned"
    write(tmp_path / "x.csv", columns, month("60", "5", "1", "3", "2200"))
    (person,) = read_packs(tmp_path)["x"]
    assert person.values.keys == ("resting_hr",)


def test_missing_days_and_cells_are_unknown(tmp_path: Path) -> None:
    rows = [row for row in month("60", "1") if "-03-05," not in row]
    rows[0] = "a,2026-03-01,,"
    write(tmp_path / "x.csv", "user,date,resting_hr,label_alcohol", rows)
    (person,) = read_packs(tmp_path)["x"]
    assert len(person.values.days) == 30
    assert [math.isnan(v) for v in person.values.column("resting_hr")[[0, 4, 5]]] == [
        True,
        True,
        False,
    ]
    assert np.isnan(person.labels["alcohol"][[0, 4]]).all()


def test_a_metric_with_few_values_is_dropped(tmp_path: Path) -> None:
    rows = month("60", "40")
    few = [
        row if day < FEWEST_VALUES - 1 else row.removesuffix("40") for day, row in enumerate(rows)
    ]
    write(tmp_path / "x.csv", "user,date,resting_hr,hrv", few)
    (person,) = read_packs(tmp_path)["x"]
    assert person.values.keys == ("resting_hr",)
