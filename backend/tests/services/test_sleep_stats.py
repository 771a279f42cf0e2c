"""Sleep figures against what Python makes of the same nights."""

import datetime as dt
import statistics
from collections.abc import AsyncIterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.database import Database
from app.models import SleepEntry
from app.schemas.summaries import SleepStats
from app.services.sleep_stats import sleep_stats
from tests.services.stored import Diary, diary_of, stop_clock

TODAY = dt.date(2026, 4, 10)  # a Friday; clocks in Berlin went forward on 29 March
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_clock(monkeypatch, dt.datetime(2026, 4, 10, 12, tzinfo=dt.UTC))


@pytest.fixture
async def ada(database: Database) -> AsyncIterator[Diary]:
    async with diary_of(database, "Europe/Berlin") as diary:
        yield diary


async def stats(diary: Diary, days: int = 30) -> SleepStats:
    answer = await sleep_stats(diary.session, diary.person, days=days)
    return SleepStats.model_validate_json(answer, strict=True, extra="forbid")


def night(
    ago: int, bedtime: str = "23:00", wake_time: str = "07:00", zone: ZoneInfo = BERLIN, **more: int
) -> dict[str, Any]:
    """The night to the morning `ago` days before today; a bedtime after noon is the day before."""
    morning = TODAY - dt.timedelta(ago)
    start, end = dt.time.fromisoformat(bedtime), dt.time.fromisoformat(wake_time)
    evening = morning - dt.timedelta(1) if start.hour >= 12 else morning
    asleep = dt.datetime.combine(evening, start, zone).astimezone(dt.UTC)
    awake = dt.datetime.combine(morning, end, zone).astimezone(dt.UTC)
    hours = (awake - asleep).total_seconds() / 3_600
    times = {"date": morning, "bedtime": asleep, "wake_time": awake, "duration_hours": hours}
    return times | more


def short(ago: int, hours: float, **more: int) -> dict[str, Any]:
    """Sleep of which only the duration is known."""
    return {"date": TODAY - dt.timedelta(ago), "duration_hours": hours, **more}


async def test_duration_counts_all_sleep_of_the_day(ada: Diary) -> None:
    await ada.write(SleepEntry, short(0, 6), short(0, 1.5), short(1, 8), short(2, 5), short(40, 1))
    told = await stats(ada)
    assert told.nights == 3
    assert told.duration.model_dump() == {
        "mean_hours": 6.83,
        "spread_hours": round(statistics.stdev([7.5, 8, 5]), 2),
        "min_hours": 5,
        "max_hours": 8,
    }


async def test_the_span_ends_today_and_begins_so_many_days_ago(ada: Diary) -> None:
    await ada.write(SleepEntry, *(short(ago, 7) for ago in range(-1, 10)))
    told = await stats(ada, days=7)
    assert (told.first, told.last, told.nights) == (TODAY - dt.timedelta(6), TODAY, 7)


async def test_clock_times_meet_around_midnight(ada: Diary) -> None:
    await ada.write(SleepEntry, night(0, "23:30", "06:30"), night(1, "00:30", "07:30"))
    clock = (await stats(ada)).clock
    assert (clock.nights, clock.bedtime, clock.wake_time, clock.midpoint) == (
        2,
        "00:00",
        "07:00",
        "03:30",
    )
    assert clock.midpoint_spread_minutes == pytest.approx(30, abs=0.5)


async def test_times_are_those_of_the_longest_sleep(ada: Diary) -> None:
    await ada.write(SleepEntry, night(0, "11:00", "11:30"), night(0, "22:00", "06:00"))
    clock = (await stats(ada)).clock
    assert (clock.nights, clock.bedtime, clock.wake_time) == (1, "22:00", "06:00")
    assert clock.midpoint_spread_minutes is None


async def test_nights_on_which_clocks_change_are_as_regular_as_others(ada: Diary) -> None:
    await ada.write(SleepEntry, *(night(ago) for ago in range(20)))
    told = await stats(ada)
    assert told.duration.min_hours == 7  # the night of 29 March
    assert told.duration.max_hours == 8
    assert (told.clock.bedtime, told.clock.wake_time) == ("23:00", "07:00")
    assert told.regularity.model_dump() == {"index": 100, "pairs": 19, "reason": None}


async def test_times_are_told_by_the_persons_own_clock(database: Database) -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    async with diary_of(database, tokyo.key) as ada:
        await ada.write(SleepEntry, *(night(ago, "23:15", "06:45", tokyo) for ago in range(3)))
        clock = (await stats(ada)).clock
    assert (clock.bedtime, clock.wake_time, clock.midpoint) == ("23:15", "06:45", "03:00")


