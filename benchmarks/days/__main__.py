"""`make bench-days`: what it costs to read days, to keep them true, and how that grows."""

import argparse
import asyncio

from app.database import Database
from app.postgres import DatabaseUrls
from benchmarks.days.fleet import people, server
from benchmarks.days.growth import Costs, compared
from benchmarks.days.reads import of_fleet, of_one
from benchmarks.days.writes import writes

SPANS = (60, 450)
BASE = "60 days"
"""Beside it stand the others; it stands beside whoever is alone."""
MILLISECONDS, MICROSECONDS = 1e3, 1e6


def main() -> None:
    options = argparse.ArgumentParser(prog="benchmarks.days", description=__doc__)
    options.add_argument("--people", type=int, default=300, help="of the fleet")
    options.add_argument("--others", type=int, default=1_000, help="whose rows lie around")
    options.add_argument("--years", type=int, default=10, help="of the long history")
    options.add_argument("--rounds", type=int, default=7)
    asked = options.parse_args()
    with server() as (urls, superuser), server() as (empty_urls, empty_superuser):
        asyncio.run(_all(urls, superuser, asked))
        print(asyncio.run(_grown((urls, superuser), (empty_urls, empty_superuser), asked)))


async def _all(urls: DatabaseUrls, superuser: str, asked: argparse.Namespace) -> None:
    database = Database(urls.app, pool_size=1, statement_timeout=600)
    fleet = people(superuser, asked.people, SPANS[1])
    print("One person: CPU milliseconds (this process + PostgreSQL)")
    for days in SPANS:
        for name, (here, there) in (
            await of_one(database, fleet[0], days, rounds=3 * asked.rounds)
        ).items():
            print(f"  {days:4} days, {name.strip():14} {here * 1e3:6.2f} + {there * 1e3:6.2f}")
    print(f"A batch of {asked.people} people: CPU microseconds a person, people a CPU second")
    for days in SPANS:
        costs = await of_fleet(
            database, fleet, days, rounds=asked.rounds, sample=min(30, asked.people)
        )
        for name, (here, there) in costs.items():
            each = (here + there) / asked.people
            print(f"  {days:4} days, {name:18} {each * MICROSECONDS:8.0f} {1 / each:8.0f}")
    print("Writing: PostgreSQL's CPU with triggers to without, and of both processes together")
    for kind, costs in (await writes(database, superuser, fleet, rounds=asked.rounds)).items():
        (here, there), (more_here, more) = costs["alone"], costs["with triggers"]
        print(f"  {kind:14} {more / there:5.2f} {(more + more_here) / (there + here):5.2f}")
    await database.close()


async def _grown(
    full: tuple[DatabaseUrls, str], empty: tuple[DatabaseUrls, str], asked: argparse.Namespace
) -> str:
    """The same reads of someone with 60 days who is alone, and who is among others; and of others
    there with longer histories."""
    crowd, alone = (
        Database(urls.app, pool_size=1, statement_timeout=600) for urls, _ in (full, empty)
    )
    people(full[1], asked.others, SPANS[0])
    spans = {"450 days": SPANS[1], f"{asked.years} years": 365 * asked.years}
    cases = {
        BASE: (crowd, people(full[1], 1, SPANS[0])[0]),
        "alone": (alone, people(empty[1], 1, SPANS[0])[0]),
        **{name: (crowd, people(full[1], 1, days)[0]) for name, days in spans.items()},
    }
    grown = await compared(cases, rounds=3 * asked.rounds)
    for database in (crowd, alone):
        await database.close()
    return growth_table(grown, others=asked.people + asked.others)


def growth_table(grown: dict[str, Costs], *, others: int) -> str:
    """Milliseconds and PostgreSQL's part of them; each ratio is of both, and of PostgreSQL's part
    alone."""
    rows = [f"Growth among {others} others: CPU ms (PostgreSQL's), ratio of both, of PostgreSQL's"]
    for name, costs in grown.items():
        for case, (here, there) in costs.items():
            base = costs["alone"] if case == BASE else costs[BASE]
            ratios = f"{(here + there) / sum(base):5.2f} {there / base[1]:5.2f}"
            told = f"{(here + there) * MILLISECONDS:7.2f} ({there * MILLISECONDS:5.2f})"
            rows.append(f"  {name:10} {case:9} {told} {'' if case == 'alone' else ratios}".rstrip())
    return "\n".join(rows)


if __name__ == "__main__":
    main()
