"""Judging days: from the past alone, within a budget, by a person's wishes."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from app.catalog import CATALOGUE
from app.ml.budget import DAYS_PER_MONTH, FURTHEST, adapted_level, asked_level
from app.ml.judging import LOOKBACK, Detected, judge
from app.ml.priors import shipped
from app.ml.rating import measure, population_share, rate, usual
from app.ml.types import Accepted, DailyValues, Wishes
from app.utils.enums import DetectorType, Direction

FIRST = date(2024, 1, 1)
DAYS = 260
STRANGE = 230
WEEKLY = Wishes(alarms_per_month=DAYS_PER_MONTH / 7)
RESTING_HR = CATALOGUE.keys.index("resting_hr")
HRV = CATALOGUE.keys.index("hrv")


def person(seed: int = 1, days: int = DAYS) -> DailyValues:
    """Independent days around the typical person; pulse and HRV mirror each other."""
    chance = np.random.default_rng(seed)
    values = np.full((days, len(CATALOGUE.keys)), np.nan)
    for column, metric in enumerate(CATALOGUE.metrics):
        if metric.typical and metric.watch:
            swing = metric.typical.within * chance.standard_normal(days)
            values[:, column] = metric.typical.mean + swing
    pulse = (values[:, RESTING_HR] - values[:, RESTING_HR].mean()) / values[:, RESTING_HR].std()
    values[:, HRV] = 55 - 6 * pulse + 1.5 * chance.standard_normal(days)
    values[chance.random(values.shape) < 0.05] = np.nan
    return DailyValues(tuple(FIRST + timedelta(n) for n in range(days)), CATALOGUE.keys, values)


def with_values(values: DailyValues, day: int, **known: float) -> DailyValues:
    copy = values.values.copy()
    for key, value in known.items():
        copy[day, values.keys.index(key)] = value
    return replace(values, values=copy)


def judged(
    values: DailyValues, first: int, last: int | None = None, wishes: Wishes = WEEKLY
) -> Detected:
    until = values.days[first if last is None else last]
    return judge(values, since=values.days[first], until=until, wishes=wishes)


def rated(values: DailyValues, day: int, **rest: object) -> tuple[float, float]:
    """Evidence above and below for the resting heart rate on the day."""
    found = rate(values, range(day, day + 1), catalogue=CATALOGUE, priors=shipped(), **rest)  # type: ignore[arg-type]  # keywords pass through
    place = [metric.key for metric in CATALOGUE.watched].index("resting_hr")
    measured = found.measured
    return float(measured.above[0, place]), float(measured.below[0, place])


class TestADay:
    def test_that_is_strange_is_told_with_its_metric_first(self) -> None:
        (finding,) = judged(with_values(person(), STRANGE, resting_hr=95), STRANGE).findings
        assert (finding.metric, finding.direction) == ("resting_hr", Direction.ABOVE)
        assert finding.detector is DetectorType.ENSEMBLE
        assert finding.contributions[0].metric == "resting_hr"
        assert finding.usual_high is not None
        assert finding.usual_high < 95
        assert finding.p_value is not None
        assert finding.p_value < 1 / 90

    def test_that_is_ordinary_is_not(self) -> None:
        quiet = with_values(person(), STRANGE, resting_hr=62, hrv=55)
        assert not judged(quiet, STRANGE, wishes=Wishes(alarms_per_month=1 / 12)).findings

    def test_is_stranger_where_metrics_that_go_together_part(self) -> None:
        """Neither value is out of its own range."""
        apart = with_values(person(), STRANGE, resting_hr=66, hrv=62)
        together = with_values(person(), STRANGE, resting_hr=66, hrv=48)
        assert rated(apart, STRANGE)[0] > 3 * rated(together, STRANGE)[0]

    def test_blames_the_metric_that_moved_and_not_those_that_should_have_followed(self) -> None:
        """HRV stays where it was, which is as odd for a pulse of 75."""
        moved = rate(
            with_values(person(), STRANGE, resting_hr=75, hrv=55),
            range(STRANGE, STRANGE + 1),
            catalogue=CATALOGUE,
            priors=shipped(),
        ).measured
        keys = [metric.key for metric in CATALOGUE.watched]
        first, second, *rest = sorted(moved.blame[0], reverse=True)
        assert moved.blame[0, keys.index("resting_hr")] == first
        assert moved.blame[0, keys.index("hrv")] == second
        assert max(rest) < second / 2

    def test_counts_less_while_little_is_known_of_what_is_usual(self) -> None:
        """The same day, after the same values, of which fewer are known."""
        values = with_values(person(), STRANGE, resting_hr=70)
        short = replace(values, values=values.values.copy())
        short.values[: STRANGE - 14] = np.nan
        assert rated(short, STRANGE)[0] < 0.8 * rated(values, STRANGE)[0]

    def test_before_enough_history_is_not_judged(self) -> None:
        short = person(days=8)
        assert judged(short, 0, 7).days_judged == 0
        assert judged(short, 0, 7).findings == ()

    def test_without_anything_known_is_not_judged(self) -> None:
        empty = with_values(person(), STRANGE, **dict.fromkeys(CATALOGUE.keys, np.nan))
        assert judged(empty, STRANGE).days_judged == 0

    def test_is_judged_though_a_metric_never_changes(self) -> None:
        values = person()
        values.values[:, RESTING_HR] = 60
        assert np.isfinite(judged(values, STRANGE, DAYS - 1).level)
        assert judged(with_values(values, STRANGE, resting_hr=80), STRANGE).findings


class TestThePast:
    def test_is_all_that_counts(self) -> None:
        values = person()
        values.values[STRANGE:] *= 1.3
        until = STRANGE + 5
        cut = values.rows(0, until + 1)
        assert judged(values, 200, until) == judged(cut, 200, until)

    def test_answers_the_same_whichever_days_are_asked_together(self) -> None:
        values = person()
        single = [f for day in range(220, 240) for f in judged(values, day).findings]
        together = judged(values, 220, 239).findings
        assert together
        assert sorted(single, key=repr) == sorted(together, key=repr)

    def test_beyond_the_look_back_does_not_matter(self) -> None:
        values = person(days=LOOKBACK + 40)
        near = values.rows(20, len(values.days))
        first = LOOKBACK + 20
        assert judged(values, first, first + 19) == judged(near, first - 20, first - 1)

    def test_that_is_set_aside_teaches_nothing(self) -> None:
        ill = range(190, 215)
        values = with_values(person(), STRANGE, resting_hr=78)
        values.values[list(ill), RESTING_HR] += 14
        kept = np.array([index not in ill for index in range(DAYS)])
        assert rated(values, STRANGE, learned_from=kept)[0] > rated(values, STRANGE)[0]
        asked = replace(WEEKLY, set_aside=frozenset(values.days[day] for day in ill))
        assert judged(values, 216, DAYS - 1, asked) != judged(values, 216, DAYS - 1)


class TestWishes:
    def test_a_larger_budget_tells_no_less(self) -> None:
        values = person(3)
        told = [
            judged(values, 120, DAYS - 1, Wishes(alarms_per_month=asked)).alarm_days
            for asked in (1 / 12, 1, DAYS_PER_MONTH / 7)
        ]
        assert told == sorted(told)
        assert told[-1] > told[0]

    def test_an_own_limit_tells_whatever_the_budget_says(self) -> None:
        values = with_values(person(), STRANGE, resting_hr=66, hrv=49)
        rarely = Wishes(alarms_per_month=1 / 12)
        assert not judged(values, STRANGE, wishes=rarely).findings
        limited = replace(rarely, thresholds={"resting_hr": 0.5})
        (finding,) = judged(values, STRANGE, wishes=limited).findings
        assert (finding.metric, finding.detector) == ("resting_hr", DetectorType.ZSCORE)

    def test_what_a_person_called_usual_counts_less_from_then_on(self) -> None:
        values = with_values(person(), 200, resting_hr=80)
        values = with_values(values, STRANGE, resting_hr=80)
        answer = Accepted(values.days[200], "resting_hr", Direction.ABOVE)
        before, after = rated(values, STRANGE), rated(values, STRANGE, accepted=[answer])
        assert after[0] < before[0]
        assert after[1] == before[1]
        assert rated(values, 200, accepted=[answer]) == rated(values, 200)
        day = range(STRANGE, STRANGE + 1)
        measured = measure(values, day, catalogue=CATALOGUE, priors=shipped())
        known = usual(measured, values, day, catalogue=CATALOGUE, accepted=[answer])
        place = [metric.key for metric in CATALOGUE.watched].index("resting_hr")
        assert known.high[0, place] == 80


class TestTheLevel:
    def test_starts_as_asked(self) -> None:
        assert adapted_level(np.full((1, 0), np.nan), 2.0) == asked_level(2.0)

    def test_stays_where_nothing_was_judged(self) -> None:
        assert adapted_level(np.full((1, 60), np.nan), 2.0) == asked_level(2.0)

    def test_falls_with_alarms_and_rises_without(self) -> None:
        calm, noisy = adapted_level(np.array([[1.0] * 60, [1e-9] * 60]), 1.0)
        assert noisy < asked_level(1.0) < calm

    def test_many_rows_at_once_come_to_what_each_does_alone(self) -> None:
        past = np.random.default_rng(1).random((30, 60)) ** 3
        past[past > 0.9] = np.nan
        alone = [adapted_level(row[np.newaxis], 2.0)[0] for row in past]
        assert np.array_equal(adapted_level(past, 2.0), alone)
        assert len(set(alone)) > 5

    def test_stays_within_its_bounds(self) -> None:
        levels = adapted_level(np.array([[1.0] * 5_000, [1e-9] * 5_000]), 1.0)
        assert levels == pytest.approx([asked_level(1) * FURTHEST, asked_level(1) / FURTHEST])

    @pytest.mark.parametrize("asked", [2.0, 1.0, 1 / 3])
    def test_brings_the_asked_rate_where_p_values_are_off(self, asked: float) -> None:
        """P-values a half too small would alarm twice as often."""
        chance = np.random.default_rng(5)
        p_values = chance.random((40, 1_500)) / 2
        told = np.zeros((40, 1_440), dtype=bool)
        for day in range(told.shape[1]):
            level = adapted_level(p_values[:, day : day + 60], asked)
            told[:, day] = p_values[:, day + 60] <= level
        got = told.mean() * DAYS_PER_MONTH / asked
        assert 1.0 < got < 1.85


def test_the_population_s_share_falls_as_the_score_rises() -> None:
    scores = np.linspace(-1, 30, 400)
    shares = population_share(scores, shipped())
    assert (np.diff(shares) <= 0).all()
    assert shares[0] <= 1
    assert 0 < shares[-1] < 1e-4