async def test_a_zone_that_postgresql_takes_for_an_abbreviation(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_clock(monkeypatch, dt.datetime(2026, 7, 10, 12, tzinfo=dt.UTC))
    monkeypatch.setattr("tests.services.test_sleep_stats.TODAY", dt.date(2026, 7, 10))
    central = ZoneInfo("CET")  # has summer time
    async with diary_of(database, central.key) as ada:
        await ada.write(SleepEntry, *(night(ago, zone=central) for ago in range(3)))
        clock = (await stats(ada)).clock
    assert (clock.bedtime, clock.wake_time) == ("23:00", "07:00")


async def test_regularity_needs_seven_pairs(ada: Diary) -> None:
    await ada.write(SleepEntry, *(night(ago) for ago in range(7)))
    regularity = (await stats(ada)).regularity
    assert (regularity.index, regularity.pairs) == (None, 6)
    assert regularity.reason
    await ada.write(SleepEntry, night(7, "00:00", "08:00"))
    # In one pair of the seven, 2 of 24 hours differ.
    assert (await stats(ada)).regularity.index == round(200 * (1 - 2 / 24 / 7) - 100, 1)


async def test_stages_are_shares_of_the_sleep_in_which_they_were_measured(ada: Diary) -> None:
    await ada.write(
        SleepEntry,
        night(0, deep_sleep_minutes=96, rem_sleep_minutes=120, awakenings=2, quality_score=80),
        night(1, deep_sleep_minutes=48, awakenings=3),
        night(2),
    )
    told = await stats(ada)
    assert told.stages.model_dump() == {
        "deep_pct": 15,
        "deep_nights": 2,
        "rem_pct": 25,
        "rem_nights": 1,
    }
    assert told.awakenings.model_dump() == {"mean": 2.5, "nights": 2}
    assert told.quality.model_dump() == {"mean": 80, "nights": 1}


async def test_efficiency_is_not_invented(ada: Diary) -> None:
    await ada.write(SleepEntry, night(0, deep_sleep_minutes=96, awakenings=2))
    efficiency = (await stats(ada)).efficiency
    assert efficiency.value is None
    assert efficiency.reason


async def test_debt_is_what_short_nights_lack_over_two_weeks(ada: Diary) -> None:
    await ada.write(
        SleepEntry, short(0, 6), short(1, 9), short(2, 5), short(2, 1), short(13, 4), short(14, 1)
    )
    debt = (await stats(ada, days=1)).debt
    assert debt.model_dump() == {"hours": 5, "nights": 4, "days": 14, "recommended_hours": 7}


async def test_social_jet_lag_is_how_much_later_weekends_lie(ada: Diary) -> None:
    weekdays = [night(ago) for ago in (0, 1, 2, 3, 4, 7)]
    weekend = [night(5, "01:00", "09:00"), night(6, "00:00", "08:00")]
    await ada.write(SleepEntry, *weekdays, *weekend)
    assert (await stats(ada)).social_jet_lag.model_dump() == {
        "minutes": 90,
        "free_nights": 2,
        "work_nights": 6,
        "reason": None,
    }


async def test_social_jet_lag_around_midnight_is_not_a_day(ada: Diary) -> None:
    weekdays = [night(ago, "21:00", "02:00") for ago in (0, 1)]
    weekend = [night(ago, "22:00", "03:00") for ago in (5, 6)]
    await ada.write(SleepEntry, *weekdays, *weekend)
    assert (await stats(ada)).social_jet_lag.minutes == 60


async def test_one_weekend_night_is_too_few(ada: Diary) -> None:
    await ada.write(SleepEntry, *(night(ago) for ago in (0, 1, 2, 3, 5)))
    lag = (await stats(ada)).social_jet_lag
    assert (lag.minutes, lag.free_nights, lag.work_nights) == (None, 1, 4)
    assert lag.reason


async def test_an_empty_account_is_learning(ada: Diary) -> None:
    told = await stats(ada, days=365)
    assert (told.status, told.nights, told.debt.hours, told.clock.bedtime) == (
        "learning",
        0,
        None,
        None,
    )


async def test_seven_nights_are_enough(ada: Diary) -> None:
    await ada.write(SleepEntry, *(short(ago, 7) for ago in range(6)))
    assert (await stats(ada)).status == "learning"
    await ada.write(SleepEntry, short(6, 7))
    assert (await stats(ada)).status == "ready"


async def test_others_are_not_counted(database: Database) -> None:
    async with diary_of(database) as bob:
        await bob.write(SleepEntry, night(0))
    async with diary_of(database) as ada:
        assert (await stats(ada)).nights == 0
