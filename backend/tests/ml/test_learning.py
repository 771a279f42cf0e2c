"""Priors are learned from many people, and only aggregates are kept."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from app.catalog import CATALOGUE
from app.ml.learning import FEWEST_PEOPLE, learn
from app.ml.priors import Priors, current, shipped, use_priors
from app.ml.types import DailyValues

BASE = replace(shipped(), spread={}, carried={}, correlation={})
PULSE, HRV, SPO2 = (CATALOGUE.keys.index(key) for key in ("resting_hr", "hrv", "spo2"))


def people(count: int, days: int = 150) -> list[DailyValues]:
    """Pulse with a spread of 3 that carries over by 0.6 and drags HRV down; one has SpO2."""
    everyone = []
    for seed in range(count):
        chance = np.random.default_rng(seed)
        values = np.full((days, len(CATALOGUE.keys)), np.nan)
        shocks = chance.standard_normal((2, days))
        pulse = shocks[0].copy()
        for day in range(1, days):
            pulse[day] = 0.6 * pulse[day - 1] + 0.8 * shocks[0, day]
        values[:, PULSE] = 60 + seed + 3 * pulse
        values[:, HRV] = np.exp(4 + 0.1 * (-0.8 * pulse + 0.6 * shocks[1]))
        if seed == 0:
            values[:, SPO2] = 97 + chance.standard_normal(days)
        calendar = tuple(date(2025, 1, 1) + timedelta(n) for n in range(days))
        everyone.append(DailyValues(calendar, CATALOGUE.keys, values))
    return everyone


def test_what_people_share_is_found_again() -> None:
    learned = learn(people(20), BASE, version="a test")
    assert learned.spread["resting_hr"] == pytest.approx(3, rel=0.2)
    assert learned.spread["hrv"] == pytest.approx(0.1, rel=0.2)
    assert learned.carried["resting_hr"] == pytest.approx(0.6, abs=0.15)
    assert learned.correlation["resting_hr|hrv"] < -0.6
    assert learned.version == "a test"


def test_what_few_people_have_is_not_kept() -> None:
    learned = learn(people(FEWEST_PEOPLE), BASE, version="a test")
    assert "spo2" not in learned.spread
    assert not [pair for pair in learned.correlation if "spo2" in pair]


def test_few_people_are_too_few() -> None:
    with pytest.raises(ValueError, match="at least"):
        learn(people(FEWEST_PEOPLE - 1), BASE, version="a test")


def test_the_tail_falls_and_leaves_out_what_few_days_stand_behind() -> None:
    tail = learn(people(6), BASE, version="a test").tail
    scores, shares = zip(*tail, strict=True)
    assert list(scores) == sorted(scores)
    assert list(shares) == sorted(shares, reverse=True)
    assert shares[-1] * 6 * 150 >= FEWEST_PEOPLE


def test_priors_are_written_and_used(tmp_path: Path) -> None:
    own = replace(shipped(), version="own")
    file = tmp_path / "priors.json"
    file.write_text(own.written())
    use_priors(file)
    try:
        assert current() == own
    finally:
        use_priors(None)
    assert current() == shipped()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"tail": [], "weights": [], "x": 1}'])
def test_another_file_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (json's own is one too)
        Priors.read(text)
