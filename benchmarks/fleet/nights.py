"""`python -m benchmarks.fleet.nights`: what a clinic's nights cost, in CPU time a person.

Invented people with more than a year of all trackers, many times each; they log what they log, and
each night is done for a third of them together, for a third by a run for each, and for a third by
runs to which nothing is settled, so that every finding is worded and written and every episode
grouped anew. By turns, in one database; CPU of this process and of PostgreSQL's for it. Some are
asked after as textbooks do it, too: `benchmarks.fleet.textbook`.

`--only-together` leaves the other ways out, for more people: the most memory that this process
holds is printed, which is not to grow with them.
"""

import argparse
import asyncio
import datetime as dt
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from itertools import count
from typing import Any
from unittest import mock
from uuid import UUID

from app.catalog import CATALOGUE
from app.config import Settings
from app.database import Database
from app.ml.strangeness import REFIT_DAYS
from app.services.nights import Due, detect_chunk
from benchmarks.days.cost import Backend, cost, forget_peak, peak
from benchmarks.days.fleet import server
from benchmarks.fleet.clinic import Clinic, at, begin_of
from benchmarks.fleet.textbook import textbook

FIRST = dt.date(2026, 3, 3)
HISTORY_DAYS = 480
WAYS = ("together", "a run each", "nothing settled")
_MARKS = count()
_FOUND = """
    SELECT count(DISTINCT user_id) FROM anomalies WHERE user_id = ANY(%s) AND date >= %s
"""


@dataclass(frozen=True, slots=True)
class Night:
    """By way the CPU milliseconds a person, of this process and of PostgreSQL; `told` is the share
    of people with a finding on the night's two days."""

    night: dt.date
    spent: Mapping[str, tuple[float, float]]
    told: float

    @property
    def is_refit(self) -> bool:
        """Whether everybody learns anew."""
        return self.night.toordinal() % REFIT_DAYS == 0

    def ratio(self, way: str) -> float:
        return sum(self.spent[way]) / sum(self.spent[WAYS[0]])


@contextmanager
def _done(way: str) -> Iterator[None]:
    async def nobody(*_: Any) -> set[UUID]:
        return set()

    with ExitStack() as stack:
        if way != WAYS[0]:
            stack.enter_context(mock.patch("app.services.nights.pass_over_quiet", nobody))
        if way == WAYS[2]:
            stack.enter_context(mock.patch("app.services.detection_memory.settling_mark", _another))
        yield


def _another() -> bytes:
    """A mark that nothing was settled by."""
    return str(next(_MARKS)).encode()


@dataclass(frozen=True, slots=True)
class Measured:
    """`resting` is the night after a day on which nobody logged anything; `textbook` what one
    person costs as textbooks have it, if anybody was asked after so; `held` the megabytes that this
    process held at most during the nights."""

    nights: Sequence[Night]
    resting: Night
    textbook: tuple[float, float] | None
    held: float


