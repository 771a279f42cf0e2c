"""From verdicts to findings."""

import math
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any, Self

import numpy as np
import pytest

from app.catalog import CATALOGUE
from app.ml.detectors.base import Scores, history
from app.ml.ensemble import LOOKBACK, RARITY, default_detectors, detect, lookback
from app.ml.statistics import daily_p
from app.ml.types import BoolArray, DailyValues, Finding
from app.utils.enums import DetectorType, Direction, Severity

FIRST = date(2025, 1, 1)
ORDER = list(Severity)


def place(key: str) -> int:
    return CATALOGUE.keys.index(key)


def one_day(**known: float) -> DailyValues:
    """A single day with the named values."""
    values = np.full((1, len(CATALOGUE.keys)), np.nan)
    for key, value in known.items():
        values[0, place(key)] = value
    return DailyValues((FIRST,), CATALOGUE.keys, values)


class Scripted:
    """A detector that says what a test tells it to: z by metric, or a day's p and its shares."""

    version = "scripted"
    window = 1
    refit_every = 1

    def __init__(
        self,
        *,
        z: Mapping[str, float] | None = None,
        joint_p: float | None = None,
        shares: Mapping[str, float] | None = None,
    ) -> None:
        self.z = z or {}
        self.joint_p = joint_p
        self.shares = shares or {}
        joint = joint_p is not None
        self.detector_type = DetectorType.ISOLATION_FOREST if joint else DetectorType.ZSCORE

    def fit(self, past: DailyValues) -> Self:
        self.history_ = history(past)
        return self

    def score(self, days: DailyValues) -> Scores:
        scores = Scores.unknown(*days.values.shape)
        for key, z in self.z.items():
            scores.z[:, place(key)] = z
            scores.p_value[:, place(key)] = daily_p(np.array([z]))
            scores.baseline[:, place(key)] = days.column(key) - z
        for key, share in self.shares.items():
            scores.contribution[:, place(key)] = share
        if self.joint_p is not None:
            scores.joint_p[:] = self.joint_p
        return scores

    def decide(self, scores: Scores) -> BoolArray:
        strange: BoolArray = (np.abs(scores.z) >= 2.5) | (scores.contribution >= 0.2)
        return strange


def found(values: DailyValues, *detectors: Scripted, **rest: Any) -> dict[str, Finding]:
    findings = detect(values, since=FIRST, until=FIRST, detectors=detectors, **rest)
    assert len({finding.metric for finding in findings}) == len(findings)
    return {finding.metric: finding for finding in findings}


def person(days: int = 200, seed: int = 1) -> DailyValues:
    chance = np.random.default_rng(seed)
    values = np.full((days, len(CATALOGUE.keys)), np.nan)
    for column, metric in enumerate(CATALOGUE.metrics):
        if metric.typical:
            spread = metric.typical.within * chance.standard_normal(days)
            values[:, column] = metric.typical.mean + spread
    return DailyValues(tuple(FIRST + timedelta(n) for n in range(days)), CATALOGUE.keys, values)


def everything(values: DailyValues, since: int = 150, **rest: Any) -> tuple[Finding, ...]:
    return detect(values, since=values.days[since], until=values.days[-1], **rest)


