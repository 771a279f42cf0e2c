"""The invented person: lifelike, the same for the same seed, and truthful about its anomalies."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, timedelta
from functools import cache
from itertools import pairwise
from statistics import fmean, stdev
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from app.catalog import (
    CATALOGUE,
    QUANTITIES,
    TRACKERS,
    Adverse,
    Aggregation,
    Column,
    Metric,
    Typical,
    quantity,
)
from app.utils.enums import (
    ConditionType,
    ExerciseType,
    Intensity,
    MealType,
    MeasurementContext,
    PartOfDay,
    Sex,
)
from app.utils.mock_anomalies import GAP_DAYS
from app.utils.mock_data import AnomalyKind, InjectedAnomaly, InventedPerson, invent_person
from app.utils.mock_series import correlation, is_relative

BERLIN = ZoneInfo("Europe/Berlin")
END = date(2026, 6, 30)
SEEDS = range(8)
DAYS = 120
YEAR = 400
ALL_CONDITIONS = ("diabetes", "hypertension", "heart")

COLUMNS = {
    "nutrition": "occurred_at meal_type food_name calories protein_g carbs_g fats_g sugar_g "
    "fiber_g sodium_mg notes",
    "sleep": "bedtime wake_time duration_hours quality_score deep_sleep_minutes "
    "rem_sleep_minutes awakenings notes",
    "exercise": "occurred_at exercise_type exercise_name duration_minutes intensity "
    "calories_burned heart_rate_avg heart_rate_max distance_km sets reps weight_kg notes",
    "vitals": "occurred_at time_of_day resting_heart_rate hrv_ms blood_pressure_systolic "
    "blood_pressure_diastolic respiratory_rate body_temperature spo2",
    "body": "occurred_at weight_kg body_fat_pct muscle_mass_kg waist_cm notes",
    "chronic": "occurred_at time_of_day condition_type blood_glucose_mgdl insulin_units "
    "hba1c_pct cholesterol_total cholesterol_ldl cholesterol_hdl triglycerides "
    "medication_taken symptoms notes",
}
ENUMS = {
    ("nutrition", "meal_type"): MealType,
    ("exercise", "exercise_type"): ExerciseType,
    ("exercise", "intensity"): Intensity,
    ("vitals", "time_of_day"): PartOfDay,
    ("chronic", "time_of_day"): MeasurementContext,
    ("chronic", "condition_type"): ConditionType,
}
AGGREGATES: Mapping[Aggregation, Callable[[Sequence[float]], float]] = {
    Aggregation.SUM: sum,
    Aggregation.MEAN: fmean,
    Aggregation.MINIMUM: min,
    Aggregation.MAXIMUM: max,
    Aggregation.LAST: lambda values: values[-1],
    Aggregation.DEVIATION: lambda values: stdev(values) if len(values) > 1 else float("nan"),
}


class Daily(dict[str, dict[date, float]]):
    """A person's values by metric and day, recomputed from the entries when asked for."""

    def __init__(self, someone: InventedPerson) -> None:
        super().__init__()
        self.someone = someone

    def __missing__(self, key: str) -> dict[date, float]:
        source = CATALOGUE[key].source
        assert isinstance(source, Column)
        self[key] = by_day(self.someone, source)
        return self[key]


@cache
def person(
    seed: int,
    *,
    days: int = DAYS,
    anomalies: bool = True,
    conditions: tuple[str, ...] = (),
) -> InventedPerson:
    return invent_person(
        seed=seed, days=days, end=END, zone=BERLIN, anomalies=anomalies, conditions=conditions
    )


@cache
def daily(
    seed: int,
    *,
    days: int = DAYS,
    anomalies: bool = True,
    conditions: tuple[str, ...] = (),
) -> Daily:
    return Daily(person(seed, days=days, anomalies=anomalies, conditions=conditions))


def rows_of(someone: InventedPerson, tracker: str) -> Sequence[Mapping[str, Any]]:
    return someone.entries[tracker]


