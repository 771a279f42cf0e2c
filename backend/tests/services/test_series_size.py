"""Series stay small on the wire, even of people whose days have nothing to do with each other."""

import datetime as dt
import gzip

import numpy as np
import pytest

from app.catalog import CATALOGUE, Metric
from app.ml.types import DailyValues
from app.services.dashboard_service import USUAL_DAYS
from app.services.series import as_columns

FIRST = dt.date(2016, 1, 1)


def noise(metric: Metric, days: int) -> DailyValues:
    """What compresses worst: every day is a new draw. Formulas are given the widest spread."""
    typical, plausible = metric.typical, metric.plausible
    mean = typical.mean if typical else (plausible.low + plausible.high) / 2
    spread = typical.within if typical else (plausible.high - plausible.low) / 8
    drawn = np.random.default_rng(1).normal(mean, spread, size=(days, 1))
    dates = tuple(FIRST + dt.timedelta(n) for n in range(days))
    return DailyValues(dates, (metric.key,), drawn.clip(plausible.low, plausible.high))


@pytest.mark.parametrize(("days", "most_bytes"), [(365, 5_000), (3_650, 30_000)])
def test_every_metric_stays_within_its_budget(days: int, most_bytes: int) -> None:
    for metric in CATALOGUE.metrics:
        document = as_columns(noise(metric, days + USUAL_DAYS), [metric], USUAL_DAYS)
        assert document.count("null") < days, "else it would be small for having nothing in it"
        assert len(gzip.compress(document.encode(), 6)) <= most_bytes, metric.key