class TestCombining:
    def test_a_strange_metric_is_a_finding(self) -> None:
        finding = found(one_day(sleep_hours=4), Scripted(z={"sleep_hours": -4}))["sleep_hours"]
        assert finding.day == FIRST
        assert finding.value == 4
        assert finding.baseline == 8
        assert finding.direction is Direction.BELOW
        assert finding.detector is DetectorType.ZSCORE
        assert finding.version == "scripted"
        assert finding.unusual
        assert [(c.metric, c.share) for c in finding.contributions] == [("sleep_hours", 1)]

    def test_an_ordinary_metric_is_none(self) -> None:
        assert not found(one_day(sleep_hours=7), Scripted(z={"sleep_hours": -1}))

    def test_what_both_find_is_one_finding_of_the_ensemble(self) -> None:
        values = one_day(sleep_hours=4, hrv=20)
        forest = Scripted(joint_p=0.01, shares={"hrv": 0.6, "sleep_hours": 0.4})
        findings = found(values, Scripted(z={"sleep_hours": -4}), forest)
        assert set(findings) == {"sleep_hours"}
        assert findings["sleep_hours"].detector is DetectorType.ENSEMBLE
        assert findings["sleep_hours"].version == "scripted+scripted"
        shares = {c.metric: c.share for c in findings["sleep_hours"].contributions}
        assert shares == pytest.approx({"hrv": 0.6, "sleep_hours": 0.4})

    def test_agreement_is_rarer_than_the_weaker_voice(self) -> None:
        values, z = one_day(sleep_hours=4), Scripted(z={"sleep_hours": -3})
        alone = found(values, z)["sleep_hours"].p_value
        forest = Scripted(joint_p=1e-4, shares={"sleep_hours": 1.0})
        both = found(values, z, forest)["sleep_hours"].p_value
        assert alone is not None
        assert both is not None
        assert 1e-4 < both < 2.1e-4 < alone

    def test_what_only_the_forest_finds_is_told_of_the_metric_it_blames_most(self) -> None:
        values = one_day(sleep_hours=6, hrv=40, resting_hr=66)
        forest = Scripted(joint_p=0.005, shares={"hrv": 0.5, "resting_hr": 0.3, "sleep_hours": 0.2})
        findings = found(values, forest)
        assert set(findings) == {"hrv"}
        assert findings["hrv"].detector is DetectorType.ISOLATION_FOREST
        assert findings["hrv"].p_value == pytest.approx(0.005)
        assert [c.metric for c in findings["hrv"].contributions] == [
            "hrv",
            "resting_hr",
            "sleep_hours",
        ]

    def test_disagreement_is_two_findings(self) -> None:
        values = one_day(sleep_hours=4, hrv=20)
        forest = Scripted(joint_p=0.01, shares={"hrv": 0.9, "sleep_hours": 0.1})
        findings = found(values, Scripted(z={"sleep_hours": -4}), forest)
        assert set(findings) == {"sleep_hours", "hrv"}

    def test_small_contributions_are_left_out(self) -> None:
        forest = Scripted(joint_p=0.01, shares={"hrv": 0.96, "sleep_hours": 0.04})
        finding = found(one_day(hrv=20, sleep_hours=7), forest)["hrv"]
        assert [(c.metric, c.share) for c in finding.contributions] == [("hrv", 1)]


class TestFamilies:
    def test_the_strongest_of_a_family_stays_and_the_others_contribute(self) -> None:
        values = one_day(bp_systolic=150, bp_diastolic=95)
        findings = found(values, Scripted(z={"bp_systolic": 5, "bp_diastolic": 3}))
        assert set(findings) == {"bp_systolic"}
        contributions = findings["bp_systolic"].contributions
        assert [c.metric for c in contributions] == ["bp_systolic", "bp_diastolic"]
        assert sum(c.share for c in contributions) == pytest.approx(1)
        assert contributions[1].value == 95

    def test_other_families_stay(self) -> None:
        values = one_day(bp_systolic=150, sleep_hours=4)
        assert len(found(values, Scripted(z={"bp_systolic": 5, "sleep_hours": -3}))) == 2

    def test_a_dangerous_value_is_never_hidden_by_a_stranger_one(self) -> None:
        values = one_day(glucose_min=50, blood_glucose_avg=135)
        detector = Scripted(z={"blood_glucose_avg": 7.0, "glucose_min": -1.0})
        findings = found(values, detector)
        assert set(findings) == {"glucose_min"}
        assert findings["glucose_min"].severity is Severity.HIGH

    def test_a_broken_limit_wins_among_equals(self) -> None:
        values = one_day(bp_systolic=185, bp_diastolic=100)
        findings = found(values, Scripted(z={"bp_systolic": 3, "bp_diastolic": 40}))
        assert set(findings) == {"bp_systolic"}


