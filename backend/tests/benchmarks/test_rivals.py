"""Rivals are what they say: naive where the plan is, blind to the future where they claim it."""

from datetime import date, timedelta

import numpy as np
import pytest

from app.ml.types import FloatArray
from benchmarks.detection.invented_other import invented
from benchmarks.detection.people import Person, person_of
from benchmarks.detection.product import VitalIQ
from benchmarks.detection.rivals import (
    RIVALS,
    Ewma,
    Mahalanobis,
    PlanUnion,
    PlanZScore,
    Random,
    Rival,
)
from benchmarks.detection.rivals_pyod import pyod_rivals

PERSON = invented(0, 1, 110)[0]
DAY = 90
BLIND = (Random, PlanZScore, Ewma, Mahalanobis, VitalIQ)


def until(person: Person, day: int) -> Person:
    series = {key: person.values.values[:day, n] for n, key in enumerate(person.values.keys)}
    return person_of(person.pack, person.name, person.values.days[:day], series)


@pytest.mark.parametrize("make", [*RIVALS.values(), VitalIQ], ids=lambda make: str(make.name))
def test_a_rating_has_the_persons_shape(make: type[Rival]) -> None:
    rating = make().learn([]).rate(PERSON)
    days = PERSON.values.values.shape
    assert rating.score.shape == days[:1]
    assert rating.blame is None or rating.blame.shape == days
    assert rating.own is None or rating.own.shape == days[:1]
    assert np.isfinite(rating.score[60:]).mean() > 0.7


@pytest.mark.parametrize("make", BLIND, ids=lambda make: str(make.name))
def test_later_days_change_no_score(make: type[Rival]) -> None:
    full, short = make().rate(PERSON).score, make().rate(until(PERSON, DAY)).score
    assert np.allclose(full[:DAY], short, equal_nan=True)


def person(series: FloatArray) -> Person:
    days = tuple(date(2026, 1, 1) + timedelta(n) for n in range(len(series)))
    return person_of("", "", days, {"resting_hr": series})


def test_the_plans_z_counts_the_day_itself() -> None:
    series = np.tile([59.0, 61.0], 30)
    series[-1] = 80
    window = series[-30:]
    expected = (80 - window.mean()) / window.std(ddof=1)
    assert PlanZScore().rate(person(series)).score[-1] == pytest.approx(expected)


def test_the_plans_union_alarms_where_either_does() -> None:
    union = PlanUnion().rate(PERSON)
    z = PlanZScore().rate(PERSON)
    assert union.own is not None
    assert z.own is not None
    assert (union.own >= z.own).all()
    assert union.own.sum() > z.own.sum()


def test_a_rival_names_the_metric_that_moved() -> None:
    values = PERSON.values.values.copy()
    moved = PERSON.values.keys.index("resting_hr")
    values[DAY, moved] = np.nanmedian(values[:, moved]) + 25
    for make in (PlanZScore, Mahalanobis, VitalIQ):
        blame = make().rate(PERSON.with_values(values)).blame
        assert blame is not None
        assert int(blame[DAY].argmax()) == moved


def test_pyods_rivals_come_with_their_extra_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.detection.rivals_pyod.find_spec", lambda _: None)
    assert pyod_rivals() == {}
    monkeypatch.setattr("benchmarks.detection.rivals_pyod.find_spec", lambda _: "there")
    assert [*pyod_rivals()] == ["PyOD ECOD", "PyOD COPOD", "PyOD IForest", "PyOD KNN"]
