"""The command: rounds of kills, and a table of what they broke. Its status is 1 if they did."""

import argparse
import itertools
import statistics
import sys
from collections.abc import Callable, Sequence

from crash import bulk, detections, entries, imports, restarts, workers
from crash.bulk import BulkRound
from crash.entries import KINDS, Round
from crash.ledger import Verdict, add_up
from crash.planted import PLANTS
from crash.restarts import Restart

HEADS = (
    "rounds",
    "acknowl.",
    "retried",
    "unansw.",
    "late",
    "lost",
    "doubled",
    "unequal",
    "invented",
)
SLOWEST_SECONDS = 60.0


def main() -> int:
    wanted = arguments()
    tries = {
        "entries": try_entries,
        "bulk": try_bulk,
        "import": try_import,
        "detect": try_detections,
        "restart": try_restarts,
        "workers": try_workers,
    }
    return int(not tries[wanted.what](wanted))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="crash", description="Kill a server, count the losses.")
    parser.add_argument(
        "what",
        nargs="?",
        default="entries",
        choices=("entries", "bulk", "import", "detect", "restart", "workers"),
        help="what is under way meanwhile (default: entries, by 16 writers)",
    )
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plant", choices=PLANTS, help="build in a fault, to see it found")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS, help="what to kill")
    return parser.parse_args()


def try_entries(wanted: argparse.Namespace) -> bool:
    kinds = list(itertools.islice(itertools.cycle(wanted.kinds), wanted.rounds))
    rounds: list[Round] = []

    def told(one: Round) -> bool:
        rounds.append(one)
        say(f"{len(rounds):4} {one.kind:10} {figures([one])}")
        return wanted.plant is not None and one.verdict.lost > 0

    total = entries.run(kinds, told, seed=wanted.seed, plant=wanted.plant)
    say(table(rounds))
    say(f"Over all that was ever written: {total}")
    return total.broken == 0


def try_bulk(wanted: argparse.Namespace) -> bool:
    kinds = list(itertools.islice(itertools.cycle(bulk.KINDS), wanted.rounds))
    rounds: list[BulkRound] = []
    bulk.run(kinds, noting(rounds), seed=wanted.seed)
    return all(one.is_whole for one in rounds)


def try_import(wanted: argparse.Namespace) -> bool:
    kinds = list(itertools.islice(itertools.cycle(imports.KINDS), wanted.rounds))
    rounds: list[BulkRound] = []
    imports.run(
        kinds,
        noting(rounds),
        seed=wanted.seed,
        days=imports.DAYS,
        longest=SLOWEST_SECONDS,
    )
    return all(one.seen <= {0, one.expected} for one in rounds) and rounds[-1].is_whole


def try_detections(wanted: argparse.Namespace) -> bool:
    found = [detections.run() for _ in range(wanted.rounds)]
    for one in found:
        say(str(one))
    return all(one.agree for one in found)


def try_restarts(wanted: argparse.Namespace) -> bool:
    ways = tuple(itertools.islice(itertools.cycle(restarts.WAYS), wanted.rounds))
    clean: list[bool] = []

    def told(one: Restart) -> None:
        clean.append(one.is_clean)
        say(str(one))

    verdict = restarts.run(ways, told, seed=wanted.seed)
    say(str(verdict))
    return all(clean) and verdict.broken == 0


def try_workers(wanted: argparse.Namespace) -> bool:
    """Two jobs and a share of a night for each round, so that there is something to kill in."""
    people = max(10, 2 * wanted.rounds)
    effects = workers.run(people=people, kills=wanted.rounds, seed=wanted.seed)
    say(str(effects))
    return effects.are_once


def noting(rounds: list[BulkRound]) -> Callable[[BulkRound], None]:
    def told(one: BulkRound) -> None:
        rounds.append(one)
        say(str(one))

    return told


def table(rounds: Sequence[Round]) -> str:
    by_kind = {kind: [one for one in rounds if one.kind == kind] for kind in KINDS}
    by_kind["sum"] = list(rounds)
    head = f"{'killed':10} " + " ".join(f"{head:>8}" for head in HEADS) + "  seconds down"
    lines = (f"{name:10} {figures(some)}" for name, some in by_kind.items() if some)
    return "\n".join([head, *lines])


def figures(rounds: Sequence[Round]) -> str:
    sums: Verdict = add_up([one.verdict for one in rounds])
    numbers = (len(rounds), sums.acknowledged, sums.retried, sums.unanswered)
    broken = (sums.late, sums.lost, sums.doubled, sums.unequal, sums.invented)
    down = [one.seconds_down for one in rounds]
    seconds = f"{statistics.median(down):.1f} (at most {max(down):.1f})"
    return " ".join(f"{number:8}" for number in (*numbers, *broken)) + f"  {seconds}"


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
