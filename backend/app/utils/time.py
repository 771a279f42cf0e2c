"""Days are the user's own; instants are aware and UTC in storage."""

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

# Placeholders of the database, not zones that a person lives in.
_NO_ZONES = frozenset({"Factory", "localtime", "posixrules"})


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones()) - _NO_ZONES


def zone_of(name: str) -> ZoneInfo:
    """The IANA zone. Raises ValueError for a name that is none."""
    if name not in _zone_names():
        raise ValueError("not an IANA time zone, such as Europe/Berlin")
    return ZoneInfo(name)


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def local_day(instant: dt.datetime, zone: ZoneInfo) -> dt.date:
    """The user's calendar day that an aware instant falls on."""
    return instant.astimezone(zone).date()


def to_utc(instant: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The instant in UTC; a naive one is read as local time in the zone.

    A local time that the clocks skipped is read as if they had not been changed; one that they
    showed twice is the first of the two.

    Raises ValueError for years in which conversion would overflow.
    """
    aware = instant if instant.tzinfo is not None else instant.replace(tzinfo=zone)
    try:
        return aware.astimezone(dt.UTC)
    except OverflowError as error:
        raise ValueError("this instant is out of range") from error


def elapsed_hours(start: dt.datetime, end: dt.datetime) -> float:
    """Hours that really passed between two aware instants.

    Both are taken to UTC first: Python subtracts times of the same zone as wall clocks, which is
    an hour wrong on the nights when clocks change.
    """
    return (end.astimezone(dt.UTC) - start.astimezone(dt.UTC)).total_seconds() / 3_600
