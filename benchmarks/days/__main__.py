"""`make bench-days`: what it costs to read days, to keep them true, and how that grows."""

import argparse
import asyncio

from app.database import Database
from app.postgres import DatabaseUrls
from benchmarks.days.fleet import people, server
from benchmarks.days.growth import compared
from benchmarks.days.reads import of_fleet, of_one
from benchmarks.days.writes import writes

SPANS = (60, 450)
MILLISECONDS, MICROSECONDS = 1e3, 1e6


def main() -> None:
    options = argparse.ArgumentParser(prog="benchmarks.days", description=__doc__)
    options.add_argument("--people", type=int, default=300, help="of the fleet")
    options.add_argument("--others", type=int, default=1_000, help="whose rows lie around")
    options.add_argument("--years", type=int, default=10, help="of the long history")
    options.add_argument("--rounds", type=int, default=7)
    asked = options.parse_args()
    with server() as (urls, superuser):
        asyncio.run(_all(urls, superuser, asked))


async def _all(urls: DatabaseUrls, superuser: str, asked: argparse.Namespace) -> None:
    database = Database(urls.app, pool_size=1, statement_timeout=600)
    newcomer = people(superuser, 1, SPANS[0])[0]
    few = await compared({"alone": (database, newcomer)}, rounds=asked.rounds)
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
    people(superuser, asked.others, SPANS[0])
    old, settled = people(superuser, 1, 365 * asked.years)[0], people(superuser, 1, SPANS[1])[0]
    cases = {
        "60 days": (database, newcomer),
        "450 days": (database, settled),
        f"{asked.years} years": (database, old),
    }
    grown = await compared(cases, rounds=3 * asked.rounds)
    print("Growth: CPU milliseconds, and the ratio to 60 days of history")
    for name, costs in grown.items():
        least = sum(costs["60 days"])
        for case, spent in costs.items():
            told = sum(spent) * MILLISECONDS
            print(f"  {name:10} {case:9} {told:7.2f} {sum(spent) / least:5.2f}")
    print(f"The same person alone, and with {asked.people + asked.others} others")
    for name, costs in grown.items():
        alone = sum(few[name]["alone"])
        print(f"  {name:10} {sum(costs['60 days']) / alone:5.2f}")
    await database.close()


if __name__ == "__main__":
    main()
