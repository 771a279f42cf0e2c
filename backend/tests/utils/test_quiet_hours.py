"""When somebody may be told of something."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from app.utils.quiet_hours import Calm, day_begins, earliest

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Calm(quiet_from=dt.time(22), quiet_until=dt.time(7))
NAP = Calm(quiet_from=dt.time(13), quiet_until=dt.time(15))
DIGEST = Calm(digest_at=dt.time(8))


def at(text: str) -> dt.datetime:
    """By Berlin's clocks."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("calm", "now", "when"),
    [
        (Calm(), "2026-03-12T03:00", "2026-03-12T03:00"),
        (NIGHT, "2026-03-12T21:59", "2026-03-12T21:59"),
        (NIGHT, "2026-03-12T22:00", "2026-03-13T07:00"),
        (NIGHT, "2026-03-13T00:00", "2026-03-13T07:00"),
        (NIGHT, "2026-03-13T06:59", "2026-03-13T07:00"),
        (NIGHT, "2026-03-13T07:00", "2026-03-13T07:00"),
        (NIGHT, "2026-03-28T23:00", "2026-03-29T07:00"),  # the clocks go forward
        (NIGHT, "2026-10-25T01:00", "2026-10-25T07:00"),  # and back
        (NAP, "2026-03-12T14:00", "2026-03-12T15:00"),
        (NAP, "2026-03-12T15:00", "2026-03-12T15:00"),
        (NAP, "2026-03-12T02:00", "2026-03-12T02:00"),
        (DIGEST, "2026-03-12T07:59", "2026-03-12T08:00"),
        (DIGEST, "2026-03-12T08:00", "2026-03-13T08:00"),
    ],
)
def test_by_the_persons_own_clock(calm: Calm, now: str, when: str) -> None:
    assert earliest(at(now), BERLIN, calm, sent_today=0, has_waited=False) == at(when)


def test_a_digest_that_has_waited_goes() -> None:
    now = at("2026-03-12T08:00")
    assert earliest(now, BERLIN, DIGEST, sent_today=9, has_waited=True) == now


def test_after_the_most_of_a_day_comes_the_next() -> None:
    now, calm = at("2026-03-12T12:00"), Calm(daily_cap=2)
    assert earliest(now, BERLIN, calm, sent_today=1, has_waited=True) == now
    assert earliest(now, BERLIN, calm, sent_today=2, has_waited=True) == at("2026-03-13T00:00")


def test_the_next_day_begins_after_its_quiet_hours() -> None:
    calm = Calm(daily_cap=1, quiet_from=dt.time(22), quiet_until=dt.time(7))
    now = at("2026-03-12T12:00")
    told = earliest(now, BERLIN, calm, sent_today=1, has_waited=False)
    assert told == at("2026-03-13T07:00")


def test_a_day_begins_at_the_persons_midnight() -> None:
    assert day_begins(at("2026-03-12T00:30"), BERLIN) == at("2026-03-12T00:00")