def by_day(someone: InventedPerson, source: Column) -> dict[date, float]:
    values: dict[date, list[float]] = defaultdict(list)
    for row in rows_of(someone, source.tracker):
        value = row.get(source.column)
        if value is not None and all(row[name] == only for name, only in source.where.items()):
            values[row["date"]].append(source.codes[value] if source.codes else value)
    aggregate = AGGREGATES[source.aggregation]
    return {day: aggregate(of_day) for day, of_day in values.items()}


def dates(days: int) -> list[date]:
    return [END - timedelta(days=ago) for ago in reversed(range(days))]


def within(anomaly: InjectedAnomaly) -> list[date]:
    length = (anomaly.end - anomaly.start).days + 1
    return [anomaly.start + timedelta(days=day) for day in range(length)]


class TestPerson:
    def test_is_the_same_for_the_same_arguments(self) -> None:
        first, second = (
            invent_person(seed=7, days=60, end=END, zone=BERLIN, conditions=("diabetes",))
            for _ in range(2)
        )
        assert first == second

    def test_differs_between_seeds(self) -> None:
        assert person(1).entries != person(2).entries

    @pytest.mark.parametrize("days", [1, 2, 30, 46, 60, 90])
    def test_spans_the_days_asked_for(self, days: int) -> None:
        someone = person(3, days=days)
        used = {row["date"] for rows in someone.entries.values() for row in rows}
        assert used <= set(dates(days))
        assert END in used

    @pytest.mark.parametrize("days", [0, -1])
    def test_needs_a_day(self, days: int) -> None:
        with pytest.raises(ValueError, match="at least 1"):
            person(1, days=days)

    def test_refuses_an_unknown_condition(self) -> None:
        with pytest.raises(ValueError, match="gout"):
            person(1, conditions=("gout",))

    @pytest.mark.parametrize("seed", SEEDS)
    def test_has_a_lifelike_build(self, seed: int) -> None:
        someone = person(seed)
        weight = fmean(daily(seed)["weight"].values())
        assert 140 <= someone.height_cm <= 205
        assert 18 <= weight / (someone.height_cm / 100) ** 2 <= 32
        assert 24 <= END.year - someone.date_of_birth.year <= 66
        assert someone.sex in {Sex.FEMALE, Sex.MALE}


