"""`python -m benchmarks.correlations`: errors and power of correlations, beside the textbook's."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from benchmarks.correlations.methods import METHODS, Claim
from benchmarks.correlations.recorded import mixed
from benchmarks.correlations.simulated import PAIRS, Case, World, planted, strangers
from benchmarks.detection.tables import aligned

NULL_WORLDS = tuple(World(days=days, phi=phi) for days in (90, 180) for phi in (0, 0.5, 0.9, None))
GAPS = World(days=180, phi=0.9, missing=0.2)
PLANTED_WORLDS = (
    World(days=120, phi=0),
    World(days=120, phi=0.3),
    World(days=120, phi=0.3, missing=0.15),
    World(days=120, phi=0.6),
    World(days=180, phi=0.3),
)
SIZES = (0.3, 0.5, 0.7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Of all people: the share that is told anything false, the false pairs each is told, the
    share in whom the planted pair is told, and told with the right lag and sign. `wrong` is the
    share of pairs told to a person that are false, on average (the false discovery rate)."""

    method: str
    world: str
    alarmed: float
    false_pairs: float
    found: float
    right: float
    wrong: float


@click.command()
@click.option("--people", default=400, show_default=True, help="Simulated people a row.")
@click.option("--seed", default=1, show_default=True)
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="VITALIQ_BENCH_DATA",
    help="Folder of daily CSVs: also mixes the metrics of different people of it.",
)
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path))
def main(*, people: int, seed: int, data: Path | None, json_file: Path | None) -> None:
    """Counts what is told of people whose relations are known."""
    errors = [
        row
        for world in (*NULL_WORLDS, GAPS)
        for row in _rows(_name(world), list(strangers(world, people, seed)))
    ]
    click.echo(f"Nothing goes with anything ({people} people a row)\n\n{error_table(errors)}\n")
    if data:
        recorded = _recorded(data, people, seed)
        click.echo(f"Metrics of different real people\n\n{error_table(recorded)}\n")
        errors += recorded
    power = [
        row
        for world in PLANTED_WORLDS
        for r in SIZES
        for row in _rows(f"r {r}, {_name(world)}", list(planted(world, people, seed, r)))
    ]
    click.echo(f"One pair goes together ({people} people a row)\n\n{power_table(power)}")
    if json_file:
        json_file.write_text(json.dumps([asdict(row) for row in errors + power], indent=1) + "\n")


def error_table(rows: Sequence[Row]) -> str:
    header = ("", "method", "told anything", "false pairs each")
    return aligned(
        header,
        [(row.world, row.method, _share(row.alarmed), f"{row.false_pairs:.2f}") for row in rows],
    )


def power_table(rows: Sequence[Row]) -> str:
    header = ("", "method", "found", "right lag and sign", "told that is false")
    return aligned(
        header,
        [
            (row.world, row.method, _share(row.found), _share(row.right), _share(row.wrong))
            for row in rows
        ],
    )


def _rows(world: str, cases: Sequence[Case]) -> Iterator[Row]:
    for name, method in METHODS.items():
        yield _row(name, world, [(case, method(case.values, PAIRS)) for case in cases])


def _recorded(data: Path, people: int, seed: int) -> list[Row]:
    worlds = list(mixed(data, people, seed))
    return [
        _row(
            name, "real", [(Case(values=values), method(values, pairs)) for values, pairs in worlds]
        )
        for name, method in METHODS.items()
    ]


def _row(method: str, world: str, told: Sequence[tuple[Case, list[Claim]]]) -> Row:
    people = len(told)
    false = [[claim for claim in claims if not _is_true(claim, case)] for case, claims in told]
    return Row(
        method=method,
        world=world,
        alarmed=sum(map(bool, false)) / people,
        false_pairs=sum(map(len, false)) / people,
        found=sum(any(_is_true(c, case) for c in claims) for case, claims in told) / people,
        right=sum(any(_is_right(c, case) for c in claims) for case, claims in told) / people,
        wrong=sum(
            len(wrong) / max(len(claims), 1) for wrong, (_, claims) in zip(false, told, strict=True)
        )
        / people,
    )


def _is_true(claim: Claim, case: Case) -> bool:
    return case.sign != 0 and claim.pair == {0, 1}


def _is_right(claim: Claim, case: Case) -> bool:
    order = claim.lag == 0 or claim.earlier == 0
    return _is_true(claim, case) and order and (claim.lag, claim.sign) == (case.lag, case.sign)


def _name(world: World) -> str:
    memory = "0 to 0.9" if world.phi is None else f"{world.phi:g}"
    gaps = f", {world.missing:.0%} missing" if world.missing else ""
    return f"{world.days} days, phi {memory}{gaps}"


def _share(value: float) -> str:
    return f"{100 * value:.1f} %"


if __name__ == "__main__":
    main()