async def measure(
    people: int,
    models: int,
    nights: int,
    sample: int = 0,
    *,
    history: int = HISTORY_DAYS,
    ways: Sequence[str] = WAYS,
) -> Measured:
    """Of so many people a way with so many days of history, and of a sample by the textbook."""
    settings = Settings(_env_file=None, mock_data_enabled=True)
    with server() as (urls, superuser):
        database = Database(urls.app, pool_size=2, statement_timeout=600)
        clinic = Clinic(superuser, database, settings)
        try:
            groups = await _opened(clinic, people, models, nights, history, ways)
            async with database.session() as session:
                backend = await Backend.of(session)
            forget_peak()
            found = [
                await _night(clinic, groups, FIRST + dt.timedelta(number), backend)
                for number in range(1, nights + 1)
            ]
            held = peak()
            after = FIRST + dt.timedelta(nights + 1)
            resting = await _night(clinic, groups, after, backend, logs=False)
            asked = groups[WAYS[0]][:: max(1, people // sample)][:sample] if sample else []
            book = await _by_the_book(database, asked, found[-1].night, backend)
            return Measured(found, resting, book, held)
        finally:
            clinic.close()
            await database.close()


async def _opened(
    clinic: Clinic, people: int, models: int, nights: int, history: int, ways: Sequence[str]
) -> Mapping[str, list[UUID]]:
    until = FIRST + dt.timedelta(nights)
    originals = [
        await clinic.invent(seed, days=history + nights, until=until) for seed in range(models)
    ]
    clinic.set_aside(FIRST)
    await clinic.night(originals, FIRST)
    copies = [clinic.copied(one, len(ways) * people // models) for one in originals]
    clinic.connection.execute("DELETE FROM stale_days")
    clinic.connection.execute("VACUUM ANALYZE")
    return {
        way: sorted(user_id for alike in copies for user_id in alike[place :: len(ways)])
        for place, way in enumerate(ways)
    }


async def _night(
    clinic: Clinic,
    groups: Mapping[str, Sequence[UUID]],
    night: dt.date,
    backend: Backend,
    *,
    logs: bool = True,
) -> Night:
    if logs:
        clinic.log_copies(night - dt.timedelta(1))
    spent = {}
    for way, people in groups.items():
        due = [Due(user_id, night) for user_id in people]
        with at(begin_of(night)), _done(way):
            work = partial(detect_chunk, clinic.database, CATALOGUE, due)
            here, there = await cost(work, backend)
        if clinic.done(people, night) != len(people):
            raise RuntimeError("somebody's night was not done")
        spent[way] = (1_000 * here / len(people), 1_000 * there / len(people))
    everybody = [user_id for people in groups.values() for user_id in people]
    found = [
        clinic.connection.execute(_FOUND, [list(people), night - dt.timedelta(1)]).fetchone()
        for people in groups.values()
    ]
    if len(set(found)) > 1:
        raise RuntimeError("the ways have found different things")
    told = int(found[0][0]) if found[0] else 0
    return Night(night=night, spent=spent, told=len(groups) * told / len(everybody))


async def _by_the_book(
    database: Database, people: Sequence[UUID], last: dt.date, backend: Backend
) -> tuple[float, float] | None:
    """The median person's milliseconds; the first does not count, in whose turn it is loaded."""

    async def work(user_id: UUID) -> None:
        async with database.session(user_id) as session:
            await session.run_sync(textbook, user_id, last)

    spent = [await cost(partial(work, user_id), backend) for user_id in people][1:]
    if not spent:
        return None
    here, there = (1_000 * statistics.median(part) for part in zip(*spent, strict=True))
    return here, there


def lines(measured: Measured) -> Iterator[str]:
    """A row a night, the median of those on which nobody learns anew, the mean of all, the night
    after a day without entries, and how many times the textbook costs as much as the mean."""
    nights = measured.nights
    yield "night       told " + "".join(f"{way:>22}" for way in nights[0].spent) + "   ratios"
    for one in nights:
        kind = " *" if one.is_refit else ""
        yield f"{one.night} {one.told:5.0%} {_columns(one.spent)}   {_ratios(one)}{kind}"
    usual = [one for one in nights if not one.is_refit]
    yield f"median      {'':5}{_columns(_of(usual, statistics.median))}"
    mean = _of(nights, statistics.mean)
    yield f"mean        {'':5}{_columns(mean)}"
    yield f"nobody logs {'':4}{_columns(measured.resting.spent)}   {_ratios(measured.resting)}"
    if measured.textbook:
        here, there = measured.textbook
        times = (here + there) / sum(mean[WAYS[0]])
        yield f"textbook    {'':5}{f'{here:.0f} + {there:.0f}':>22}   {times:.0f} times the mean"
    yield f"{1_000 / sum(mean[WAYS[0]]):.0f} people a second of CPU"
    yield f"{measured.held:.0f} MB held at most"
    yield "CPU milliseconds a person, here + PostgreSQL; * everybody's spreads are learned anew"


def _columns(spent: Mapping[str, tuple[float, float]]) -> str:
    return "".join(f"{f'{here:.2f} + {there:.2f}':>22}" for here, there in spent.values())


def _ratios(one: Night) -> str:
    return " ".join(f"{one.ratio(way):5.1f}" for way in list(one.spent)[1:])


def _of(nights: Sequence[Night], middle: Any) -> Mapping[str, tuple[float, float]]:
    return {
        way: (
            middle([one.spent[way][0] for one in nights]),
            middle([one.spent[way][1] for one in nights]),
        )
        for way in nights[0].spent
    }


def main() -> None:
    options = argparse.ArgumentParser(prog="benchmarks.fleet.nights", description=__doc__)
    options.add_argument("--people", type=int, default=500, help="of each way")
    options.add_argument("--models", type=int, default=20, help="whom they are like")
    options.add_argument("--nights", type=int, default=8)
    options.add_argument("--days", type=int, default=HISTORY_DAYS, help="of history")
    options.add_argument("--only-together", action="store_true")
    options.add_argument(
        "--sample", type=int, default=11, help="for the textbook, where its extra is installed"
    )
    asked = options.parse_args()
    sample = asked.sample if find_spec("shap") else 0
    ways = WAYS[:1] if asked.only_together else WAYS
    work = measure(asked.people, asked.models, asked.nights, sample, history=asked.days, ways=ways)
    for line in lines(asyncio.run(work)):
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
