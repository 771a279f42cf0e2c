"""Days and durations across every change of the clocks, of every zone, 2000 to 2035 (T42)."""

import datetime as dt
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

import pytest

from app.services.derivations import derive
from app.services.people import Person
from app.utils.identifiers import uuid7
from app.utils.time import elapsed_hours, local_day, to_utc, zone_of

FIRST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
LAST = dt.datetime(2036, 1, 1, tzinfo=dt.UTC)
STEP = dt.timedelta(days=2)
SECOND = dt.timedelta(seconds=1)
HALF_NIGHT = dt.timedelta(hours=4)
FEWEST = 10_000


class Change(NamedTuple):
    """From `instant` on (UTC) the zone's clocks show `after` where they showed `before`."""

    zone: ZoneInfo
    instant: dt.datetime
    before: dt.timedelta
    after: dt.timedelta

    def __str__(self) -> str:
        return f"{self.zone} {self.instant:%Y-%m-%dT%H:%M:%SZ} {self.before} to {self.after}"

    def wall(self, instant: dt.datetime) -> dt.datetime:
        """What the clocks show, from the two offsets alone."""
        offset = self.before if instant < self.instant else self.after
        return (instant + offset).replace(tzinfo=None)

    def meant(self, wall: dt.datetime) -> dt.datetime:
        """The instant that a time on the clocks stands for, by the rule that is documented."""
        at = wall.replace(tzinfo=dt.UTC)
        is_later = at >= self.instant + max(self.before, self.after)
        return at - (self.after if is_later else self.before)


def offset(zone: ZoneInfo, instant: dt.datetime) -> dt.timedelta:
    found = instant.astimezone(zone).utcoffset()
    assert found is not None
    return found


def changes_of(zone: ZoneInfo) -> Iterator[Change]:
    start, before = FIRST, offset(zone, FIRST)
    while start < LAST:
        end = start + STEP
        after = offset(zone, end)
        if after != before:
            yield Change(zone, first_after(zone, start, end), before, after)
        start, before = end, after


def first_after(zone: ZoneInfo, start: dt.datetime, end: dt.datetime) -> dt.datetime:
    before = offset(zone, start)
    while end - start > SECOND:
        middle = start + (end - start) // 2
        middle = middle.replace(microsecond=0)
        if offset(zone, middle) == before:
            start = middle
        else:
            end = middle
    return end


@cache
def changes() -> list[Change]:
    zones = map(zone_of, sorted(available_timezones() - {"Factory", "localtime", "posixrules"}))
    return [change for zone in zones for change in changes_of(zone)]


def test_t42_there_are_changes_to_test() -> None:
    assert len(changes()) > FEWEST
    shifts = {change.after - change.before for change in changes()}
    assert dt.timedelta(hours=24) in shifts, "the date line moved past Samoa in 2011"
    assert dt.timedelta(minutes=30) in shifts, "Lord Howe Island changes by half an hour"


def test_t42_what_passed_is_counted_and_not_what_clocks_show() -> None:
    for change in changes():
        start = (change.instant - HALF_NIGHT).astimezone(change.zone)
        end = (change.instant + HALF_NIGHT).astimezone(change.zone)
        assert elapsed_hours(start, end) == 8, str(change)


def test_t42_a_time_without_offset_is_that_of_the_persons_clock() -> None:
    for change in changes():
        shift = change.after - change.before
        edge = (change.instant + min(change.before, change.after)).replace(tzinfo=None)
        walls = [edge - SECOND, edge, edge + abs(shift) / 2, edge + abs(shift) - SECOND]
        for wall in [*walls, edge + abs(shift)]:
            assert to_utc(wall, change.zone) == change.meant(wall), (str(change), wall)


def test_t42_a_night_across_a_change_lasts_as_long_and_ends_on_its_morning() -> None:
    for change in changes():
        person = Person(id=uuid7(), session_id=None, zone=change.zone, thresholds={})
        start, end = change.instant - HALF_NIGHT, change.instant + HALF_NIGHT
        if change.meant(change.wall(end)) != end:
            continue  # shown twice for longer than half the night: the first is meant
        said = {"bedtime": change.wall(start), "wake_time": change.wall(end)}
        exact = {"bedtime": start.astimezone(change.zone), "wake_time": end}
        for night in (said, exact):
            stored = derive("sleep", night, person)
            assert stored["duration_hours"] == 8, str(change)
            assert (stored["bedtime"], stored["wake_time"]) == (start, end), str(change)
            assert stored["date"] == change.wall(end).date(), str(change)


def test_t42_days_follow_one_another_across_changes() -> None:
    """Every instant lies on the day that the clocks show, and only the date line skips one."""
    for change in changes():
        before = local_day(change.instant - SECOND, change.zone)
        after = local_day(change.instant, change.zone)
        assert before == change.wall(change.instant - SECOND).date(), str(change)
        assert after == change.wall(change.instant).date(), str(change)
        skips = abs(change.after - change.before) >= dt.timedelta(hours=23)
        assert skips or abs((after - before).days) <= 1, str(change)


@pytest.mark.parametrize(
    ("wall", "instant"),
    [
        ("2026-03-29T02:30", "2026-03-29T01:30"),  # skipped: as if the clocks had stayed
        ("2026-10-25T02:30", "2026-10-25T00:30"),  # shown twice: the first
    ],
)
def test_t42_hours_that_are_skipped_or_repeated_have_one_meaning(wall: str, instant: str) -> None:
    meant = to_utc(dt.datetime.fromisoformat(wall), zone_of("Europe/Berlin"))
    assert meant == dt.datetime.fromisoformat(f"{instant}+00:00")
