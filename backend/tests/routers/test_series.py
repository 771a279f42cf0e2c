"""Series over HTTP: the days of the feature matrix in columns, small, and answered once."""

import datetime as dt
import gzip
import json
from typing import Any

import numpy as np
import pytest

from app.catalog import CATALOGUE
from app.ml.usual import usual
from app.schemas.series import SeriesOut
from app.services.dashboard_service import USUAL_DAYS
from app.services.metric_standing import days_needed
from app.services.series import MOST_DAYS, MOST_VALUES
from tests.contracts.test_access import id_of
from tests.people import Account
from tests.services.test_features import metrics_of

PATH = "/api/metrics/series"
WEIGHTS = {0: 72.44, 1: 71.0, 3: 73.26}
"""By days ago."""


async def today_of(account: Account) -> dt.date:
    return dt.date.fromisoformat((await account.get("/api/dashboard")).json()["date"])


async def log_weights(account: Account, weights: dict[int, float]) -> dt.date:
    today = await today_of(account)
    entries = [
        {"date": f"{today - dt.timedelta(ago)}", "weight_kg": weight}
        for ago, weight in weights.items()
    ]
    assert (await account.post("/api/body/bulk?atomic=true", json=entries)).status_code == 200
    return today


async def series_of(account: Account, query: str) -> dict[str, Any]:
    answer = await account.get(f"{PATH}?{query}")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_days_without_a_value_are_null(ada: Account) -> None:
    today = await log_weights(ada, WEIGHTS)
    told = await series_of(ada, "metric=weight&days=5")
    assert (told["first"], told["last"]) == (f"{today - dt.timedelta(4)}", f"{today}")
    (weight,) = told["series"]
    assert weight["values"] == [None, 73.3, None, 71.0, 72.4]
    assert (weight["key"], weight["unit"], weight["decimals"]) == ("weight", "kg", 1)
    assert weight["usual"]["median"] == [None] * 5


async def test_all_metrics_are_those_of_the_matrix(ada: Account, database: Any) -> None:
    await ada.post("/api/mock/generate", json={"days": 80, "conditions": ["diabetes"]})
    answer = await ada.get(f"{PATH}?days=40")
    told = SeriesOut.model_validate_json(answer.content, strict=True, extra="forbid")
    async with metrics_of(database, await id_of(ada)) as metrics:
        values = await metrics.daily_values(told.first - dt.timedelta(USUAL_DAYS), told.last)
    assert [series.key for series in told.series] == list(CATALOGUE.keys)
    assert {it.key: it.decimals for it in told.series}["sleep_hours"] == 2  # to the minute
    for series in told.series:
        metric, column = CATALOGUE[series.key], values.column(series.key)
        expected = np.round(column[USUAL_DAYS:], series.decimals)
        np.testing.assert_allclose(np.array(series.values, dtype=float), expected)
        assert series.usual is not None
        for row in (0, 17, 39):
            before = usual(column[row : row + USUAL_DAYS, np.newaxis])
            ready = before.days[0] >= days_needed(metric)
            for name in ("low", "median", "high"):
                wanted = round(float(getattr(before, name)[0]), 9) if ready else np.nan
                given = np.array([getattr(series.usual, name)[row]], dtype=float)
                assert given == pytest.approx(
                    np.round(wanted, series.decimals), abs=1.01 * 10**-series.decimals, nan_ok=True
                )


async def test_the_usual_is_left_out_where_it_is_not_asked_for(ada: Account) -> None:
    await log_weights(ada, dict.fromkeys(range(30), 70.0))
    with_it = await series_of(ada, "metric=weight&days=1")
    without = await series_of(ada, "metric=weight&days=1&usual=false")
    assert with_it["series"][0]["usual"] == {"low": [70.0], "median": [70.0], "high": [70.0]}
    assert without["series"][0]["usual"] is None
    assert without["series"][0]["values"] == with_it["series"][0]["values"]


async def test_metrics_come_in_the_order_asked_once_each(ada: Account) -> None:
    told = await series_of(ada, "metric=hrv&metric=body_fat&metric=hrv&metric=body_fat_pct&days=1")
    assert [series["key"] for series in told["series"]] == ["hrv", "body_fat_pct"]


async def test_what_a_formula_needs_is_read_with_it(ada: Account) -> None:
    await log_weights(ada, {0: 72.0, 7: 70.5})
    told = await series_of(ada, "metric=weight_change_7d&days=1&usual=false")
    assert told["series"][0]["values"] == [1.5]


async def test_it_ends_on_the_day_asked_for(ada: Account) -> None:
    today = await log_weights(ada, WEIGHTS)
    told = await series_of(ada, f"metric=weight&days=2&to={today - dt.timedelta(2)}")
    assert told["series"][0]["values"] == [73.3, None]


async def test_others_are_not_in_it(ada: Account, bob: Account) -> None:
    await log_weights(ada, WEIGHTS)
    told = await series_of(bob, "metric=weight&days=5")
    assert told["series"][0]["values"] == [None] * 5


async def test_an_unchanged_answer_is_not_sent_again(ada: Account) -> None:
    await log_weights(ada, WEIGHTS)
    first = await ada.get(f"{PATH}?metric=weight")
    tag = first.headers["etag"]
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = await ada.get(f"{PATH}?metric=weight", headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    await log_weights(ada, {2: 70.0})
    changed = await ada.get(f"{PATH}?metric=weight", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("*", True),
        ("identity", False),
        ("", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
    ],
)
async def test_it_is_compressed_for_those_who_take_it(
    accepted: str, packed: bool, ada: Account
) -> None:
    request = ada.client.build_request(
        "GET",
        PATH,
        headers={"Authorization": f"Bearer {ada.access_token}", "Accept-Encoding": accepted},
    )
    answer = await ada.client.send(request, stream=True)
    sent = b"".join([piece async for piece in answer.aiter_raw()])
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers.get("content-encoding") == ("gzip" if packed else None)
    assert json.loads(gzip.decompress(sent) if packed else sent)["usual_days"] == USUAL_DAYS


@pytest.mark.parametrize(
    "query",
    [
        "metric=nothing",
        "metric=weight&metric=",
        "days=0",
        f"days={MOST_DAYS + 1}",
        f"days={MOST_VALUES // len(CATALOGUE.metrics) + 1}",
        "to=2026-02-30",
    ],
)
async def test_what_it_refuses(query: str, ada: Account) -> None:
    assert (await ada.get(f"{PATH}?{query}")).status_code == 422


async def test_ten_years_of_a_metric_are_allowed(ada: Account) -> None:
    told = await series_of(ada, f"metric=weight&days={MOST_DAYS}")
    assert len(told["series"][0]["values"]) == MOST_DAYS
