"""Every row of the catalogue is true of the tables, and a row is all that a metric needs."""

import datetime as dt
import math
import re
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from httpx import ASGITransport, AsyncClient
from sqlalchemy import Enum, Table, insert
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.catalog import (
    CATALOGUE,
    METRICS,
    QUANTITIES,
    Aggregation,
    Catalogue,
    Column,
    Formula,
    Lag,
    Metric,
    Quantity,
    Range,
    Watch,
    quantity,
)
from app.catalog import TRACKERS as ROWS
from app.config import Settings
from app.database import Database
from app.main import create_app
from app.models import ENTRY_MODELS
from app.services.authentication import person_of
from app.services.entries import table_of
from app.services.metrics_service import MetricsService
from app.utils.identifiers import uuid7
from tests.conftest import SECRET
from tests.contracts.trackers import TRACKERS, TrackerCase
from tests.people import Account, register

CASES = {case.key: case for case in TRACKERS}
OF_THE_SERVER = {"version"}
every_metric = pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.key)
every_quantity = pytest.mark.parametrize(
    "row", QUANTITIES, ids=lambda row: f"{row.tracker}.{row.column}"
)
every_given_quantity = pytest.mark.parametrize(
    "row",
    [row for row in QUANTITIES if not row.computed],
    ids=lambda row: f"{row.tracker}.{row.column}",
)


def table_for(tracker: str) -> Table:
    return table_of(ENTRY_MODELS[tracker])


def columns_under(metric: Metric) -> list[Column]:
    """The columns that the metric comes from, through its formulas."""
    if isinstance(metric.source, Column):
        return [metric.source]
    keys = [i.key if isinstance(i, Lag) else i for i in metric.source.inputs]
    return [column for key in keys for column in columns_under(CATALOGUE[key])]


def test_trackers_are_those_of_the_models_and_the_api() -> None:
    assert {row.key: row.table for row in ROWS} == {k: table_for(k).name for k in ENTRY_MODELS}
    assert set(CASES) == set(ENTRY_MODELS)


@every_metric
def test_its_source_is_in_the_tables(metric: Metric) -> None:
    for source in columns_under(metric):
        column = table_for(source.tracker).c[source.column]
        if not source.codes:
            quantity(source.tracker, source.column)
            continue
        assert isinstance(column.type, Enum)
        assert list(source.codes) == column.type.enums
        assert all(math.isfinite(code) for code in source.codes.values())


@every_metric
def test_its_conditions_can_be_met(metric: Metric) -> None:
    for source in columns_under(metric):
        for name, wanted in source.where.items():
            kind = table_for(source.tracker).c[name].type
            assert isinstance(kind, Enum)
            assert wanted in kind.enums


@every_metric
def test_its_formula_uses_what_stands_before(metric: Metric) -> None:
    before = CATALOGUE.keys[: CATALOGUE.keys.index(metric.key)]
    if isinstance(metric.source, Formula):
        assert metric.source.inputs
        for item in metric.source.inputs:
            assert (item.key if isinstance(item, Lag) else item) in before
            assert not isinstance(item, Lag) or 0 < item.days <= 31


@every_metric
def test_its_ranges_are_sane(metric: Metric) -> None:
    low, high = metric.plausible.low, metric.plausible.high
    assert -1e6 < low < high < 1e6
    if metric.clinical is not None:
        assert metric.guideline
        assert low <= metric.clinical.low < metric.clinical.high <= high
    for limit in metric.limits:
        assert limit.guideline
        assert (limit.below is None) != (limit.above is None)
        assert low < (limit.below or limit.above or low) < high
    if metric.typical is not None:
        assert metric.typical.mean in metric.plausible
        assert min(metric.typical.between, metric.typical.within) > 0
        assert 0 <= metric.typical.autocorrelation < 1


@every_metric
def test_a_day_can_hold_what_an_entry_can(metric: Metric) -> None:
    source = metric.source
    if isinstance(source, Column) and not source.codes:
        entry = quantity(source.tracker, source.column).plausible
        if source.aggregation is not Aggregation.DEVIATION:
            assert metric.plausible.low <= entry.low
            assert entry.high <= metric.plausible.high


@every_metric
def test_its_watch_is_sane(metric: Metric) -> None:
    if metric.watch is not None:
        assert metric.watch.floor > 0
        assert 1.5 <= metric.watch.z <= 10
        assert 8 <= metric.watch.minimum_days <= 60


@every_metric
def test_its_words_are_there(metric: Metric) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", metric.key)
    assert metric.label
    assert metric.unit
    assert metric.family
    assert 0 <= metric.decimals <= 3


def test_no_name_stands_for_two_metrics() -> None:
    names = [name for metric in METRICS for name in (metric.key, *metric.aliases)]
    assert len(names) == len(set(names))


@every_quantity
def test_every_quantity_is_a_column_with_a_unit(row: Quantity) -> None:
    kind = table_for(row.tracker).c[row.column].type.python_type
    assert kind is (int if row.integer else float)
    assert row.unit
    assert -math.inf < row.plausible.low < row.plausible.high < math.inf
    assert (row.column in CASES[row.tracker].taken.model_fields) == (not row.computed)


