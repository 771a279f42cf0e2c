"""The feature statement, and what becomes of its rows."""

import math
import operator
import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from app.catalog import (
    CATALOGUE,
    Aggregation,
    Catalogue,
    Column,
    Formula,
    Lag,
    Metric,
    Range,
)
from app.ml.feature_engineering import (
    build_daily_feature_matrix,
    daily_values,
    feature_frame,
    feature_statement,
    lookback,
    read_daily_values,
)

USER = UUID(int=1)
MONDAY = date(2025, 3, 3)


def metric(key: str, source: Column | Formula, *, aliases: tuple[str, ...] = ()) -> Metric:
    return Metric(
        key=key,
        label=key,
        unit="1",
        decimals=0,
        family=key,
        source=source,
        plausible=Range(-100, 100),
        aliases=aliases,
    )


def column(aggregation: Aggregation = Aggregation.SUM, **rest: Any) -> Column:
    return Column(tracker="nutrition", column="calories", aggregation=aggregation, **rest)


def statement(source: Column) -> str:
    return " ".join(feature_statement(Catalogue([metric("thing", source)])).split())


def rows(*values: float | None) -> list[tuple[date, float | None]]:
    return [(MONDAY + timedelta(n), value) for n, value in enumerate(values)]


class TestFeatureStatement:
    @pytest.mark.parametrize(
        ("aggregation", "function"),
        [
            (Aggregation.SUM, "sum"),
            (Aggregation.MEAN, "avg"),
            (Aggregation.MINIMUM, "min"),
            (Aggregation.MAXIMUM, "max"),
            (Aggregation.DEVIATION, "stddev_samp"),
        ],
    )
    def test_aggregates_float8(self, aggregation: Aggregation, function: str) -> None:
        wanted = f'{function}(cast(calories as float8)) as "thing" from food_entries'
        assert wanted in statement(column(aggregation))

    def test_filters_by_an_enum_column(self) -> None:
        text = statement(column(where={"meal_type": "snack", "source": "it's"}))
        assert "filter (where meal_type = 'snack' and source = 'it''s')" in text

    def test_turns_words_into_numbers(self) -> None:
        text = statement(column(Aggregation.MEAN, codes={"low": 1, "high": 3}))
        assert "avg(cast(case calories when 'low' then 1 when 'high' then 3 end as float8))" in text

    def test_the_last_value_is_the_latest_known_one(self) -> None:
        text = statement(column(Aggregation.LAST, where={"meal_type": "snack"}))
        assert (
            "(array_agg(cast(calories as float8) "
            "order by occurred_at desc nulls last, created_at desc, id desc) "
            "filter (where calories is not null and meal_type = 'snack'))[1]"
        ) in text

    def test_a_night_happens_when_the_sleeper_wakes(self) -> None:
        night = Column(tracker="sleep", column="quality_score", aggregation=Aggregation.LAST)
        assert "order by wake_time desc nulls last" in statement(night)

    def test_asks_for_three_parameters_and_nothing_else(self) -> None:
        assert set(re.findall(r":\w+", feature_statement())) == {":user_id", ":start", ":stop"}
        assert "%" not in feature_statement()

    def test_joins_each_tracker_once(self) -> None:
        text = feature_statement()
        assert text.count("left join") == len({c.tracker for _, c in CATALOGUE.columns()})
        assert text.count("from food_entries") == 1

    def test_selects_every_column_metric_in_order(self) -> None:
        head = feature_statement().split("from (")[0]
        assert re.findall(r'"(\w+)"', head) == [m.key for m, _ in CATALOGUE.columns()]


class TestLookback:
    def test_is_as_long_as_the_longest_chain_of_lags(self) -> None:
        week = Formula(("raw", Lag("raw", 7)), operator.sub)
        chain = Formula((Lag("week", 3), "raw"), operator.sub)
        metrics = [metric("raw", column()), metric("week", week), metric("chain", chain)]
        assert lookback(Catalogue(metrics)) == 10

    def test_is_nothing_without_formulas(self) -> None:
        assert lookback(Catalogue([metric("raw", column())])) == 0

    def test_weight_change_needs_a_week(self) -> None:
        assert lookback() == 7


