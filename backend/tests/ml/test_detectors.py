"""What is particular to each detector; what they share is in tests/contracts."""

from datetime import date, timedelta

import numpy as np
import pytest

from app.catalog import CATALOGUE
from app.ml.detectors import IsolationForestDetector, ZScoreDetector
from app.ml.detectors.base import Scores, walk_forward
from app.ml.types import DailyValues

FIRST = date(2025, 1, 1)


def person(days: int, **columns: object) -> DailyValues:
    """The named metrics as given; all others unknown."""
    values = np.full((days, len(CATALOGUE.keys)), np.nan)
    for key, column in columns.items():
        values[:, CATALOGUE.keys.index(key)] = column
    return DailyValues(tuple(FIRST + timedelta(n) for n in range(days)), CATALOGUE.keys, values)


def at(scores: Scores, name: str, key: str) -> float:
    return float(getattr(scores, name)[-1, CATALOGUE.keys.index(key)])


def last(values: DailyValues) -> range:
    return range(len(values.days) - 1, len(values.days))


class TestZScore:
    normal = np.random.default_rng(1).standard_normal(80)

    def test_measures_from_the_mean_of_the_thirty_days_before(self) -> None:
        nights = 7 + self.normal * 0.5
        scores = walk_forward(ZScoreDetector(), person(80, sleep_hours=nights), range(79, 80))
        past = nights[49:79]
        t = (nights[79] - past.mean()) / (past.std(ddof=1) * np.sqrt(1 + 1 / 30))
        assert at(scores, "baseline", "sleep_hours") == pytest.approx(past.mean())
        assert at(scores, "z", "sleep_hours") == pytest.approx(t, rel=0.05)
        assert at(scores, "history", "sleep_hours") == 30
        assert at(scores, "history_from", "sleep_hours") == (FIRST + timedelta(49)).toordinal()

    def test_a_log_scaled_metric_has_a_geometric_baseline(self) -> None:
        values = person(31, hrv=np.tile([25.0, 100.0], 16)[:31])
        scores = walk_forward(ZScoreDetector(), values, last(values))
        assert at(scores, "baseline", "hrv") == pytest.approx(50)

    def test_the_usual_range_stays_plausible(self) -> None:
        minutes = np.tile([0.0, 0, 60], 20)
        values = person(60, exercise_minutes=minutes, spo2=100 - minutes / 20)
        scores = walk_forward(ZScoreDetector(), values, last(values))
        assert at(scores, "usual_low", "exercise_minutes") == 0
        assert at(scores, "usual_high", "spo2") == 100

    @pytest.mark.parametrize("days", [14, 20, 30])
    def test_the_limit_means_the_same_at_every_length_of_history(self, days: int) -> None:
        chance = np.random.default_rng(days)
        detector = ZScoreDetector()
        beyond = 0
        for _ in range(40):
            values = person(
                days + 1,
                **{
                    m.key: 50 + chance.standard_normal(days + 1) * 9
                    for m in CATALOGUE.watched
                    if m.watch and m.watch.floor > 0.25 and m.watch.scale == "identity"
                },
            )
            scores = walk_forward(detector, values, last(values))
            beyond += int((np.abs(scores.z) > 1).sum())
        known = 40 * np.isfinite(scores.z).sum()
        assert beyond / known == pytest.approx(0.317, abs=0.06)

    def test_says_nothing_before_the_metric_s_minimum(self) -> None:
        for days, known in ((14, False), (15, True)):
            values = person(days, sleep_hours=7 + self.normal[:days])
            scores = walk_forward(ZScoreDetector(), values, last(values))
            assert np.isfinite(at(scores, "z", "sleep_hours")) == known
            assert at(scores, "history", "sleep_hours") == days - 1

    def test_the_plan_s_limits_decide(self) -> None:
        scores = Scores.unknown(1, len(CATALOGUE.keys))
        for key in ("sleep_hours", "total_calories", "hrv"):
            scores.z[0, CATALOGUE.keys.index(key)] = -2.6
        detector = ZScoreDetector().fit(person(0))
        assert np.flatnonzero(detector.decide(scores)) == [CATALOGUE.keys.index("sleep_hours")]

    def test_a_person_s_own_limits_replace_them(self) -> None:
        scores = Scores.unknown(1, len(CATALOGUE.keys))
        for key in ("sleep_hours", "respiratory_rate"):
            scores.z[0, CATALOGUE.keys.index(key)] = 3.0
        detector = ZScoreDetector({"sleep_hours": 4, "breathing_rate": 2}).fit(person(0))
        found = np.flatnonzero(detector.decide(scores))
        assert found == [CATALOGUE.keys.index("respiratory_rate")]

    def test_refuses_a_limit_on_nothing(self) -> None:
        detector = ZScoreDetector({"shoe_size": 2.0}).fit(person(0))
        with pytest.raises(KeyError):
            detector.decide(Scores.unknown(1, len(CATALOGUE.keys)))