@pytest.mark.parametrize("tracker", TRACKERS, ids=lambda case: case.key)
def test_every_numeric_column_has_a_quantity_and_a_metric(tracker: TrackerCase) -> None:
    columns = table_of(tracker.model).c
    numeric = {c.name for c in columns if c.type.python_type in (int, float)} - OF_THE_SERVER
    used = {
        source.column
        for metric in METRICS
        for source in columns_under(metric)
        if source.tracker == tracker.key
    }
    assert {row.column for row in tracker.quantities} == numeric
    assert numeric <= used


@every_given_quantity
async def test_the_api_takes_what_is_plausible_and_nothing_else(
    row: Quantity, ada: Account
) -> None:
    case, (low, high) = CASES[row.tracker], (row.plausible.low, row.plausible.high)
    outside: list[object] = [math.nextafter(low, -math.inf), math.nextafter(high, math.inf)]
    outside += [low - 1, high + 1, True, str(high), [high]]
    inside: list[float] = [low, high]
    if row.integer:
        outside, inside = [*outside, low + 0.5], [int(low), int(high)]
    for value in outside:
        answer = await ada.post(case.path, json=case.with_value(row.column, value))
        assert answer.status_code == 422, value
        assert [error["loc"] for error in answer.json()["errors"]] == [["body", row.column]]
    for value in inside:
        answer = await ada.post(case.path, json=case.with_value(row.column, value))
        assert (answer.status_code, answer.json().get(row.column)) == (201, value), answer.text
    assert len((await ada.get(case.path)).json()["items"]) == len(inside)


@every_quantity
async def test_the_database_takes_what_is_plausible_and_nothing_else(
    row: Quantity, ada: Account, database: Database
) -> None:
    table, (low, high) = table_for(row.tracker), (row.plausible.low, row.plausible.high)
    user_id = UUID((await ada.get("/api/auth/me")).json()["id"])
    outside = [low - 1, high + 1]
    if not row.integer:
        outside += [math.nextafter(low, -math.inf), math.nextafter(high, math.inf)]

    async def store(value: float) -> None:
        entry = CASES[row.tracker].with_value(row.column, value)
        owned = {"user_id": user_id, "id": uuid7(), "date": dt.date(2026, 3, 12)}
        async with database.session(user_id) as session:
            await session.execute(insert(table).values(owned | entry))

    for value in outside:
        with pytest.raises(IntegrityError, match=f"{row.column}_plausible"):
            await store(value)
    for value in (math.nan, math.inf, -math.inf):
        # An integer column cannot even be given these.
        with pytest.raises(DBAPIError if row.integer else IntegrityError):
            await store(value)
    for value in (low, high):
        await store(value)


# A metric that nobody has thought of yet, on a column that exists.
EXTRA = Metric(
    key="late_workout_sets",
    label="Most sets in a workout",
    unit="{count}",
    decimals=0,
    family="late_workouts",
    source=Column(tracker="exercise", column="sets", aggregation=Aggregation.MAXIMUM),
    plausible=Range(0, 1_000),
    watch=Watch(z=3.0, floor=1.0),
)
EXTENDED = Catalogue((*METRICS, EXTRA))


@pytest.fixture
async def extended(database: Database, settings: Settings) -> AsyncIterator[AsyncClient]:
    """The application with one more row in its catalogue, and no other change."""
    app = create_app(settings, database, secret=SECRET, catalogue=EXTENDED)
    transport = ASGITransport(app, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield client


@pytest.fixture
async def eve(extended: AsyncClient) -> Account:
    """Thirty workouts of five sets, the last of fifty."""
    eve = await register(extended, "eve@example.com")
    today = dt.datetime.now(dt.UTC).date()
    workouts = [
        CASES["exercise"].example(date=f"{today - dt.timedelta(ago)}", sets=5 + ago % 2)
        for ago in range(30)
    ]
    workouts[0]["sets"] = 50
    assert (await eve.post("/api/exercise/bulk", json=workouts)).json()["created"] == 30
    return eve


async def test_a_new_row_is_a_column_of_the_feature_matrix(
    eve: Account, database: Database
) -> None:
    user_id = UUID((await eve.get("/api/auth/me")).json()["id"])
    async with database.session(user_id) as session:
        service = MetricsService(session, await person_of(session, user_id), EXTENDED)
        matrix = await service.build_daily_feature_matrix(30)
    assert set(matrix[EXTRA.key]) == {5, 6, 50}


async def test_a_new_row_is_watched(eve: Account) -> None:
    answer = (await eve.post("/api/anomalies/detect")).json()
    found = [f for f in answer["findings"] if f["metric_name"] == EXTRA.key]
    assert [f["metric_value"] for f in found] == [50]
    assert found[0]["severity"] in ("medium", "high")  # a month of history is believed half
    assert EXTRA.label.lower() in found[0]["explanation"].lower()
    entry = await eve.get(f"/api/exercise/{found[0]['source_id']}")
    assert entry.json()["sets"] == 50
    limits = {"thresholds": {EXTRA.key: 9.5}}
    assert (await eve.put("/api/anomalies/thresholds", json=limits)).json() == limits


async def test_a_new_row_is_served(eve: Account) -> None:
    served = {row["key"]: row for row in (await eve.get("/api/metrics")).json()["metrics"]}
    assert list(served) == [*CATALOGUE.keys, EXTRA.key]
    assert (served[EXTRA.key]["label"], served[EXTRA.key]["unit"]) == (EXTRA.label, EXTRA.unit)


async def test_a_new_row_is_on_the_dashboard(eve: Account) -> None:
    assert EXTRA.key in (await eve.get("/api/dashboard")).text
    assert (await eve.get("/api/insights")).status_code == 200
