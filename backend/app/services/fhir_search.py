"""The search parameters of FHIR R4 that are understood: `code`, `category`, `date`."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, FromClause, false, or_

from app.errors import InvalidInputError
from app.schemas.base import EARLIEST_DAY, LATEST_DAY
from app.services.fhir_codes import OBSERVED, Coding, Finer, Observed
from app.utils.time import local_day, to_utc

_DATE = re.compile(
    r"(?P<prefix>eq|ge|gt|sa|le|lt|eb)?(?P<year>\d{4})(-(?P<month>\d\d)(-(?P<day>\d\d)"
    r"(T(?P<time>\d\d:\d\d(:\d\d(\.\d{1,6})?)?)(?P<zone>Z|[+-]\d\d:\d\d)?)?)?)?",
    flags=re.ASCII,
)
_FROM, _AFTER, _UNTIL, _BEFORE = "ge", ("gt", "sa"), "le", ("lt", "eb")
_LONGEST_NIGHT = dt.timedelta(2)  # by which the day of a night may lie after its beginning
Choice = Mapping[Observed, Sequence[Finer]]
"""What is asked for; with finer codes only the entries that these fit."""


@dataclass(frozen=True, slots=True)
class Span:
    """A `date` parameter: whole days, both ends included, or instants from `start` to `end`."""

    prefix: str
    first: dt.date
    last: dt.date
    start: dt.datetime | None = None
    end: dt.datetime | None = None

    def conditions(self, table: FromClause) -> list[ColumnElement[bool]]:
        """On the days, by which entries are found, and on the instants of those that have one."""
        if self.start is None or self.end is None:
            return self._on_days(table)
        began = table.c.bedtime if "bedtime" in table.c else table.c.occurred_at
        ended = table.c.wake_time if "wake_time" in table.c else table.c.occurred_at
        day = table.c.date
        margin = dt.timedelta(1)
        if self.prefix == "eq":
            near = day.between(self.first - margin, self.last + _LONGEST_NIGHT)
            return [near, began >= self.start, began < self.end]
        if self.prefix == _FROM or self.prefix in _AFTER:
            late = ended >= self.start if self.prefix == _FROM else ended >= self.end
            return [day >= self.first - margin, or_(late, began.is_(None) & (day >= self.first))]
        soon = began < self.end if self.prefix == _UNTIL else began < self.start
        return [day <= self.last + _LONGEST_NIGHT, or_(soon, began.is_(None) & (day <= self.last))]

    def _on_days(self, table: FromClause) -> list[ColumnElement[bool]]:
        day = table.c.date
        if self.prefix == "eq":
            return [day.between(self.first, self.last)]
        if self.prefix == _FROM:
            return [day >= self.first]
        if self.prefix in _AFTER:
            return [day > self.last]
        return [day <= self.last if self.prefix == _UNTIL else day < self.first]


def spans_of(texts: Sequence[str], zone: ZoneInfo) -> list[Span]:
    """Raises InvalidInputError for what is no date, or of a year that is none of a person's."""
    spans: list[Span] = []
    for place, text in enumerate(texts):
        try:
            spans.append(_span(text, zone))
        except ValueError:
            reason = "write it as ge2026-03, 2026-03-12 or lt2026-03-12T10:00:00Z"
            raise InvalidInputError.at(("query", "date", place), reason) from None
    return spans


def _span(text: str, zone: ZoneInfo) -> Span:
    found = _DATE.fullmatch(text)
    if found is None:
        raise ValueError("not a date")
    year, month, day = (int(found[name] or 1) for name in ("year", "month", "day"))
    first = last = dt.date(year, month, day)
    if found["month"] is None:
        last = dt.date(year, 12, 31)
    elif found["day"] is None:
        last = dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(1)
    if not EARLIEST_DAY <= first <= last <= LATEST_DAY:
        raise ValueError("out of reach")
    prefix = found["prefix"] or "eq"
    if found["time"] is None:
        return Span(prefix, first, last)
    told = f"{first}T{found['time']}{(found['zone'] or '').replace('Z', '+00:00')}"
    start = to_utc(dt.datetime.fromisoformat(told), zone)
    exact = dt.timedelta(seconds=1) if found["time"].count(":") > 1 else dt.timedelta(minutes=1)
    on = local_day(start, zone)
    return Span(prefix, on, on, start, start + exact)


def choice_of(code: str | None, category: str | None) -> Choice:
    """What a search asks for; all without a code and a category. Unknown codes fit nothing."""
    categories = None if category is None else {c.rpartition("|")[2] for c in category.split(",")}
    codes = None if code is None else code.split(",")
    chosen: dict[Observed, Sequence[Finer]] = {}
    for observed in OBSERVED:
        if categories is not None and observed.category not in categories:
            continue
        if codes is None or any(_names(c, coding) for c in codes for coding in observed.codings):
            chosen[observed] = ()
        elif finer := [f for f in observed.finer if any(_names(c, f.coding) for c in codes)]:
            chosen[observed] = finer
    return chosen


def _names(token: str, coding: Coding) -> bool:
    """A token is `code` or `system|code`."""
    system, bar, code = token.rpartition("|")
    return code == coding.code and (not bar or system == coding.system)


def fitting(finer: Sequence[Finer], table: FromClause) -> ColumnElement[bool]:
    """Whether one of the finer codes fits the entry."""
    return or_(false(), *(table.c[f.column] == f.value for f in finer))
