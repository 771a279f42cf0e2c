"""`python -m benchmarks.detection`: what each detector is worth, as a table."""

import importlib
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click

from benchmarks.detection import tables
from benchmarks.detection.cases import INVENTED_DAYS, Background, Crowd
from benchmarks.detection.product import VitalIQ
from benchmarks.detection.rating import rate_all
from benchmarks.detection.rivals import RIVALS, Rival
from benchmarks.detection.summary import Budget, Figures, budgets, cpu, figures

DATA_VARIABLE = "VITALIQ_BENCH_DATA"


@click.command()
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar=DATA_VARIABLE,
    help="Folder of daily CSVs; without it people are invented.",
)
@click.option("--only", default="", help="Detectors, separated by commas.")
@click.option(
    "--with",
    "extra",
    multiple=True,
    metavar="MODULE:CLASS",
    help="A further detector; may be given more than once.",
)
@click.option("--packs", default="", help="Data sets, separated by commas.")
@click.option("--seeds", default=2, show_default=True, help="How many seeds of injections.")
@click.option("--people", type=int, help="At most so many people a data set.")
@click.option("--days", default=INVENTED_DAYS, show_default=True, help="Days of invented people.")
@click.option(
    "--background", default="both", show_default=True, type=click.Choice(["clean", "raw", "both"])
)
@click.option("--jobs", default=1, show_default=True, help="Processes.")
@click.option(
    "--json",
    "json_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write every figure here.",
)
def main(
    *,
    data: Path | None,
    only: str,
    extra: tuple[str, ...],
    packs: str,
    seeds: int,
    people: int | None,
    days: int,
    background: str,
    jobs: int,
    json_file: Path | None,
) -> None:
    """Measures detectors on daily series with injected, known anomalies."""
    crowd = Crowd(data=data, packs=_names(packs), people=people, days=days)
    rivals = chosen(_names(only), extra)
    written: dict[str, object] = {}
    for chosen_background in Background:
        if background in ("both", chosen_background):
            written[chosen_background] = _measure(
                crowd, rivals, range(seeds), chosen_background, jobs
            )
    if json_file:
        json_file.write_text(json.dumps(written, indent=1) + "\n")


def chosen(only: tuple[str, ...], extra: tuple[str, ...]) -> dict[str, Callable[[], Rival]]:
    """The named detectors, or all; further ones by their place as `module:class`."""
    known: dict[str, Callable[[], Rival]] = {**RIVALS, VitalIQ.name: VitalIQ}
    for place in extra:
        module, _, name = place.partition(":")
        make = getattr(importlib.import_module(module), name)
        known[make.name] = make
    unknown = set(only) - set(known)
    if unknown:
        raise click.BadParameter(f"no detector {sorted(unknown)}; there are {sorted(known)}")
    return {name: make for name, make in known.items() if not only or name in only}


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _measure(
    crowd: Crowd,
    rivals: dict[str, Callable[[], Rival]],
    seeds: range,
    background: Background,
    jobs: int,
) -> dict[str, object]:
    cases = crowd.cases(seeds, background)
    results: dict[str, dict[str, Figures]] = {}
    calm: dict[str, list[Budget]] = {}
    cpus: dict[str, float] = {}
    for name, make in rivals.items():
        click.echo(f"{background}: {name} ...", err=True)
        rated = rate_all(make, cases, jobs)
        results[name], calm[name], cpus[name] = figures(rated), budgets(rated), cpu(rated)
    _print(background, results, calm, cpus)
    return {
        name: {
            "figures": {pack: asdict(f) for pack, f in results[name].items()},
            "budgets": [asdict(b) for b in calm[name]],
            "cpu_ms_a_day": cpus[name],
        }
        for name in results
    }


def _print(
    background: Background,
    results: dict[str, dict[str, Figures]],
    calm: dict[str, list[Budget]],
    cpus: dict[str, float],
) -> None:
    packs = next(iter(results.values()))
    about = ", ".join(
        f"{pack} {f.episodes:.0f} episodes a seed, {100 * f.prevalence:.0f} % of days"
        for pack, f in packs.items()
        if pack != "mean"
    )
    click.echo(f"\n{background.upper()} background: {about}\n")
    for table in (tables.detectors, tables.kinds, tables.own_levels):
        click.echo(table(results) + "\n")
    click.echo(tables.budget_rows(calm, cpus) + "\n")


if __name__ == "__main__":
    main()
