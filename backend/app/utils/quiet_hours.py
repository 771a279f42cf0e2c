"""When somebody may be told of something: not at night, not too often, or all at once."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from app.utils.time import to_utc


@dataclass(frozen=True, slots=True, kw_only=True)
class Calm:
    """What a person wishes, by their own clock. With `digest_at` there is one message a day, then;
    quiet hours and `daily_cap` say when there are others."""

    quiet_from: dt.time | None = None
    quiet_until: dt.time | None = None
    digest_at: dt.time | None = None
    daily_cap: int = 3


def earliest(
    now: dt.datetime, zone: ZoneInfo, calm: Calm, *, sent_today: int, has_waited: bool
) -> dt.datetime:
    """The instant, not before now, from which a message may go. `has_waited`: it was put off until
    now already."""
    if calm.digest_at is not None:
        return now if has_waited else _next(now, zone, calm.digest_at)
    start = _next(now, zone, dt.time.min) if sent_today >= calm.daily_cap else now
    return _after_quiet(start, zone, calm)


def day_begins(now: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The beginning of the person's day."""
    return to_utc(dt.datetime.combine(now.astimezone(zone).date(), dt.time.min), zone)


def _next(after: dt.datetime, zone: ZoneInfo, at: dt.time) -> dt.datetime:
    day = after.astimezone(zone).date()
    today = to_utc(dt.datetime.combine(day, at), zone)
    return today if today > after else to_utc(dt.datetime.combine(_morrow(day), at), zone)


def _after_quiet(at: dt.datetime, zone: ZoneInfo, calm: Calm) -> dt.datetime:
    if calm.quiet_from is None or calm.quiet_until is None:
        return at
    local = at.astimezone(zone)
    clock, begins, ends = local.time(), calm.quiet_from, calm.quiet_until
    over_midnight = begins > ends
    is_quiet = begins <= clock < ends
    if over_midnight:
        is_quiet = clock >= begins or clock < ends
    if not is_quiet:
        return at
    day = _morrow(local.date()) if over_midnight and clock >= begins else local.date()
    return max(at, to_utc(dt.datetime.combine(day, ends), zone))


def _morrow(day: dt.date) -> dt.date:
    return day + dt.timedelta(1)
