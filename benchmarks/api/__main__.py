"""`python -m benchmarks.api`: what a request costs, as a table of ratios."""

import json
from pathlib import Path

import click

from benchmarks.api import tables
from benchmarks.api.detection import detected, lines
from benchmarks.api.rounds import Round, calm, measure_all
from benchmarks.api.scene import PATHS, scene

PEOPLE, TIMES = 3, 4
"""How many a round run detection, and how often each."""


@click.command()
@click.option("--rounds", default=5, show_default=True, help="Medians are of so many.")
@click.option("--seconds", default=3, show_default=True, help="Of each measurement.")
@click.option("--connections", default=16, show_default=True)
@click.option("--only", multiple=True, type=click.Choice(list(PATHS)), help="Operations; or all.")
@click.option(
    "--json",
    "json_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write every figure here.",
)
def main(
    *, rounds: int, seconds: int, connections: int, only: tuple[str, ...], json_file: Path | None
) -> None:
    """Asks VitalIQ, its peers and PostgreSQL alone in turn, and tells what each request cost."""
    size = Round(seconds=seconds, connections=connections)
    with scene() as everything:
        figures = measure_all(everything, size, rounds=rounds, operations=only or tuple(PATHS))
        click.echo(tables.operations(figures) + "\n")
        click.echo(tables.peers(figures) + "\n")
        logins = calm(everything, rounds=rounds, seconds=seconds)
        click.echo(tables.logins(logins))
        asked = detected(everything, people=PEOPLE * rounds, times=TIMES)
        click.echo(lines(asked))
    if json_file:
        written = {"operations": [f._asdict() for f in figures], "logins": logins._asdict()}
        written["detection"] = {kind: one._asdict() for kind, one in asked.items()}
        json_file.write_text(json.dumps(written, indent=1) + "\n")


if __name__ == "__main__":
    main()
