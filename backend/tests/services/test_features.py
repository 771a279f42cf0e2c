"""The feature matrix against plain pandas over every row read back."""

import datetime as dt
import math
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import pandas as pd
import pytest
from httpx import AsyncClient

from app.catalog import CATALOGUE, Aggregation, Column, Lag, Metric
from app.database import Database
from app.services.authentication import person_of
from app.services.metrics_service import MetricsService
from tests.contracts.trackers import TRACKERS
from tests.people import Account, register

TODAY = dt.date(2026, 4, 11)  # in Tokyo, while it is still the day before in UTC
PRESENT = dt.datetime(2026, 4, 10, 20, tzinfo=dt.UTC)
DAYS = 60
EARLIER = 40
Frames = Mapping[str, pd.DataFrame]

_BY_PANDAS: Mapping[Aggregation, Callable[["pd.Series[Any]"], float]] = {
    Aggregation.SUM: lambda values: values.sum(),
    Aggregation.MEAN: lambda values: values.mean(),
    Aggregation.MINIMUM: lambda values: values.min(),
    Aggregation.MAXIMUM: lambda values: values.max(),
    Aggregation.DEVIATION: lambda values: values.std(ddof=1),
    Aggregation.LAST: lambda values: values.iloc[-1],
}


class Someone(NamedTuple):
    """An invented person, and all their entries as the API gives them."""

    user_id: UUID
    entries: Frames


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("people", "batches"):
        monkeypatch.setattr(f"app.services.{module}.now", lambda: PRESENT)


async def all_entries(account: Account, path: str) -> pd.DataFrame:
    items: list[dict[str, Any]] = []
    query: dict[str, Any] = {"limit": 200}
    while True:
        page = (await account.get(path, params=query)).json()
        items += page["items"]
        if page["next"] is None:
            return pd.DataFrame(items)
        query["cursor"] = page["next"]


async def invented(client: AsyncClient, name: str, **wanted: Any) -> Someone:
    profile = {"timezone": "Asia/Tokyo", "height_cm": 172}
    account = await register(client, f"{name}@example.com", **profile)
    answer = await account.post("/api/mock/generate", json={"days": DAYS + EARLIER, **wanted})
    assert answer.status_code == 201, answer.text
    user_id = UUID((await account.get("/api/auth/me")).json()["id"])
    entries = {tracker.key: await all_entries(account, tracker.path) for tracker in TRACKERS}
    return Someone(user_id, entries)


@pytest.fixture
async def people(client: AsyncClient) -> tuple[Someone, Someone]:
    return (
        await invented(client, "eve", seed=11),
        await invented(client, "max", seed=23, conditions=["diabetes", "heart"]),
    )


def by_pandas(entries: Frames, days: "pd.Index[Any]") -> pd.DataFrame:
    """The whole matrix, metric by metric and day by day."""
    matrix = pd.DataFrame(index=days)
    for metric in CATALOGUE.metrics:
        matrix[metric.key] = (
            _logged(metric.source, entries[metric.source.tracker], days)
            if isinstance(metric.source, Column)
            else _derived(metric, matrix)
        )
    return matrix


def _logged(source: Column, entries: pd.DataFrame, days: "pd.Index[Any]") -> "pd.Series[Any]":
    kept = entries
    for name, wanted in source.where.items():
        kept = kept[kept[name] == wanted]
    values = kept[source.column]
    kept = kept.assign(value=values.map(dict(source.codes)) if source.codes else values)
    kept = kept.dropna(subset=["value"]).astype({"value": float})
    when = "wake_time" if source.tracker == "sleep" else "occurred_at"
    instants = pd.to_datetime(kept[when], utc=True, format="ISO8601")
    kept = kept.assign(when=instants).sort_values(["when", "id"], na_position="first")
    daily = kept.groupby("date")["value"].apply(_BY_PANDAS[source.aggregation])
    return daily.reindex(days)


def _derived(metric: Metric, matrix: pd.DataFrame) -> "pd.Series[Any]":
    assert not isinstance(metric.source, Column)
    inputs = [
        matrix[i.key].shift(i.days) if isinstance(i, Lag) else matrix[i]
        for i in metric.source.inputs
    ]
    with np.errstate(all="ignore"):
        values: pd.Series[float] = metric.source.function(*inputs)
    return values.where(values.between(metric.plausible.low, metric.plausible.high))


