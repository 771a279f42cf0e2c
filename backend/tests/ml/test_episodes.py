"""Findings that tell one story become one episode, and stay it."""

import datetime as dt
from itertools import pairwise

import numpy as np
import pytest

from app.catalog import CATALOGUE
from app.ml.episodes import QUIET_DAYS, Episode, Member, episodes
from app.utils.enums import Severity

DAY = dt.date(2026, 3, 1)
LIMIT = next(limit for limit in CATALOGUE["glucose_min"].limits if limit.severity == "high")


def finding(
    day: int,
    metric: str,
    *,
    score: float = 30,
    severity: Severity = Severity.LOW,
    blamed: str | None = None,
    clinical: str | None = None,
) -> Member:
    return Member(
        day=DAY + dt.timedelta(day),
        metric=metric,
        severity=severity,
        score=score,
        clinical=clinical,
        blamed=blamed or metric,
    )


def told(*findings: Member) -> list[list[tuple[int, str]]]:
    return [
        [((member.day - DAY).days, member.metric) for member in episode.members]
        for episode in episodes(findings)
    ]


def test_days_of_one_family_go_together_while_they_are_near() -> None:
    assert told(finding(0, "weight"), finding(2, "bmi"), finding(4, "weight")) == [
        [(0, "weight"), (2, "bmi"), (4, "weight")]
    ]
    assert told(finding(0, "weight"), finding(QUIET_DAYS + 1, "weight")) == [
        [(0, "weight")],
        [(QUIET_DAYS + 1, "weight")],
    ]


def test_other_stories_stay_apart() -> None:
    assert told(finding(0, "weight"), finding(1, "sleep_hours")) == [
        [(0, "weight")],
        [(1, "sleep_hours")],
    ]


def test_what_is_blamed_most_leads_from_one_to_the_other() -> None:
    first, second = finding(0, "hrv"), finding(1, "sleep_hours", blamed="hrv")
    assert len(episodes([first, second])) == 1


def test_what_is_unusual_on_one_day_is_one_alarm() -> None:
    assert told(finding(0, "weight"), finding(0, "sleep_hours", score=40)) == [
        [(0, "sleep_hours"), (0, "weight")]
    ]
    going_on = told(finding(0, "weight"), finding(1, "weight"), finding(1, "hrv", score=90))
    assert going_on == [[(0, "weight"), (1, "weight"), (1, "hrv")]]


def test_a_broken_limit_hides_in_no_other_story() -> None:
    low = finding(1, "glucose_min", clinical=LIMIT.guideline, severity=Severity.HIGH)
    assert told(finding(0, "weight"), finding(1, "weight"), low) == [
        [(0, "weight"), (1, "weight")],
        [(1, "glucose_min")],
    ]
    assert told(low, finding(2, "glucose_max")) == [[(1, "glucose_min"), (2, "glucose_max")]]


def test_of_two_stories_the_one_told_last_goes_on() -> None:
    both = finding(2, "sleep_hours", blamed="weight")
    assert told(finding(0, "weight"), finding(1, "sleep_hours"), both) == [
        [(0, "weight")],
        [(1, "sleep_hours"), (2, "sleep_hours")],
    ]


@pytest.mark.parametrize(
    ("findings", "severity"),
    [
        ([finding(0, "weight")], Severity.LOW),
        ([finding(0, "weight"), finding(1, "weight")], Severity.MEDIUM),
        ([finding(0, "weight"), finding(0, "hrv")], Severity.MEDIUM),
        ([finding(0, "weight"), finding(1, "weight", severity=Severity.MEDIUM)], Severity.HIGH),
        ([finding(0, "weight"), finding(1, "weight", severity=Severity.HIGH)], Severity.HIGH),
    ],
)
def test_two_metrics_or_two_days_raise_the_rank(findings: list[Member], severity: Severity) -> None:
    (episode,) = episodes(findings)
    assert episode.severity is severity


def test_its_days() -> None:
    (episode,) = episodes(
        [finding(3, "weight", score=50), finding(1, "weight"), finding(2, "bmi", score=50)]
    )
    assert (episode.onset, episode.peak.day, episode.end) == tuple(
        DAY + dt.timedelta(n) for n in (1, 2, 3)
    )
    assert (episode.days, episode.metrics) == (3, ("weight", "bmi"))
    assert episode.is_open(episode.end + dt.timedelta(QUIET_DAYS))
    assert not episode.is_open(episode.end + dt.timedelta(QUIET_DAYS + 1))


def random_findings(seed: int) -> list[Member]:
    random = np.random.default_rng(seed)
    keys = ("weight", "bmi", "hrv", "resting_hr", "sleep_hours", "glucose_min", "glucose_max")
    chosen = [
        finding(
            day,
            str(random.choice(keys)),
            blamed=str(random.choice(keys)),
            score=float(random.integers(20, 80)),
            clinical=LIMIT.guideline if random.random() < 0.2 else None,
        )
        for day in sorted(random.integers(0, 40, size=30).tolist())
    ]
    return list({(m.day, m.metric): m for m in chosen}.values())


@pytest.mark.parametrize("seed", range(20))
def test_a_day_is_told_the_same_whatever_comes_after(seed: int) -> None:
    """Each day only adds to the episodes of the day before: none is split, joined or reordered."""
    findings = random_findings(seed)
    days = [DAY + dt.timedelta(n) for n in range(42)]
    histories = [episodes([m for m in findings if m.day <= day]) for day in days]
    for before, after in pairwise(histories):
        for earlier, later in zip(before, after, strict=False):
            assert later.members[: len(earlier.members)] == earlier.members
        assert len(after) >= len(before)
    assert sorted(m.metric for e in histories[-1] for m in e.members) == sorted(
        m.metric for m in findings
    )


def test_the_order_of_the_findings_does_not_matter() -> None:
    findings = random_findings(3)
    assert episodes(findings) == episodes(reversed(findings))
    assert episodes([]) == ()
    assert isinstance(episodes(findings)[0], Episode)
