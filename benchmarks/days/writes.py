"""What the triggers cost those who write: the same writes with them and without."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

import psycopg
from sqlalchemy import TextClause, text

from app.database import Database
from benchmarks.days.cost import Backend, Work, cost, median

Costs = dict[str, tuple[float, float]]
_ONE = text(
    "INSERT INTO food_entries (user_id, id, date, food_name, meal_type, calories)"
    " VALUES (:user_id, gen_random_uuid(), current_date - CAST(:ago AS int), 'x', 'lunch', 500)"
    " RETURNING id"
)
_MANY = text(
    "INSERT INTO food_entries (user_id, id, date, food_name, meal_type, calories)"
    " SELECT :user_id, gen_random_uuid(), current_date - n / 10, 'x', 'lunch', 500"
    " FROM generate_series(1, 5000) AS n"
)
_CHANGE = text(
    "UPDATE food_entries SET calories = calories + 1"
    " WHERE user_id = :user_id AND date > current_date - 10"
)
ONES = 300


async def writes(
    database: Database, superuser: str, people: Sequence[UUID], *, rounds: int
) -> dict[str, Costs]:
    """By kind of write, the cost without triggers and with them."""
    found: dict[str, dict[str, list[tuple[float, float]]]] = {}
    with psycopg.connect(superuser, autocommit=True) as owner:
        for number in range(rounds + 1):
            for place, switch in enumerate(("DISABLE", "ENABLE")):
                whose = people[(2 * number + place) % len(people)]
                owner.execute(f"ALTER TABLE food_entries {switch} TRIGGER USER".encode())
                for kind, spent in (await _round(database, whose)).items():
                    costs = found.setdefault(kind, {}).setdefault(switch, [])
                    if number:
                        costs.append(spent)
    return {
        kind: {
            "alone": median(costs["DISABLE"]),
            "with triggers": median(costs["ENABLE"]),
        }
        for kind, costs in found.items()
    }


async def _round(database: Database, user_id: UUID) -> Costs:
    async with database.session(user_id) as session:
        backend = await Backend.of(session)

    async def run(statement: TextClause, **given: object) -> None:
        async with database.session(user_id) as session:
            await session.execute(statement, given | {"user_id": user_id})

    async def one_by_one() -> None:
        for ago in range(ONES):
            await run(_ONE, ago=ago % 5)

    works: dict[str, Work] = {
        "one entry": one_by_one,
        "5,000 entries": partial(run, _MANY),
        "changing many": partial(run, _CHANGE),
    }
    return {name: await cost(work, backend) for name, work in works.items()}