def expected_of(someone: Someone, today: dt.date) -> pd.DataFrame:
    first = today - dt.timedelta(DAYS + EARLIER - 1)
    days = [str(day.date()) for day in pd.date_range(first, today)]
    return by_pandas(someone.entries, pd.Index(days)).tail(DAYS)


@asynccontextmanager
async def metrics_of(database: Database, user_id: UUID) -> AsyncIterator[MetricsService]:
    async with database.session(user_id) as session:
        yield MetricsService(session, await person_of(session, user_id), CATALOGUE)


async def test_the_matrix_is_what_pandas_makes_of_the_entries(
    people: tuple[Someone, Someone], database: Database
) -> None:
    for someone in people:
        async with metrics_of(database, someone.user_id) as metrics:
            matrix = await metrics.build_daily_feature_matrix(DAYS)
        expected = expected_of(someone, TODAY)
        assert [str(day) for day in matrix["date"]] == list(expected.index)
        for metric in CATALOGUE.metrics:
            for name in (metric.key, *metric.aliases):
                np.testing.assert_allclose(
                    matrix[name], expected[metric.key], rtol=1e-9, err_msg=name
                )


async def test_the_people_have_something_of_everything(people: tuple[Someone, Someone]) -> None:
    """Else the comparison above would compare nothing."""
    matrices = [expected_of(someone, TODAY) for someone in people]
    known = pd.concat(matrices).notna().sum()
    assert known.all(), known
    assert all(matrix.isna().to_numpy().any() for matrix in matrices)
    assert not matrices[0].equals(matrices[1])


async def test_daily_values_are_any_days_of_the_matrix(
    people: tuple[Someone, Someone], database: Database
) -> None:
    someone, today = people[0], TODAY
    start, stop = today - dt.timedelta(30), today - dt.timedelta(3)
    async with metrics_of(database, someone.user_id) as metrics:
        values = await metrics.daily_values(start, stop)
    expected = expected_of(someone, today).loc[str(start) : str(stop)]
    assert (values.days[0], values.days[-1]) == (start, stop)
    assert values.keys == CATALOGUE.keys
    np.testing.assert_allclose(values.values, expected.to_numpy(dtype=float), rtol=1e-9)


async def test_nothing_logged_is_not_known_and_never_zero(ada: Account, database: Database) -> None:
    user_id = UUID((await ada.get("/api/auth/me")).json()["id"])
    async with metrics_of(database, user_id) as metrics:
        matrix = await metrics.build_daily_feature_matrix()
    assert len(matrix) == 60
    assert matrix.drop(columns="date").isna().to_numpy().all()


async def test_others_are_never_counted(people: tuple[Someone, Someone], ada: Account,
    database: Database) -> None:  # fmt: skip
    """Even where row-level security shows the rows of someone else."""
    own = UUID((await ada.get("/api/auth/me")).json()["id"])
    async with database.session(own) as session:
        person = await person_of(session, own)
    async with database.session(people[0].user_id) as session:
        matrix = await MetricsService(session, person, CATALOGUE).build_daily_feature_matrix()
    assert matrix.drop(columns="date").isna().to_numpy().all()


@pytest.mark.parametrize("days", [0, -1])
async def test_fewer_days_than_one_are_refused(days: int, ada: Account, database: Database) -> None:
    user_id = UUID((await ada.get("/api/auth/me")).json()["id"])
    async with metrics_of(database, user_id) as metrics:
        with pytest.raises(ValueError, match="at least 1"):
            await metrics.build_daily_feature_matrix(days)


async def test_the_last_is_that_of_the_latest_instant(ada: Account, database: Database) -> None:
    today = PRESENT.date()
    for hour, weight in ((9, 71.0), (20, 72.0), (7, 73.0)):
        body = {"date": f"{today}", "weight_kg": weight, "occurred_at": f"{today}T{hour:02}:00Z"}
        await ada.post("/api/body", json=body)
    await ada.post("/api/body", json={"date": f"{today}", "weight_kg": 74.0})
    user_id = UUID((await ada.get("/api/auth/me")).json()["id"])
    async with metrics_of(database, user_id) as metrics:
        values = await metrics.daily_values(today, today)
    assert values.column("weight")[0] == 72.0
    assert math.isnan(values.column("waist")[0])
