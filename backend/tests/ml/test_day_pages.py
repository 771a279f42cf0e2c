"""Pages of days: what is packed comes out again, to the last bit."""

import datetime as dt
import struct
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from app.catalog import CATALOGUE, Aggregation, Catalogue, Column
from app.ml.day_pages import DAYS, layout, pack, page_start, read_sent, unpack
from app.ml.types import FloatArray

COLUMNS = 13
weeks = arrays(
    np.float64,
    st.integers(1, 4).map(lambda pages: (pages, DAYS, COLUMNS)),
    elements=st.one_of(st.just(np.nan), st.floats(allow_nan=False, allow_infinity=False)),
)


@given(weeks)
def test_pages_come_back_to_the_last_bit(values: FloatArray) -> None:
    packed = [pack(week) for week in values]
    known, cells = (b"".join(part) for part in zip(*packed, strict=True))
    read = unpack(known, cells, COLUMNS)
    assert read.tobytes() == np.where(np.isnan(values), np.nan, values).tobytes()


def test_a_week_without_anything_is_small() -> None:
    known, cells = pack(np.full((DAYS, COLUMNS), np.nan))
    assert (len(known), len(cells)) == (12, 0)
    assert np.isnan(unpack(known, cells, COLUMNS)).all()


@given(st.dates(dt.date(1890, 1, 1), dt.date(2110, 12, 31)))
def test_a_page_begins_on_the_monday_at_or_before_the_day(day: dt.date) -> None:
    first = page_start(day)
    assert first.weekday() == 0
    assert 0 <= (day - first).days < DAYS


@given(arrays(np.float64, array_shapes(min_dims=2, max_dims=2)))
def test_what_postgresql_sends_is_read(values: FloatArray) -> None:
    head = struct.pack(">5i", 1, 0, 701, values.shape[1], 1)
    sent = [
        head + b"".join(struct.pack(">id", 8, value) for value in row) for row in values.tolist()
    ]
    np.testing.assert_array_equal(read_sent(sent, values.shape[1]), values)


def test_the_layout_changes_with_the_metrics_and_how_they_are_worked_out() -> None:
    weight = CATALOGUE["weight"]
    assert isinstance(weight.source, Column)
    other = replace(weight, source=replace(weight.source, aggregation=Aggregation.MEAN))
    variants = [
        Catalogue(metrics)
        for metrics in (
            [weight],
            [other],
            [replace(weight, key="mass")],
            [weight, CATALOGUE["hrv"]],
        )
    ]
    assert len({layout(catalogue) for catalogue in variants}) == len(variants)
    assert layout(Catalogue([weight])) == layout(Catalogue([replace(weight, label="Mass")]))
    assert -(2**63) <= layout(CATALOGUE) < 2**63