class TestRows:
    @pytest.mark.parametrize("tracker", [tracker.key for tracker in TRACKERS])
    def test_have_the_columns_of_the_table(self, tracker: str) -> None:
        rows = rows_of(person(1), tracker)
        assert len(rows) > DAYS / 2
        assert {frozenset(row) for row in rows} == {
            frozenset(["date", *COLUMNS[tracker].split()]),
        }

    @pytest.mark.parametrize("seed", SEEDS)
    def test_numbers_are_plausible(self, seed: int) -> None:
        someone = person(seed, conditions=ALL_CONDITIONS)
        for row in (row for row in QUANTITIES if not row.computed):
            values = [entry[row.column] for entry in rows_of(someone, row.tracker)]
            known = [value for value in values if value is not None]
            assert all(isinstance(value, int if row.integer else float) for value in known), row
            assert all(value in row.plausible for value in known), row

    @pytest.mark.parametrize("seed", SEEDS)
    def test_days_are_plausible(self, seed: int) -> None:
        values = daily(seed, conditions=ALL_CONDITIONS)
        for metric, source in CATALOGUE.columns():
            if source.aggregation is not Aggregation.DEVIATION:
                assert all(v in metric.plausible for v in values[metric.key].values()), metric.key

    @pytest.mark.parametrize(("tracker", "column"), ENUMS)
    def test_enums_are_members(self, tracker: str, column: str) -> None:
        values = {row[column] for seed in SEEDS for row in rows_of(person(seed), tracker)}
        assert all(isinstance(value, ENUMS[tracker, column]) for value in values)
        assert len(values) > 1

    @pytest.mark.parametrize("metric", [m for m in CATALOGUE.metrics if m.typical is not None])
    def test_every_typical_metric_is_logged(self, metric: Metric) -> None:
        assert daily(1, conditions=ALL_CONDITIONS)[metric.key]

    @pytest.mark.parametrize("seed", SEEDS)
    def test_times_are_aware_and_of_the_local_day(self, seed: int) -> None:
        for tracker in COLUMNS:
            for row in rows_of(person(seed), tracker):
                moment = row["wake_time"] if tracker == "sleep" else row["occurred_at"]
                if moment is not None:
                    assert moment.tzinfo is BERLIN
                    assert moment.date() == row["date"]

    def test_meals_have_the_energy_of_their_macronutrients(self) -> None:
        for meal in rows_of(person(1), "nutrition"):
            grams = [meal[name] for name in ("protein_g", "carbs_g", "fats_g")]
            energy = np.dot(grams, (4, 4, 9))
            assert meal["calories"] == pytest.approx(energy, abs=1)
            assert meal["sugar_g"] <= grams[1]

    def test_workouts_have_what_their_kind_measures(self) -> None:
        rows = [row for seed in SEEDS for row in rows_of(person(seed), "exercise")]
        for row in rows:
            kind = row["exercise_type"]
            assert (row["distance_km"] is not None) == (kind is ExerciseType.CARDIO)
            for column in ("sets", "reps", "weight_kg"):
                assert (row[column] is not None) == (kind is ExerciseType.STRENGTH)
            if row["heart_rate_avg"] is not None:
                assert row["heart_rate_avg"] < row["heart_rate_max"]

    @pytest.mark.parametrize("seed", SEEDS)
    def test_pressures_are_in_order(self, seed: int) -> None:
        for row in rows_of(person(seed), "vitals"):
            assert row["blood_pressure_diastolic"] < row["blood_pressure_systolic"]

    @pytest.mark.parametrize("condition", [None, "diabetes"])
    def test_glucose_belongs_to_diabetes_only_where_it_is_on_file(
        self, condition: str | None
    ) -> None:
        someone = person(1, conditions=(condition,) if condition else ())
        readings = [r for r in rows_of(someone, "chronic") if r["blood_glucose_mgdl"] is not None]
        assert {row["condition_type"] for row in readings} == {condition or "other"}
        assert any(row["insulin_units"] is not None for row in readings) == bool(condition)

    def test_blood_is_tested_about_quarterly(self) -> None:
        sampled = [len(daily(seed, days=YEAR, anomalies=False)["hba1c"]) for seed in SEEDS]
        assert 3 <= fmean(sampled) <= 5


class TestNights:
    @pytest.mark.parametrize(
        ("end", "change"),
        [(date(2026, 4, 5), date(2026, 3, 29)), (date(2026, 11, 1), date(2026, 10, 25))],
    )
    @pytest.mark.parametrize("seed", SEEDS)
    def test_last_as_long_as_time_elapsed(self, seed: int, end: date, change: date) -> None:
        nights = rows_of(invent_person(seed=seed, days=14, end=end, zone=BERLIN), "sleep")
        off_by_the_clock = set()
        for night in nights:
            bedtime, woke = night["bedtime"], night["wake_time"]
            elapsed = (woke.astimezone(UTC) - bedtime.astimezone(UTC)) / timedelta(hours=1)
            assert night["duration_hours"] == pytest.approx(elapsed, abs=0.006)
            if abs((woke - bedtime) / timedelta(hours=1) - elapsed) > 0.5:
                off_by_the_clock.add(night["date"])
        assert off_by_the_clock == {change} & {night["date"] for night in nights}

    @pytest.mark.parametrize("seed", SEEDS)
    def test_do_not_overlap(self, seed: int) -> None:
        nights = rows_of(person(seed), "sleep")
        for earlier, later in pairwise(nights):
            assert earlier["wake_time"] < later["bedtime"]