class TestSeverity:
    @pytest.mark.parametrize(
        ("p_value", "severity"),
        [
            (1 / 60, Severity.LOW),
            (1 / 91, Severity.MEDIUM),
            (1 / 364, Severity.MEDIUM),
            (1 / 366, Severity.HIGH),
        ],
    )
    def test_is_how_rare_the_day_is(self, p_value: float, severity: Severity) -> None:
        forest = Scripted(joint_p=p_value, shares={"hrv": 1.0})
        finding = found(one_day(hrv=20), forest)["hrv"]
        assert finding.severity is severity
        assert finding.score == pytest.approx(-25 * math.log10(p_value))

    def test_the_score_ends_at_100(self) -> None:
        forest = Scripted(joint_p=1e-30, shares={"hrv": 1.0})
        assert found(one_day(hrv=20), forest)["hrv"].score == 100

    def test_counts_how_many_families_were_tested(self) -> None:
        values = one_day(hrv=20, sleep_hours=7, resting_hr=60, bp_systolic=118, bp_diastolic=75)
        alone = found(values, Scripted(z={"hrv": -4}))["hrv"].p_value
        rest = {"sleep_hours": 0.1, "resting_hr": 0.1, "bp_systolic": 0.1, "bp_diastolic": 0.1}
        among = found(values, Scripted(z={"hrv": -4, **rest}))["hrv"].p_value
        assert alone is not None
        assert among == pytest.approx(1 - (1 - alone) ** 4)

    def test_is_at_least_that_of_a_broken_limit(self) -> None:
        finding = found(one_day(spo2=90), Scripted(z={"spo2": -3}))["spo2"]
        assert finding.severity is Severity.HIGH
        assert finding.score >= 25 * math.log10(RARITY[Severity.HIGH])

    def test_findings_come_gravest_first(self) -> None:
        values = one_day(hrv=20, sleep_hours=4, spo2=90, resting_hr=75)
        z = {"hrv": -3.5, "sleep_hours": -3.0, "spo2": -3.0, "resting_hr": 4.0}
        findings = detect(values, since=FIRST, until=FIRST, detectors=[Scripted(z=z)])
        ranks = [(ORDER.index(f.severity), f.score) for f in findings]
        assert ranks == sorted(ranks, reverse=True)
        assert findings[0].metric == "spo2"


class TestClinicalLimits:
    def test_hypoglycaemia_is_told_without_any_history(self) -> None:
        findings = detect(one_day(glucose_min=50), since=FIRST, until=FIRST)
        assert [f.metric for f in findings] == ["glucose_min"]
        (finding,) = findings
        assert finding.severity is Severity.HIGH
        assert finding.clinical == "ATTD 2019: level 2 low"
        assert not finding.unusual
        assert finding.baseline is None
        assert finding.p_value is None
        assert finding.history_days == 0
        assert finding.history_from is None
        assert finding.direction is Direction.BELOW

    def test_the_deeper_of_two_equally_grave_breaches_scores_higher(self) -> None:
        deep, slight = (
            detect(one_day(glucose_min=lowest), since=FIRST, until=FIRST)[0] for lowest in (38, 53)
        )
        assert deep.severity is slight.severity is Severity.HIGH
        assert deep.score > slight.score + 5
        assert slight.score >= 25 * math.log10(RARITY[Severity.HIGH])

    def test_hypoglycaemia_is_told_although_usual(self) -> None:
        days = 100
        values = np.full((days, len(CATALOGUE.keys)), np.nan)
        values[:, place("glucose_min")] = 48 + np.arange(days) % 3
        person = DailyValues(
            tuple(FIRST + timedelta(n) for n in range(days)), CATALOGUE.keys, values
        )
        findings = everything(person, 80, conditions={"diabetes": FIRST})
        assert {f.day for f in findings} == set(person.days[80:])
        assert not any(f.unusual for f in findings)

    def test_the_range_of_mean_glucose_depends_on_diabetes(self) -> None:
        values, silent = one_day(blood_glucose_avg=160), Scripted()
        assert set(found(values, silent)) == {"blood_glucose_avg"}
        assert not found(values, silent, conditions={"diabetes": FIRST})

    def test_a_range_that_guidelines_call_normal_never_alarms(self) -> None:
        assert not found(one_day(resting_hr=105, bp_systolic=150, hba1c=9), Scripted())

    def test_but_is_said_with_a_finding(self) -> None:
        finding = found(one_day(resting_hr=105), Scripted(z={"resting_hr": 5}))["resting_hr"]
        assert finding.clinical == CATALOGUE["resting_hr"].guideline

    def test_a_value_within_it_is_unusual_only(self) -> None:
        finding = found(one_day(resting_hr=75), Scripted(z={"resting_hr": 5}))["resting_hr"]
        assert finding.clinical is None


