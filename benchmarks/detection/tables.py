"""Figures as aligned text."""

import math
from collections.abc import Mapping, Sequence

from benchmarks.detection.intervals import Interval
from benchmarks.detection.labels import Answer
from benchmarks.detection.summary import BUDGETS, RATES, Budget, Figures


def aligned(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The first column to the left, the others to the right."""
    widths = [max(len(row[n]) for row in (header, *rows)) for n in range(len(header))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if n == 0 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (header, *rows)
    )


def about(results: Mapping[str, Mapping[str, Figures]]) -> str:
    """What was measured on."""
    packs = next(iter(results.values()))
    sizes = "; ".join(
        f"{pack}: {f.episodes:.0f} episodes a seed on {_percent(f.prevalence)} of days"
        for pack, f in packs.items()
        if pack != "mean"
    )
    return (
        f"{sizes}. A metric drawn at random is a cause in {_percent(packs['mean'].named_chance)}."
    )


def detectors(results: Mapping[str, Mapping[str, Figures]]) -> str:
    """One row a detector, means over packs; recall never without its chance level."""
    packs = [pack for pack in next(iter(results.values())) if pack != "mean"]
    header = ["detector", "AP", "VUS", "P", "R", "F1", "FA",
              *(f"found@{rate:.0f}" for rate in RATES), "delay", "named", "if found",
              *(f"AP {pack}" for pack in packs)]  # fmt: skip
    rows = []
    for name, by_pack in results.items():
        f = by_pack["mean"]
        rows.append([
            name, _2(f.ap), _2(f.vus), _2(f.precision), _2(f.recall), _2(f.f1),
            _1(f.false_alarms),
            *(f"{_percent(f.found[r].found)} ({_percent(f.found[r].chance)})" for r in RATES),
            _1(f.delay), _percent(f.named), _percent(f.named_found),
            *(_2(by_pack[pack].ap) for pack in packs),
        ])  # fmt: skip
    return aligned(header, rows)


def kinds(results: Mapping[str, Mapping[str, Figures]]) -> str:
    """Episodes found by kind, and chance."""
    names = [*next(iter(results.values()))["mean"].kinds]
    rows = [
        [name, *(f"{_percent(p['mean'].kinds[k].found)} ({_percent(p['mean'].kinds[k].chance)})"
                 for k in names)]
        for name, p in results.items()
    ]  # fmt: skip
    return aligned(["found@2 (chance)", *names], rows)


def own_levels(results: Mapping[str, Mapping[str, Figures]]) -> str:
    """Detectors that have a level of their own, at it."""
    rows = [
        [name, _1(own["false_alarms"]), _2(own["precision"]), _2(own["recall"]), _2(own["f1"]),
         f"{_percent(own['found'])} ({_percent(own['chance'])})"]
        for name, packs in results.items()
        if (own := packs["mean"].own)
    ]  # fmt: skip
    return aligned(["at its own level", "FA", "P", "R", "F1", "found (chance)"], rows)


def budget_rows(results: Mapping[str, Sequence[Budget]], costs: Mapping[str, float]) -> str:
    """Alarm days a month on people without injections: mean, 90th percentile of people; and what
    that would be by chance alone."""
    header = ["alarm days a month got (p90)", *(f"asked {b:.2f}" for b in BUDGETS), "ms a day"]
    rows = [
        [name, *(f"{b.mean:.2f} ({b.p90:.1f})" for b in budgets), f"{costs[name]:.2f}"]
        for name, budgets in results.items()
    ]
    for budgets in [*results.values()][:1]:  # of the same people in all rows
        by_chance = [f"{b.asked:.2f} ({b.p90_by_chance:.1f})" for b in budgets]
        rows.append(["on any day alike", *by_chance, ""])
    return aligned(header, rows)


def differences(intervals: Mapping[str, Interval], reference: str) -> str:
    """How certain it is that one detector ranks days better than the reference."""
    rows = [
        [name, f"{i.difference:+.2f}", f"{i.low:+.2f} to {i.high:+.2f}"]
        for name, i in intervals.items()
    ]
    return aligned([f"AP less {reference}", "all", "95 % of draws of people"], rows)


def labels(rows: Mapping[str, Mapping[str, Answer]]) -> str:
    """Areas under the curve within people, with how many people and positive days."""
    questions = list(dict.fromkeys(question for row in rows.values() for question in row))
    lines = [
        [name, *(_answer(row.get(question)) for question in questions)]
        for name, row in rows.items()
    ]
    return aligned(["AUC within people (people, days)", *questions], lines)


def _answer(answer: Answer | None) -> str:
    if answer is None or not answer.people:
        return "-"
    return f"{answer.auc:.2f} ({answer.people}, {answer.positive_days})"


def _1(value: float) -> str:
    return f"{value:.1f}"


def _2(value: float) -> str:
    return f"{value:.2f}"


def _percent(value: float) -> str:
    return "-" if math.isnan(value) else f"{100 * value:.0f}%"