class TestHabits:
    def logged(self, tracker: str) -> list[float]:
        return [
            len({row["date"] for row in rows_of(someone, tracker)}) / YEAR
            for someone in (person(seed, days=YEAR, anomalies=False) for seed in SEEDS)
        ]

    @pytest.mark.parametrize("tracker", ["nutrition", "sleep", "vitals", "body", "chronic"])
    def test_some_days_are_not_logged(self, tracker: str) -> None:
        assert all(0.85 < share < 1 for share in self.logged(tracker))

    def test_exercise_is_on_four_to_six_days_a_week(self) -> None:
        assert all(4 / 7 <= share <= 6 / 7 for share in self.logged("exercise"))

    @pytest.mark.parametrize(
        "key", ["sleep_hours", "total_calories", "exercise_minutes", "glucose_post_meal"]
    )
    def test_weekends_differ(self, key: str) -> None:
        effects = [weekend_effect(self.values(seed, key)) for seed in SEEDS]
        assert fmean(effects) == pytest.approx(typical(key).weekend, rel=0.35)

    @pytest.mark.parametrize("key", ["resting_hr", "hrv", "weight", "bp_systolic"])
    def test_days_resemble_the_day_before(self, key: str) -> None:
        found = [autocorrelation(self.values(seed, key)) for seed in SEEDS]
        assert fmean(found) == pytest.approx(typical(key).autocorrelation, abs=0.1)

    @pytest.mark.parametrize(
        "key", [m.key for m, _ in CATALOGUE.columns() if m.typical and m.watch]
    )
    def test_days_and_people_are_typical(self, key: str) -> None:
        values = [list(self.values(seed, key).values()) for seed in SEEDS]
        row = typical(key)
        expected = row.mean + 2 / 7 * row.weekend
        assert fmean(map(fmean, values)) == pytest.approx(expected, abs=row.between)
        assert fmean(map(stdev, values)) == pytest.approx(row.within, rel=0.3)

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("sleep_hours", "sleep_quality"),
            ("sleep_hours", "hrv"),
            ("sleep_hours", "resting_hr"),
            ("resting_hr", "hrv"),
            ("bp_systolic", "bp_diastolic"),
            ("exercise_minutes", "exercise_calories"),
            ("total_calories", "total_carbs"),
        ],
    )
    def test_what_belongs_together_moves_together(self, first: str, second: str) -> None:
        found = []
        for seed in SEEDS:
            one, other = self.values(seed, first), self.values(seed, second)
            both = sorted(one.keys() & other.keys())
            pairs = [one[day] for day in both], [other[day] for day in both]
            found.append(float(np.corrcoef(*pairs)[0, 1]))
        expected = correlation(first, second)
        assert abs(expected) > 0.2
        assert fmean(found) == pytest.approx(expected, abs=0.3 * abs(expected) + 0.05)

    def values(self, seed: int, key: str) -> dict[date, float]:
        return daily(seed, days=YEAR, anomalies=False)[key]


def typical(key: str) -> Typical:
    row = CATALOGUE[key].typical
    assert row is not None
    return row


def weekend_effect(values: Mapping[date, float]) -> float:
    weekend = [value for day, value in values.items() if day.weekday() >= 5]
    return fmean(weekend) - fmean(v for day, v in values.items() if day.weekday() < 5)


def autocorrelation(values: Mapping[date, float]) -> float:
    days = [day for day in values if day + timedelta(days=1) in values]
    today = [values[day] for day in days]
    return float(np.corrcoef(today, [values[day + timedelta(days=1)] for day in days])[0, 1])


