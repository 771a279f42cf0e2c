"""What detection remembers of a person, kept between runs.

It is derived from entries and made anew wherever it is missing or does not hold, so that nothing is
lost with it. Beside it stands what has changed since: where nothing has, the findings and episodes
of those days stand as they are.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Json
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import prepared
from app.ml.memory import SCORING, Memory, mark_of_source
from app.ml.memory_bytes import read, written
from app.ml.types import Conditions
from app.pipelines import Asked
from app.services.people import Person

TESTED_DAYS = 30
"""The days that a night tests, and as many as are tested when a person asks."""

MEMORY_COLUMNS = "content || coalesce(learned, ''), changed_from, settled_by, conditions"
_LOAD = f"select {MEMORY_COLUMNS} from detection_memories where user_id = $1".encode()  # noqa: S608
_KEEP = b"""
    insert into detection_memories as kept (user_id, content, learned, settled_by, conditions)
    values ($1, $2, $3, $4, $5)
    on conflict (user_id) do update set
        content = excluded.content,
        learned = case when kept.learned = excluded.learned then kept.learned
            else excluded.learned end,
        settled_by = coalesce(excluded.settled_by, kept.settled_by),
        conditions = excluded.conditions,
        changed_from = case when excluded.settled_by is null then kept.changed_from end
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A memory, and whether the days before its last and before `changed_from` are settled: their
    entries are as they were, and what was found is kept and in episodes, as this version does it.
    `conditions` tells since when each was on file on the memory's last day.
    """

    memory: Memory | None
    changed_from: dt.date | None
    is_settled: bool
    conditions: Conditions

    @classmethod
    def of(
        cls,
        content: bytes,
        changed_from: dt.date | None,
        settled_by: bytes | None,
        conditions: Mapping[str, str] | None,
    ) -> "Remembered":
        """From what MEMORY_COLUMNS give."""
        memory = read(content)
        since = {name: dt.date.fromisoformat(day) for name, day in (conditions or {}).items()}
        return cls(
            memory=memory,
            changed_from=changed_from,
            is_settled=memory is not None and settled_by == settling_mark(),
            conditions=since,
        )

    def unchanged_before(self, day: dt.date) -> dt.date:
        """The day before which all entries are as they were when it was made, at most this one."""
        if self.memory is None:
            return dt.date.min
        return min(day, self.memory.last, self.changed_from or day)

    def conditions_before(self, day: dt.date) -> Conditions:
        """Those that were on file before it."""
        return {name: since for name, since in self.conditions.items() if since < day}

    @property
    def is_as_left(self) -> bool:
        """Whether no day at all has changed since a night's whole span was last tested, whichever
        days were known then."""
        return self.is_settled and self.changed_from is None

    def settles(self, day: dt.date) -> bool:
        """Whether nothing of the day has changed. The last may have been judged before its end."""
        if self.memory is None or not self.is_settled or day >= self.memory.last:
            return False
        return self.changed_from is None or day < self.changed_from


NOTHING = Remembered(memory=None, changed_from=None, is_settled=False, conditions={})


def memory_asked(person: Person) -> Asked:
    """What `remembered_in` is made of."""
    return _LOAD, [person.id]


def remembered_in(rows: Sequence[Sequence[Any]]) -> Remembered:
    return Remembered.of(*rows[0]) if rows else NOTHING


async def keep_memory(
    session: AsyncSession,
    person: Person,
    memory: Memory,
    *,
    first: dt.date,
    today: dt.date,
    conditions: Conditions,
) -> None:
    """After a run that tested the days from `first` up to the memory's last, whose findings are
    kept in the same transaction. Only one as wide as a night's settles: nights to come look at no
    earlier day."""
    is_wide = first <= memory.last - dt.timedelta(TESTED_DAYS - 1)
    mark = settling_mark() if is_wide and memory.last <= today else None
    given = [person.id, *written(memory), mark, as_json(conditions)]
    await prepared(session, _KEEP, given)


def as_json(conditions: Conditions) -> Json:
    """As they are kept beside a memory."""
    return Json({name: day.isoformat() for name, day in sorted(conditions.items())})


def settling_mark() -> bytes:
    """Of the source of everything that makes rows of findings: another version may make others."""
    return mark_of_source("app.services", *SCORING)
