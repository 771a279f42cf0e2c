"""One invented person's metric: the days, what is usual, what was done to them, what was told."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from matplotlib.axes import Axes

from app.catalog import CATALOGUE, Metric
from app.ml.judging import judge
from app.ml.types import DailyValues, Finding, FloatArray
from app.ml.usual import usual
from app.utils.mock_data import InjectedAnomaly, invent_person
from app.utils.units import display_unit
from benchmarks.detection.invented_product import as_daily_values
from benchmarks.plots.canvas import BAND, CHANCE, INK, MARK, SEVERITIES, drawn

SEED, DAYS, METRIC = 18, 150, "resting_hr"
END = date(2026, 6, 30)
USUAL_DAYS, FEWEST_DAYS, EPISODE_GAP = 30, 8, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What the figure shows; `low` and `high` bound the middle 80 % of the 30 days before."""

    metric: Metric
    days: tuple[date, ...]
    values: FloatArray
    low: FloatArray
    high: FloatArray
    injected: tuple[InjectedAnomaly, ...]
    findings: tuple[Finding, ...]


def story(*, seed: int = SEED, days: int = DAYS, metric: str = METRIC) -> Story:
    """The person of the seed, judged day by day."""
    person = invent_person(seed=seed, days=days, end=END, zone=ZoneInfo("UTC"))
    calendar = [END - timedelta(ago) for ago in reversed(range(days))]
    values = as_daily_values(person, calendar)
    low, high = _band(values, metric)
    told = judge(values, since=calendar[0], until=END).findings
    return Story(
        metric=CATALOGUE[metric],
        days=values.days,
        values=values.column(metric),
        low=low,
        high=high,
        injected=tuple(event for event in person.truth if metric in event.metrics),
        findings=tuple(finding for finding in told if finding.metric == metric),
    )


def episodes(days: list[date]) -> list[tuple[date, date]]:
    """Runs of days with no more than two quiet days between them."""
    runs: list[tuple[date, date]] = []
    for day in sorted(days):
        if runs and (day - runs[-1][1]).days <= EPISODE_GAP:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def behind(told: Story) -> list[dict[str, str]]:
    """What the figure claims of detection, to be compared with what detection does today."""
    return [
        {"day": f"{finding.day}", "severity": finding.severity}
        for finding in sorted(told.findings, key=lambda finding: finding.day)
    ]


def draw(path: Path, told: Story) -> None:
    with drawn(path) as axes:
        _draw_days(axes, told)
        _draw_truth(axes, told)
        _draw_findings(axes, told)
        axes.xaxis_date()
        axes.set_ylabel(f"{told.metric.label}, {display_unit(told.metric.unit)}")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=4)


def _band(values: DailyValues, metric: str) -> tuple[FloatArray, FloatArray]:
    column = values.keys.index(metric)
    before = [usual(values.values[max(0, n - USUAL_DAYS) : n]) for n in range(len(values.days))]
    low = np.array(
        [seen.low[column] if seen.days[column] >= FEWEST_DAYS else np.nan for seen in before]
    )
    high = np.array(
        [seen.high[column] if seen.days[column] >= FEWEST_DAYS else np.nan for seen in before]
    )
    return low, high


def _draw_days(axes: Axes, told: Story) -> None:
    days = [_place(day) for day in told.days]
    axes.fill_between(
        days, told.low, told.high, color=BAND, alpha=0.6, lw=0, label="usual: middle 80 %"
    )
    axes.plot(days, told.values, color=INK, lw=1, marker=".", ms=3, label="the day's value")


def _draw_truth(axes: Axes, told: Story) -> None:
    for number, event in enumerate(told.injected):
        axes.axvspan(
            *_span(event.start, event.end),
            color=CHANCE,
            alpha=0.35,
            lw=0,
            label="made strange" if number == 0 else None,
        )
        axes.annotate(
            event.kind.replace("_", " "),
            (_span(event.start, event.end)[0], 1.0),
            xycoords=("data", "axes fraction"),
            va="bottom",
            rotation=20,
            fontsize=8,
        )


def _draw_findings(axes: Axes, told: Story) -> None:
    for severity, color in SEVERITIES.items():
        found = [finding for finding in told.findings if finding.severity == severity]
        if not found:
            continue
        axes.scatter(
            [_place(finding.day) for finding in found],
            [finding.value for finding in found],
            s=60,
            facecolors="none",
            edgecolors=color,
            linewidths=1.8,
            zorder=3,
            label=f"told, {severity}",
        )
    base = float(np.nanmin(told.values)) - 1
    for number, (start, end) in enumerate(episodes([f.day for f in told.findings])):
        axes.plot(
            _span(start, end),
            [base, base],
            color=MARK,
            lw=4,
            solid_capstyle="butt",
            label="episode" if number == 0 else None,
        )


def _span(start: date, end: date) -> tuple[float, float]:
    """The days as a stretch of the axis, where each is drawn in its middle."""
    return _place(start) - 0.5, _place(end) + 0.5


def _place(day: date) -> float:
    """Where matplotlib's axes of dates have the day: days since 1970."""
    return float((day - date(1970, 1, 1)).days)
