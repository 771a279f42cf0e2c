"""How files write numbers, dates and times, and the nights when clocks change."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from app.importers.local_time import LocalClock
from app.importers.notation import Notation, Survey
from app.importers.protocol import Options
from app.importers.values import BadValueError
from tests.importers.at_hand import BERLIN
from tests.importers.writers.tables import local

OPTIONS = Options(zone=dt.UTC)


@pytest.mark.parametrize(
    ("date", "time"),
    [
        ("2024-03-14T18:05:09", ""),
        ("2024-03-14 18:05:09", ""),
        ("2024/03/14", "18:05:09"),
        ("14.03.2024 18:05:09", ""),
        ("14-03-24", "6:05:09 PM"),
        ("Mar 14, 2024", "06:05:09 pm"),
        ("14. März 2024 18:05:09", ""),
        ("14 mars 2024", "18h05:09"),
        ("20240314", "18.05.09"),
        ("14/03/2024, 6:05:09\u202fp.m.", ""),
    ],
)
def test_a_moment_is_written_in_many_ways(date: str, time: str) -> None:
    assert Notation().moment(date, time) == local("2024-03-14 18:05:09")


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2024-02-30", "31.06.2024", "2024-03-14 25:00", "14.03.124", "1-1-1", "0001-01-01",
     "2024-03-14 13:00 PM", "2024-03-14T10:00+99:00", "9999-12-31", "1" * 100],
)  # fmt: skip
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(BadValueError):
        Notation().moment(text)


@pytest.mark.parametrize(
    ("text", "comma", "value"),
    [
        ("12", False, 12), ("-3.5", False, -3.5), ("1,234.5", False, 1234.5), (" 7 ", False, 7),
        ("1.234,5", True, 1234.5), ("0,5", True, 0.5), ("1\u202f234,5", True, 1234.5),
        ("1'234.5", False, 1234.5), ("1e3", False, 1000), ("−2", False, -2), (".5", False, 0.5),
    ],
)  # fmt: skip
def test_a_number_is_written_in_many_ways(text: str, comma: bool, value: float) -> None:
    assert Notation(decimal_comma=comma).number(text) == value


@pytest.mark.parametrize("text", ["", "nan", "inf", "1e999", "1,2,3", "0x10", "1_000", "٣", "--1"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(BadValueError):
        Notation().number(text)


@pytest.mark.parametrize(
    ("dates", "day_first", "asked"),
    [
        (["01/02/2024", "13/02/2024"], True, False),
        (["01/02/2024", "02/13/2024"], False, False),
        (["13/02/2024", "02/13/2024", "14/02/2024"], True, True),
        (["01/02/2024", "02/02/2024", "03/02/2024"], True, True),
        (["02/01/2024", "02/02/2024", "02/03/2024"], False, True),
        (["2024-02-01"], True, False),
    ],
)
def test_the_order_of_day_and_month(dates: list[str], day_first: bool, asked: bool) -> None:
    survey = Survey()
    for date in dates:
        survey.see_date(date)
    notation, questions = survey.settle(OPTIONS)
    assert notation.day_first is day_first
    assert [question.option for question in questions] == ["day_first"] * asked


SPRING, AUTUMN = "2024-03-31 {}", "2024-10-27 {}"


def hours(zone: dt.tzinfo, day: str, clocks: list[str]) -> list[float]:
    """Hours since the first."""
    clock = LocalClock(zone)
    moments = [clock.instant(local(day.format(at))) for at in clocks]
    return [(moment - moments[0]).total_seconds() / 3600 for moment in moments]


def test_the_night_of_23_hours() -> None:
    assert hours(BERLIN, SPRING, ["00:00", "01:30", "03:00", "04:00"]) == [0, 1.5, 2, 3]


def test_a_time_that_clocks_skipped_is_read_as_if_they_had_not() -> None:
    assert hours(BERLIN, SPRING, ["01:00", "02:30", "03:30"]) == [0, 1.5, 1.5]


def test_the_night_of_25_hours_forwards_and_backwards() -> None:
    shown = ["00:00", "01:30", "02:00", "02:30", "02:00", "02:30", "03:00"]
    passed = [0, 1.5, 2, 2.5, 3, 3.5, 4]
    assert hours(BERLIN, AUTUMN, shown) == passed
    assert hours(BERLIN, AUTUMN, shown[::-1]) == [-(4 - hour) for hour in passed[::-1]]


def test_clocks_that_change_around_midnight_or_by_half_an_hour() -> None:
    havana = ["2024-11-03 00:30", "2024-11-03 00:45", "2024-11-03 00:30", "2024-11-03 01:30"]
    assert hours(ZoneInfo("America/Havana"), "{}", havana) == [0, 0.25, 1, 2]
    paulo = ["2018-02-17 22:30", "2018-02-17 23:30", "2018-02-17 23:15", "2018-02-18 00:00"]
    assert hours(ZoneInfo("America/Sao_Paulo"), "{}", paulo) == [0, 1, 1.75, 2.5]
    howe = ["2024-04-07 01:30", "2024-04-07 01:45", "2024-04-07 01:30", "2024-04-07 02:00"]
    assert hours(ZoneInfo("Australia/Lord_Howe"), "{}", howe) == [0, 0.25, 0.5, 1]
