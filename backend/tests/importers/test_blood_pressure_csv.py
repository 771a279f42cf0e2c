"""Cuffs: three makers' tables, one reading of each pressure and the pulse."""

import pytest

from app.importers.blood_pressure_csv import FORMAT
from tests.importers.at_hand import problems, questions, read, readings
from tests.importers.writers import blood_pressure_csv as writer


@pytest.mark.parametrize("maker", writer.MAKERS)
def test_each_maker_says_the_same(maker: str) -> None:
    items = read(FORMAT, writer.MAKERS[maker](3))
    assert problems(items) == []
    assert questions(items) == {}
    systolic, pulse = readings(items, "blood_pressure_systolic"), readings(items, "heart_rate")
    assert [(r.start, r.value) for r in systolic] == [
        (r.start, r.value) for r in readings(read(FORMAT, writer.withings(3)), systolic[0].kind)
    ]
    assert len(systolic) == 20
    assert len(pulse) == (19 if maker == "Omron" else 20), "a dash is no pulse"
    assert systolic[0].unit == "mm[Hg]"
    assert systolic[0].group == pulse[0].group != systolic[1].group
    assert systolic[0].source in (maker, "HEM-7361T")


def test_a_zone_beside_the_time_goes_before_the_person_s() -> None:
    line = "2024/02/20 07:30,{zone},120,80,60,,,X"
    header = ",".join(writer.OMRON)
    rows = [line.format(zone=zone) for zone in ("Asia/Tokyo", "UTC+09:00", "+0900", "Mars")]
    items = read(FORMAT, "\n".join([header, *rows]).encode())
    starts = {r.start.isoformat() for r in readings(items)}
    assert starts == {"2024-02-20T07:30:00+09:00"}
    assert [problem.where for problem in problems(items)] == ["line 5"]


def test_one_pressure_alone_is_a_problem() -> None:
    content = b"Date,SYS(mmHg),DIA(mmHg)\n2024-02-20,120,\n2024-02-21,120,80\n"
    items = read(FORMAT, content)
    assert [problem.where for problem in problems(items)] == ["line 2"]
    assert len(readings(items)) == 2


def test_kilopascals_stay_what_they_are() -> None:
    items = readings(read(FORMAT, b"Date;SYS(kPa);DIA(kPa)\n20.02.2024;16,0;10,7\n"))
    assert [(r.value, r.unit) for r in items] == [(16.0, "kPa"), (10.7, "kPa")]