def typical(days: int, seed: int = 0) -> dict[str, object]:
    chance = np.random.default_rng(seed)
    keys = ("sleep_hours", "sleep_quality", "resting_hr", "hrv", "bp_systolic", "exercise_minutes")
    return {
        key: row.mean + row.within * chance.standard_normal(days)
        for key in keys
        if (row := CATALOGUE[key].typical)
    }


class TestIsolationForestDetector:
    def test_finds_a_combination_of_small_changes(self) -> None:
        columns = typical(121)
        for key, value in (
            ("sleep_hours", 5.6),
            ("resting_hr", 67.5),
            ("hrv", 34.0),
            ("sleep_quality", 61.0),
            ("bp_systolic", 130.0),
        ):
            columns[key][-1] = value  # type: ignore[index]  # an array
        values = person(121, **columns)
        detector = IsolationForestDetector()
        scores = walk_forward(detector, values, last(values))
        assert scores.joint_p[0] < 1 / 60
        assert detector.decide(scores).any()

    def test_blames_the_metric_that_moved(self) -> None:
        columns = typical(121)
        columns["resting_hr"][-1] = 90.0  # type: ignore[index]  # an array
        values = person(121, **columns)
        scores = walk_forward(IsolationForestDetector(), values, last(values))
        assert CATALOGUE.keys[int(np.nanargmax(scores.contribution[0]))] == "resting_hr"

    @pytest.mark.parametrize(("rows", "known"), [(24, False), (25, True)])
    def test_needs_25_rows(self, rows: int, known: bool) -> None:
        values = person(160, **typical(160))
        tested = 140  # the first day of its block has a multiple of 7 as ordinal
        block = tested - values.days[tested].toordinal() % 7
        values.values[: block - rows] = np.nan
        scores = walk_forward(IsolationForestDetector(), values, range(tested, tested + 1))
        assert np.isfinite(scores.joint_p[0]) == known

    @pytest.mark.parametrize(("features", "known"), [(2, False), (3, True)])
    def test_needs_three_features_on_the_day(self, features: int, known: bool) -> None:
        values = person(121, **typical(121))
        observed = np.flatnonzero(np.isfinite(values.values[-1]))
        values.values[-1, observed[features:]] = np.nan
        scores = walk_forward(IsolationForestDetector(), values, last(values))
        assert np.isfinite(scores.joint_p[0]) == known

    def test_does_not_blame_what_was_not_logged(self) -> None:
        values = person(121, **typical(121))
        values.values[-1, CATALOGUE.keys.index("hrv")] = np.nan
        scores = walk_forward(IsolationForestDetector(), values, last(values))
        share = scores.contribution[0]
        assert not share[CATALOGUE.keys.index("hrv")] > 0
        assert np.nansum(share) == pytest.approx(1)

    def test_healthy_days_have_uniform_p_values(self) -> None:
        p_values = np.concatenate(
            [
                walk_forward(
                    IsolationForestDetector(), person(200, **typical(200, seed)), range(60, 200)
                ).joint_p
                for seed in range(8)
            ]
        )
        assert np.mean(p_values <= 0.5) == pytest.approx(0.5, abs=0.08)
        assert np.mean(p_values <= 0.1) == pytest.approx(0.1, abs=0.04)
        assert np.mean(p_values <= 1 / 60) < 1 / 30