class TestDailyValues:
    def test_what_was_not_logged_is_unknown(self) -> None:
        catalogue = Catalogue([metric("raw", column())])
        values = daily_values(rows(1.0, None, math.inf), catalogue=catalogue).column("raw")
        assert np.array_equal(values, [1, np.nan, np.nan], equal_nan=True)

    def test_formulas_look_back(self) -> None:
        change = Formula(("raw", Lag("raw", 2)), operator.sub)
        catalogue = Catalogue([metric("raw", column()), metric("change", change)])
        values = daily_values(rows(1.0, 2.0, 5.0, None, 9.0), catalogue=catalogue)
        expected = [np.nan, np.nan, 4, np.nan, 4]
        assert np.array_equal(values.column("change"), expected, equal_nan=True)

    def test_a_lag_longer_than_the_rows_is_unknown(self) -> None:
        change = Formula(("raw", Lag("raw", 9)), operator.sub)
        catalogue = Catalogue([metric("raw", column()), metric("change", change)])
        assert np.isnan(daily_values(rows(1.0, 2.0), catalogue=catalogue).column("change")).all()

    def test_formulas_read_formulas(self) -> None:
        twice = Formula(("raw", "raw"), operator.add)
        four = Formula(("twice", "twice"), operator.add)
        metrics = [metric("raw", column()), metric("twice", twice), metric("four", four)]
        assert daily_values(rows(3.0), catalogue=Catalogue(metrics)).column("four") == [12]

    def test_impossible_results_are_unknown(self) -> None:
        share = Formula(("raw", Lag("raw", 1)), operator.truediv)
        catalogue = Catalogue([metric("raw", column()), metric("share", share)])
        values = daily_values(rows(0.0, 0.0, 1.0, 1e-3, 1.0), catalogue=catalogue).column("share")
        expected = [np.nan, np.nan, np.nan, 1e-3, np.nan]
        assert np.allclose(values, expected, equal_nan=True)

    def test_has_every_metric_in_the_order_of_the_catalogue(self) -> None:
        values = daily_values([(MONDAY, *[1.0] * len(CATALOGUE.columns()))])
        assert values.keys == CATALOGUE.keys
        assert values.values.shape == (1, len(CATALOGUE.keys))

    def test_no_rows_are_no_days(self) -> None:
        assert daily_values([]).values.shape == (0, len(CATALOGUE.keys))

    def test_refuses_days_that_are_not_consecutive(self) -> None:
        catalogue = Catalogue([metric("raw", column())])
        with pytest.raises(ValueError, match="consecutive"):
            daily_values([rows(1.0)[0], rows(1.0, 2.0, 3.0)[2]], catalogue=catalogue)


class Statements:
    """Answers as the database would for a person whose every value is the day's number."""

    def __init__(self) -> None:
        self.asked: list[Mapping[str, object]] = []

    async def __call__(self, _text: str, wanted: Mapping[str, object]) -> Sequence[Sequence[Any]]:
        self.asked.append(wanted)
        start, stop = wanted["start"], wanted["stop"]
        assert isinstance(start, date)
        assert isinstance(stop, date)
        days = [start + timedelta(n) for n in range((stop - start).days + 1)]
        return [(day, *[float(day.day)] * len(CATALOGUE.columns())) for day in days]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
class TestReading:
    async def test_reads_back_as_far_as_the_formulas_reach(self) -> None:
        read = Statements()
        start = MONDAY + timedelta(10)
        values = await read_daily_values(USER, start, start + timedelta(4), read=read)
        assert read.asked == [
            {"user_id": USER, "start": date(2025, 3, 6), "stop": date(2025, 3, 17)}
        ]
        assert values.days == tuple(start + timedelta(n) for n in range(5))
        assert (values.column("weight_change_7d") == 7).all()

    async def test_the_matrix_ends_today(self) -> None:
        today = date(2025, 6, 30)
        frame = await build_daily_feature_matrix(USER, read=Statements(), today=today)
        assert len(frame) == 60
        assert frame["date"].iloc[-1] == today
        assert frame["date"].iloc[0] == today - timedelta(59)

    async def test_the_matrix_has_at_least_a_day(self) -> None:
        with pytest.raises(ValueError, match="at least 1"):
            await build_daily_feature_matrix(USER, 0, read=Statements(), today=MONDAY)


class TestFeatureFrame:
    def test_has_the_metrics_then_their_other_names(self) -> None:
        names = list(feature_frame(daily_values([])).columns)
        assert names[: len(CATALOGUE.keys) + 1] == ["date", *CATALOGUE.keys]
        assert {"sugar_intake", "exercise_intensity", "body_fat"} <= set(names)

    def test_another_name_holds_the_same_values(self) -> None:
        frame = feature_frame(daily_values([(MONDAY, *[2.0] * len(CATALOGUE.columns()))]))
        assert (frame["sugar_intake"] == frame["total_sugar"]).all()