class TestAnomalies:
    @pytest.mark.parametrize("seed", range(20))
    def test_every_kind_happens_in_four_months(self, seed: int) -> None:
        assert {anomaly.kind for anomaly in person(seed).truth} == set(AnomalyKind)

    @pytest.mark.parametrize(
        ("days", "least", "most"), [(1, 0, 0), (29, 0, 0), (45, 0, 1), (60, 2, 4), (YEAR, 20, 27)]
    )
    def test_number_grows_with_the_days(self, days: int, least: int, most: int) -> None:
        counts = [len(person(seed, days=days).truth) for seed in range(3)]
        assert all(least <= count <= most for count in counts), counts

    @pytest.mark.parametrize("days", [46, 60, DAYS])
    @pytest.mark.parametrize("seed", SEEDS)
    def test_are_apart_and_after_a_baseline(self, seed: int, days: int) -> None:
        truth = person(seed, days=days).truth
        for anomaly in truth:
            assert dates(days)[35] <= anomaly.start <= anomaly.end <= END
        for earlier, later in pairwise(truth):
            assert (later.start - earlier.end).days > GAP_DAYS

    @pytest.mark.parametrize("seed", SEEDS)
    def test_leave_all_other_days_as_they_were(self, seed: int) -> None:
        changed = {day for anomaly in person(seed).truth for day in within(anomaly)}
        for tracker, rows in person(seed).entries.items():
            plain = rows_of(person(seed, anomalies=False), tracker)
            assert kept(rows, changed) == kept(plain, changed)

    def test_none_when_not_wanted(self) -> None:
        assert person(1, anomalies=False).truth == ()

    @pytest.mark.parametrize("conditions", [(), ALL_CONDITIONS])
    @pytest.mark.parametrize("seed", range(12))
    def test_truth_is_in_the_entries(self, seed: int, conditions: tuple[str, ...]) -> None:
        before = daily(seed, anomalies=False, conditions=conditions)
        after = daily(seed, conditions=conditions)
        for anomaly in person(seed, conditions=conditions).truth:
            if anomaly.kind is AnomalyKind.MISSING:
                assert_lost(anomaly, before, after)
            else:
                for key in anomaly.metrics:
                    assert_moved(anomaly, key, before[key], after[key], exact=not conditions)

    @pytest.mark.parametrize("seed", SEEDS)
    def test_move_in_the_adverse_direction(self, seed: int) -> None:
        before, after = daily(seed, anomalies=False), daily(seed)
        for anomaly in person(seed).truth:
            if anomaly.kind in {AnomalyKind.SPIKE, AnomalyKind.SHIFT, AnomalyKind.DRIFT}:
                for key in anomaly.metrics:
                    watch = CATALOGUE[key].watch
                    assert watch is not None
                    rose = after[key][anomaly.end] > before[key][anomaly.end]
                    assert watch.adverse in {Adverse.BOTH, Adverse.HIGH if rose else Adverse.LOW}

    @pytest.mark.parametrize("seed", range(20))
    def test_combinations_break_against_their_correlation(self, seed: int) -> None:
        before, after = daily(seed, anomalies=False), daily(seed)
        for anomaly in person(seed).truth:
            if anomaly.kind is AnomalyKind.BROKEN_COMBINATION:
                first, second = (
                    after[key][anomaly.start] > before[key][anomaly.start]
                    for key in anomaly.metrics
                )
                assert anomaly.size < 2
                assert (first == second) == (correlation(*anomaly.metrics) < 0)

    def test_illness_comes_with_symptoms(self) -> None:
        ill = [
            (person(seed), anomaly)
            for seed in range(20)
            for anomaly in person(seed).truth
            if "body_temperature" in anomaly.metrics and anomaly.kind is AnomalyKind.SHIFT
        ]
        assert ill
        for someone, anomaly in ill:
            noted = {row["date"] for row in rows_of(someone, "chronic") if row["symptoms"]}
            assert noted & set(within(anomaly))


def kept(rows: Sequence[Mapping[str, object]], changed: set[date]) -> list[Mapping[str, object]]:
    return [row for row in rows if row["date"] not in changed]


def assert_lost(anomaly: InjectedAnomaly, before: Daily, after: Daily) -> None:
    assert anomaly.size == 0
    assert anomaly.metrics
    for key in anomaly.metrics:
        assert before[key].keys() >= {anomaly.start, anomaly.end}
        assert not after[key].keys() & set(within(anomaly))


def assert_moved(
    anomaly: InjectedAnomaly,
    key: str,
    before: Mapping[date, float],
    after: Mapping[date, float],
    *,
    exact: bool,
) -> None:
    """The peak stands on the last day; a condition widens the person's own spread."""
    peak, plain = after[anomaly.end], before[anomaly.end]
    row = typical(key)
    relative = is_relative(CATALOGUE[key])
    spread = row.within / row.mean if relative else row.within
    moved = abs(np.log(peak / plain) if relative else peak - plain) / spread
    step = rounding(CATALOGUE[key]) / (plain if relative else 1) / spread
    slack = step + 0.12
    assert moved >= anomaly.size - slack
    if exact:
        assert moved <= anomaly.size + slack


def rounding(metric: Metric) -> float:
    """The furthest that rounding both values can move their difference."""
    assert isinstance(metric.source, Column)
    if metric.source.tracker in {"nutrition", "body"}:
        return 0.5
    whole = quantity(metric.source.tracker, metric.source.column).integer
    return 1.0 if whole or metric.source.tracker == "chronic" else 0.1
