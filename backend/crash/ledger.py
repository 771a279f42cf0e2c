"""What was sent and what was answered, and which promises the database then breaks."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]
TABLES = {
    "/api/vitals": "vital_signs",
    "/api/nutrition": "food_entries",
    "/api/body": "body_metrics",
}


# Whoever they belong to.
ROWS = tuple(f"SELECT to_jsonb(t) FROM {table} AS t" for table in TABLES.values())  # noqa: S608


@dataclass(slots=True)
class Write:
    """One entry to be stored once, however often it is sent; `notes` in its body names it."""

    path: str
    body: Mapping[str, Any]
    statuses: list[int | None] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    twisted: bool = False

    @property
    def name(self) -> str:
        return str(self.body["notes"])

    def heard(self, status: int | None, answer: Row | None = None) -> None:
        """Note an answer; None where there was none."""
        self.statuses.append(status)
        if status == 201 and answer is not None:
            self.ids.add(str(answer["id"]))
            self.twisted |= not says(answer, self.body)


@dataclass(slots=True)
class Verdict:
    """How many promises were made, and how many were broken."""

    acknowledged: int = 0
    retried: int = 0
    unanswered: int = 0
    late: int = 0
    lost: int = 0
    doubled: int = 0
    unequal: int = 0
    invented: int = 0
    wrong_status: int = 0

    @property
    def broken(self) -> int:
        changed = self.doubled + self.unequal + self.invented
        return self.late + self.lost + changed + self.wrong_status


class Ledger:
    """Everything that one person sent, by the name of the entry."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.writes: dict[str, Write] = {}

    def new(self) -> Write:
        path = self.random.choice(sorted(TABLES))
        body = {"notes": f"entry-{len(self.writes)}"} | invent(path, self.random)
        write = Write(path, body)
        self.writes[write.name] = write
        return write

    def judge(self, rows: Sequence[Row], *, since: int = 0) -> Verdict:
        """Compare the entries from the one with this number on with all rows of theirs."""
        sent = dict(list(self.writes.items())[since:])
        stored: dict[str, list[Row]] = {}
        for row in rows:
            stored.setdefault(str(row["notes"]), []).append(row)
        verdict = Verdict(invented=len(stored.keys() - self.writes.keys()))
        for name, write in sent.items():
            weigh(write, stored.get(name, []), verdict)
        return verdict


def weigh(write: Write, rows: Sequence[Row], verdict: Verdict) -> None:
    """Add one entry's fate: promised and missing, there more than once, or not as it was sent."""
    promised = 201 in write.statuses
    verdict.acknowledged += promised
    verdict.retried += len(write.statuses) > 1
    verdict.unanswered += not promised
    verdict.wrong_status += sum(s not in (201, 503, None) for s in write.statuses)
    verdict.lost += promised and not rows
    verdict.doubled += len(rows) > 1 or len(write.ids) > 1
    as_sent = all(says(row, write.body) for row in rows)
    as_answered = not promised or {str(row["id"]) for row in rows} <= write.ids
    verdict.unequal += write.twisted or not (as_sent and as_answered)


def says(row: Row, body: Mapping[str, Any]) -> bool:
    return all(row.get(name) == value for name, value in body.items())


def add_up(verdicts: Sequence[Verdict]) -> Verdict:
    total: Counter[str] = Counter()
    for verdict in verdicts:
        total.update({name: getattr(verdict, name) for name in Verdict.__slots__})
    return Verdict(**total)


def invent(path: str, chance: random.Random) -> dict[str, Any]:
    """A plausible body for a tracker."""
    common = {"date": f"{chance.randint(2015, 2025)}-{chance.randint(1, 12):02}-11"}
    if path == "/api/vitals":
        return common | {
            "time_of_day": chance.choice(("morning", "afternoon", "evening", "night")),
            "resting_heart_rate": chance.randint(45, 90),
            "body_temperature": chance.randint(360, 375) / 10,
        }
    if path == "/api/nutrition":
        return common | {
            "meal_type": chance.choice(("breakfast", "lunch", "dinner", "snack")),
            "food_name": f"Dish {chance.randint(1, 999)}",
            "calories": chance.randint(1000, 9000) / 10,
        }
    return common | {"weight_kg": chance.randint(500, 1100) / 10, "waist_cm": 81}
