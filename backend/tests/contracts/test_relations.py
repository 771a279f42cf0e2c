"""Metrics that cannot but move together are never paired; the others are."""

import dataclasses
from itertools import combinations

import pytest

from app.catalog import CATALOGUE, METRICS, QUANTITIES, Catalogue, Formula, Lag, Metric, quantity
from app.catalog.relations import are_tied, columns_behind, comparable_pairs

FORMULAS = [metric for metric in METRICS if isinstance(metric.source, Formula)]


def tied(first: str, second: str) -> bool:
    return are_tied(CATALOGUE[first], CATALOGUE[second], CATALOGUE)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("glucose_min", "glucose_max"),
        ("blood_glucose_avg", "glucose_fasting"),
        ("weight", "bmi"),
        ("weight", "weight_change_7d"),
        ("total_calories", "total_protein"),
        ("total_calories", "total_sugar"),
        ("total_carbs", "total_sugar"),
        ("protein_ratio", "total_sugar"),
        ("bp_systolic", "pulse_pressure"),
        ("cholesterol_total", "cholesterol_ldl"),
        # Both small on a day whose dinner was not logged.
        ("total_sugar", "total_sodium"),
    ],
)
def test_metrics_of_one_origin_are_tied(first: str, second: str) -> None:
    assert tied(first, second)
    assert tied(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("exercise_minutes", "resting_hr"),
        ("sleep_hours", "hrv"),
        ("total_sodium", "bp_systolic"),
        ("resting_hr", "bp_systolic"),
        ("insulin_units", "blood_glucose_avg"),
    ],
)
def test_metrics_of_different_origin_are_not(first: str, second: str) -> None:
    assert not tied(first, second)
    assert not tied(second, first)


@pytest.mark.parametrize("metric", FORMULAS, ids=lambda metric: metric.key)
def test_a_formula_is_tied_to_its_inputs_whatever_its_family(metric: Metric) -> None:
    alone = dataclasses.replace(metric, family="of its own")
    assert isinstance(alone.source, Formula)
    for part in alone.source.inputs:
        key = part.key if isinstance(part, Lag) else part
        assert are_tied(alone, CATALOGUE[key], CATALOGUE)


def test_metrics_of_one_column_are_tied_whatever_their_family() -> None:
    alone = [dataclasses.replace(metric, family=metric.key) for metric in METRICS]
    catalogue = Catalogue(alone)
    for first, second in combinations(alone, 2):
        origins = [
            {(source.tracker, source.column) for source in columns_behind(metric, catalogue)}
            for metric in (first, second)
        ]
        if origins[0] & origins[1]:
            assert are_tied(first, second, catalogue), (first.key, second.key)


def test_ties_name_columns_of_the_tracker() -> None:
    for row in QUANTITIES:
        for column in row.tied_to:
            assert quantity(row.tracker, column) is not row


def test_computed_columns_say_what_they_follow_from() -> None:
    assert all(row.tied_to for row in QUANTITIES if row.computed)


def test_the_pairs_are_those_that_are_not_tied() -> None:
    keys = CATALOGUE.keys
    pairs = comparable_pairs(CATALOGUE)
    assert len(set(pairs)) == len(pairs)
    assert {frozenset(pair) for pair in pairs} == {
        frozenset((a, b))
        for a, b in combinations(range(len(keys)), 2)
        if not tied(keys[a], keys[b])
    }
