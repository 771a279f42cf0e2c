"""What is injected is what the protocol says, and nothing else changes."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest

from app.ml.scales import to_scale
from app.ml.types import FloatArray
from benchmarks.detection import invented_other, invented_product
from benchmarks.detection.columns import bounds
from benchmarks.detection.inject import APART, Episode, Injected, inject
from benchmarks.detection.kinds import Kind, correlation
from benchmarks.detection.people import Person, person_of
from benchmarks.detection.spread import Usual, cleaned, usual

MOVED = (Kind.SPIKE, Kind.SHIFT, Kind.DRIFT, Kind.ILLNESS)
SIZES = {
    Kind.SPIKE: (3.5, 6.0),
    Kind.SHIFT: (2.0, 3.5),
    Kind.DRIFT: (2.5, 4.0),
    Kind.ILLNESS: (1.5, 2.5),
}
LENGTHS = {
    Kind.SPIKE: (1, 1),
    Kind.SHIFT: (3, 7),
    Kind.DRIFT: (14, 21),
    Kind.ILLNESS: (3, 7),
    Kind.BREAK: (1, 2),
    Kind.GAP: (3, 7),
}


@cache
def people() -> tuple[Person, ...]:
    return (*invented_product.invented(3, 4, 200), *invented_other.invented(3, 6, 200))


@cache
def everything() -> tuple[Injected, ...]:
    return tuple(
        inject(person, np.random.default_rng((seed, number)))
        for seed in range(6)
        for number, person in enumerate(people())
    )


@cache
def own(number: int) -> Usual:
    return usual(people()[number])


def events(*kinds: Kind) -> Iterator[tuple[Injected, Episode, Usual]]:
    for place, injected in enumerate(everything()):
        for episode in injected.episodes:
            if episode.kind in kinds:
                yield injected, episode, own(place % len(people()))


def in_spreads(person: Person, episode: Episode, before: Usual) -> FloatArray:
    """How far each value of the episode lies from what it was, by day and moved metric."""
    places = [person.watched.index(column) for column in episode.columns]
    scaled = to_scale(person.values.values[:, person.watched], person.metrics)
    moved = (scaled - before.scaled) / before.spread
    return np.asarray(moved[episode.start : episode.stop, places])


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_comes_up(kind: Kind) -> None:
    assert len([*events(kind)]) >= 5


@pytest.mark.parametrize("kind", Kind)
def test_events_are_as_long_as_their_kind(kind: Kind) -> None:
    shortest, longest = LENGTHS[kind]
    for _, episode, _ in events(kind):
        assert shortest <= episode.stop - episode.start <= longest


@pytest.mark.parametrize("kind", MOVED)
def test_values_move_by_the_size_of_their_kind(kind: Kind) -> None:
    low, high = SIZES[kind]
    for injected, episode, before in events(kind):
        assert low <= episode.size <= high
        moved = in_spreads(injected.person, episode, before) * episode.signs
        assert np.nanmax(moved, axis=0).max() <= episode.size * 1.001
        assert (np.nanmax(moved, axis=0) >= 0.79 * episode.size).all()


def test_a_drift_grows_from_day_to_day() -> None:
    for injected, episode, before in events(Kind.DRIFT):
        moved = in_spreads(injected.person, episode, before)[:, 0] * episode.signs[0]
        share = np.linspace(1 / len(moved), 1, len(moved))
        free = np.isfinite(moved) & (moved > 0.999 * share * episode.size)  # no bound cut it
        assert free.sum() > len(moved) / 2
        assert (np.diff(moved[free]) >= -1e-6).all()
        assert np.nanmax(moved) > 2 * np.nanmin(moved)


def test_an_illness_moves_two_to_four_metrics_to_their_bad_sides() -> None:
    for injected, episode, _ in events(Kind.ILLNESS):
        assert 2 <= len(episode.columns) <= 4
        for column, sign in zip(episode.columns, episode.signs, strict=True):
            watch = injected.plain.catalogue.metrics[column].watch
            assert watch is not None
            assert watch.adverse.value == {1: "high", -1: "low"}[sign]


def test_a_broken_combination_is_usual_in_each_part_and_against_what_is_usual_together() -> None:
    for injected, episode, before in events(Kind.BREAK):
        person = injected.person
        places = [person.watched.index(column) for column in episode.columns]
        scaled = to_scale(person.values.values[:, person.watched], person.metrics)
        z = ((scaled - before.middle) / before.spread)[episode.start : episode.stop, places]
        together = correlation(before.z[:, places[0]], before.z[:, places[1]])
        assert (np.abs(z) < 2).all()
        assert abs(together) >= 0.5
        assert (z[:, 0] * z[:, 1] * np.sign(together) < 0).all()


def test_a_gap_loses_values_and_is_no_anomaly() -> None:
    for injected, episode, _ in events(Kind.GAP):
        at = slice(episode.start, episode.stop)
        assert np.isnan(injected.person.values.values[at, episode.columns]).all()
        assert not injected.truth[at].any()
        assert episode not in injected.anomalies


def test_nothing_else_changes() -> None:
    for injected in everything():
        before, after = injected.plain.values.values, injected.person.values.values
        touched = np.zeros(before.shape, dtype=bool)
        for episode in injected.episodes:
            for column in episode.columns:
                for reached in injected.plain.touched_by(column):
                    stop = episode.stop if reached == column else None
                    touched[episode.start : stop, reached] = True
        same = (before == after) | (np.isnan(before) & np.isnan(after))
        assert (same | touched).all()


def test_events_keep_apart_and_begin_after_the_warm_up() -> None:
    for injected in everything():
        assert 30 <= injected.warmup <= 45
        assert all(episode.start >= injected.warmup for episode in injected.episodes)
        for first, second in zip(injected.episodes, injected.episodes[1:], strict=False):
            assert second.start - first.stop >= APART


def test_about_one_judged_day_in_seven_is_anomalous() -> None:
    truth = np.concatenate([i.truth[i.judged] for i in everything()])
    assert 0.09 < truth.mean() < 0.19


def test_what_a_body_cannot_do_is_not_injected() -> None:
    for injected in everything():
        for column, metric in zip(injected.plain.watched, injected.plain.metrics, strict=True):
            value = injected.person.values.values[:, column]
            changed = value != injected.plain.values.values[:, column]
            inside = (value >= bounds(metric).low) & (value <= bounds(metric).high)
            assert (inside | ~changed | np.isnan(value)).all()


def test_the_same_seed_gives_the_same_events() -> None:
    person = people()[0]
    first, second = (inject(person, np.random.default_rng(5)) for _ in range(2))
    other = inject(person, np.random.default_rng(6))
    assert first.episodes == second.episodes
    assert np.array_equal(first.person.values.values, second.person.values.values, equal_nan=True)
    assert first.episodes != other.episodes


def test_derived_metrics_follow_what_moved() -> None:
    person = people()[0]
    weight = person.values.keys.index("weight")
    change = person.values.keys.index("weight_change_7d")
    values = person.values.values.copy()
    values[100, weight] = values[93, weight] + 2
    assert person.with_values(values).values.values[100, change] == pytest.approx(2)
    assert change in person.touched_by(weight)


def test_clean_days_hold_no_natural_oddity() -> None:
    for number, person in enumerate(people()):
        before, after = own(number), cleaned(person)
        scaled = to_scale(after.values.values[:, person.watched], person.metrics)
        z = (scaled - before.middle) / before.spread
        assert np.nanmax(np.abs(z)) <= 2.5 + 1e-6
        usual_days = np.abs(before.z) <= 2.5
        assert np.allclose(scaled[usual_days], before.scaled[usual_days])


def test_a_spread_is_robust() -> None:
    days = tuple(date(2026, 1, 1) + timedelta(n) for n in range(100))
    ordinary = 60 + 2 * np.random.default_rng(0).standard_normal(100)
    spoilt = ordinary.copy()
    spoilt[50] = 120
    spreads = [
        float(usual(person_of("", "", days, {"resting_hr": series})).spread[0])
        for series in (ordinary, spoilt)
    ]
    assert spreads[0] == pytest.approx(2, rel=0.25)
    assert spreads[1] < 2 * spreads[0]
