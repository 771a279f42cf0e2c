"""`python -m benchmarks.detection`: what each detector is worth, as a table."""

import importlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from benchmarks.detection import labels, tables
from benchmarks.detection.cases import INVENTED_DAYS, Background, Case, Crowd
from benchmarks.detection.intervals import ap_differences
from benchmarks.detection.product import VitalIQ
from benchmarks.detection.rating import Make, Rated, cost, rate_all
from benchmarks.detection.record import record
from benchmarks.detection.rivals import RIVALS, PlanUnion
from benchmarks.detection.rivals_pyod import pyod_rivals
from benchmarks.detection.summary import budgets, figures

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
    "--record",
    "to_record",
    is_flag=True,
    help="Only write what CI compares with, from invented people.",
)
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
    to_record: bool,
    json_file: Path | None,
) -> None:
    """Measures detectors on daily series with injected, known anomalies."""
    if to_record:
        record()
        return
    crowd = Crowd(data=data, packs=_names(packs), people=people, days=days)
    rivals = chosen(_names(only), extra)
    written: dict[str, object] = {}
    for ground in Background:
        if background in ("both", ground):
            cases = crowd.cases(range(seeds), ground)
            rated = {name: _rated(ground, name, make, cases, jobs) for name, make in rivals.items()}
            costs = {name: cost(make, cases) for name, make in rivals.items()}
            written[ground] = _told(ground, rated, costs)
    if data:
        written["labels"] = _told_labels(crowd, rivals)
    if json_file:
        json_file.write_text(json.dumps(written, indent=1) + "\n")


def chosen(only: tuple[str, ...], extra: tuple[str, ...]) -> dict[str, Make]:
    """The named detectors, or all; further ones by their place as `module:class`."""
    known: dict[str, Make] = {**RIVALS, **pyod_rivals(), VitalIQ.name: VitalIQ}
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


def _rated(
    background: Background, name: str, make: Make, cases: Sequence[Case], jobs: int
) -> list[Rated]:
    click.echo(f"{background}: {name} ...", err=True)
    return rate_all(make, cases, jobs)


def _told(
    background: Background, rated: Mapping[str, Sequence[Rated]], costs: Mapping[str, float]
) -> dict[str, object]:
    """Prints all tables of one background, and gives every figure in them."""
    results = {name: figures(cases) for name, cases in rated.items()}
    calm = {name: budgets(cases) for name, cases in rated.items()}
    click.echo(f"\n{background.upper()} background: {tables.about(results)}\n")
    for table in (tables.detectors, tables.kinds, tables.own_levels):
        click.echo(table(results) + "\n")
    click.echo(tables.budget_rows(calm, costs) + "\n")
    reference = PlanUnion.name
    certain = ap_differences(rated, reference) if reference in rated else {}
    if certain:
        click.echo(tables.differences(certain, reference) + "\n")
    return {
        name: {
            "figures": {pack: asdict(f) for pack, f in results[name].items()},
            "budgets": [asdict(b) for b in calm[name]],
            "cpu_ms_a_day": costs[name],
            "ap_less_reference": asdict(certain[name]) if name in certain else None,
        }
        for name in rated
    }


def _told_labels(crowd: Crowd, rivals: Mapping[str, Make]) -> dict[str, object]:
    """Prints how well scores tell labelled days, where the folder has labels."""
    everyone = [person for people in crowd.everyone(0).values() for person in people]
    questions = labels.asked(everyone)
    if not questions:
        return {}
    wanted = {question.label for question in questions}
    people = [person for person in everyone if wanted & set(person.labels)]
    rows = labels.single_metrics(people, questions)
    for name, make in rivals.items():
        click.echo(f"labels: {name} ...", err=True)
        rows |= labels.answers(make, people, questions, crowd.folds)
    click.echo(f"\nLABELS of real days, untouched\n\n{tables.labels(rows)}\n")
    return {name: {q: asdict(a) for q, a in row.items()} for name, row in rows.items()}


if __name__ == "__main__":
    main()