class TestDetect:
    def test_finds_what_is_strange_on_the_day_it_is(self) -> None:
        values = person()
        values.values[170, place("sleep_hours")] = 2.0
        values.values[170, place("resting_hr")] = 85
        findings = [f for f in everything(values) if f.day == values.days[170]]
        assert {"sleep_hours", "resting_hr"} <= {f.metric for f in findings}
        for finding in findings:
            assert finding.history_from is not None
            assert finding.history_from < finding.day
            assert (finding.day - finding.history_from).days >= finding.history_days

    def test_a_usual_range_lies_around_the_baseline_and_not_around_the_value(self) -> None:
        values = person()
        values.values[170, place("resting_hr")] = 85
        finding = next(f for f in everything(values) if f.metric == "resting_hr" and f.value == 85)
        assert finding.usual_low is not None
        assert finding.usual_high is not None
        assert finding.baseline is not None
        assert finding.usual_low < finding.baseline < finding.usual_high < finding.value

    def test_nothing_known_is_nothing_found(self) -> None:
        values = person()
        nothing = DailyValues(values.days, values.keys, np.full_like(values.values, np.nan))
        assert everything(nothing) == ()

    def test_no_days_have_no_findings(self) -> None:
        values = person(20)
        assert detect(values, since=FIRST - timedelta(9), until=FIRST - timedelta(1)) == ()
        assert detect(values.rows(0, 0), since=FIRST, until=FIRST) == ()

    def test_is_the_same_again(self) -> None:
        assert everything(person()) == everything(person())

    def test_later_days_change_nothing(self) -> None:
        values = person()
        until = values.days[170]
        before = detect(values.rows(0, 171), since=values.days[150], until=until)
        assert detect(values, since=values.days[150], until=until) == before

    def test_one_call_finds_what_single_days_do(self) -> None:
        values = person()
        single = [
            finding
            for index in range(150, 200)
            for finding in detect(values, since=values.days[index], until=values.days[index])
        ]
        together = everything(values)
        assert together
        assert sorted(together, key=repr) == sorted(single, key=repr)

    def test_days_before_the_lookback_change_nothing(self) -> None:
        values = person()
        since, until = values.days[180], values.days[-1]
        near = values.rows(180 - LOOKBACK, 200)
        assert detect(near, since=since, until=until) == detect(values, since=since, until=until)

    def test_a_person_s_limits_replace_the_catalogue_s(self) -> None:
        values = person()
        quiet = {metric.key: 50.0 for metric in CATALOGUE.watched}
        strict = everything(values, thresholds={"sleep_hours": 1.0})
        assert len([f for f in strict if f.metric == "sleep_hours"]) > 5
        assert not [f for f in everything(values, thresholds=quiet) if "zscore" in f.version]

    def test_refuses_a_limit_on_nothing(self) -> None:
        with pytest.raises(KeyError):
            everything(person(), thresholds={"shoe_size": 2.0})

    def test_at_most_one_finding_a_metric_and_day(self) -> None:
        findings = everything(person(), thresholds={m.key: 0.5 for m in CATALOGUE.watched})
        assert len({(f.day, f.metric) for f in findings}) == len(findings)
        families = {(f.day, CATALOGUE[f.metric].family) for f in findings}
        assert len(families) == len(findings)

    def test_findings_hold_plain_values(self) -> None:
        values = person()
        values.values[170, place("resting_hr")] = 85
        for finding in everything(values):
            for name, value in asdict(finding).items():
                assert not isinstance(value, np.generic), name
            assert 0 <= finding.score <= 100
            assert sum(c.share for c in finding.contributions) == pytest.approx(1)

    def test_healthy_people_are_seldom_alarmed(self) -> None:
        days = {(seed, f.day) for seed in range(6) for f in everything(person(seed=seed), 60)}
        assert len(days) / (6 * 140) * 30.44 < 3

    def test_looks_back_as_far_as_its_detectors(self) -> None:
        assert lookback(default_detectors()) == LOOKBACK == 126
        assert lookback([Scripted()]) == 7
