"""Deleting an account: with the password, and with everything that was ever stored (T16, T51)."""

from collections.abc import AsyncIterator, Callable
from uuid import UUID

import pytest
from sqlalchemy import column, create_engine, func, make_url, select, table, text

from app import models
from app.config import Settings
from app.database import DRIVER, Database
from app.migrations import upgrade
from app.postgres import DatabaseUrls
from app.utils.identifiers import uuid7
from app.utils.time import now
from tests.conftest import client_of
from tests.people import PASSWORD, Account, register
from tests.routers.test_auth import ME, REGISTER, assert_problem
from tests.routers.test_auth_sessions import assert_ended, claims_of, is_signed_in


async def test_an_account_is_deleted_only_with_its_password(ada: Account) -> None:
    assert_problem(await ada.delete(ME, json={"password": "not the right password"}), 403)
    assert_problem(await ada.delete(ME), 422)
    assert await is_signed_in(ada)


async def test_a_deleted_account_is_gone_and_its_address_free(ada: Account, bob: Account) -> None:
    assert (await ada.delete(ME, json={"password": PASSWORD})).status_code == 204
    await assert_ended(ada)
    credentials = {"email": ada.email, "password": PASSWORD}
    assert_problem(await ada.client.post("/api/auth/login", json=credentials), 401)
    assert (await ada.client.post(REGISTER, json=credentials)).status_code == 201
    assert await is_signed_in(bob)


@pytest.fixture
def urls(make_database: Callable[[], DatabaseUrls]) -> DatabaseUrls:
    """A database of its own, whose owner can be asked too."""
    urls = make_database()
    upgrade(urls.owner)
    return urls


@pytest.fixture
async def own_database(urls: DatabaseUrls) -> AsyncIterator[Database]:
    database = Database(urls.app, pool_size=2, statement_timeout=30)
    yield database
    await database.close()


async def test_deletion_leaves_no_row_in_any_table(
    urls: DatabaseUrls, own_database: Database, settings: Settings
) -> None:
    async with client_of(own_database, settings) as client:
        ada = await register(client, "ada@example.com")
        bob = await register(client, "bob@example.com")
        for account in (ada, bob):
            await _write_everywhere(own_database, claims_of(account).user_id)
        before = _rows_by_owner(urls, claims_of(ada).user_id)
        assert min(before.values()) > 0, f"write a row to each table in this test: {before}"
        assert (await ada.delete(ME, json={"password": PASSWORD})).status_code == 204
        assert set(_rows_by_owner(urls, claims_of(ada).user_id).values()) == {0}
        assert _rows_by_owner(urls, claims_of(bob).user_id) == before


async def _write_everywhere(database: Database, user_id: UUID) -> None:
    """A row in each table that signing in leaves empty."""
    batch = models.Batch(user_id=user_id, id=uuid7(), kind="invented", label="test", details={})
    entry = {"user_id": user_id, "date": now().date(), "batch_id": batch.id}
    anomaly = models.Anomaly(
        user_id=user_id,
        date=now().date(),
        source_table="vital_signs",
        metric_name="spo2",
        metric_value=90,
        detector_type="zscore",
        severity="low",
        anomaly_score=50,
        explanation="Lower than usual.",
        direction="below",
        is_unusual=True,
        detector_version="1",
        evidence={},
    )
    key = models.IdempotencyKey(user_id=user_id, key="once", fingerprint=bytes(32))
    async with database.session(user_id) as session:
        session.add(batch)
        await session.flush()
        session.add_all(
            [
                anomaly,
                key,
                models.TotpSecret(user_id=user_id, sealed=bytes(32)),
                models.RecoveryCode(user_id=user_id, code_hash=bytes(32)),
                models.FoodEntry(**entry, meal_type="lunch", food_name="Soup", calories=200),
                models.SleepEntry(**entry, duration_hours=8),
                models.ExerciseEntry(
                    **entry, exercise_type="cardio", exercise_name="Run", duration_minutes=30
                ),
                models.VitalSigns(**entry, time_of_day="morning", spo2=97),
                models.BodyMetrics(**entry, weight_kg=70),
                models.ChronicMetrics(
                    **entry, time_of_day="fasting", condition_type="diabetes", hba1c_pct=5.5
                ),
            ]
        )


def _rows_by_owner(urls: DatabaseUrls, user_id: UUID) -> dict[str, int]:
    """How many rows of the user each table holds, tables taken from PostgreSQL's own catalog."""
    catalog = text(
        "SELECT relname, attname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid "
        "WHERE relkind = 'r' AND (attname = 'user_id' OR relname = 'users' AND attname = 'id')"
    )
    engine = create_engine(make_url(urls.owner).set(drivername=DRIVER))
    with engine.connect() as connection:
        # The embedded server's owner is no superuser: even it sees only whom it acts for.
        connection.execute(select(func.set_config("app.user_id", str(user_id), True)))
        counts = {
            name: connection.execute(
                select(func.count()).select_from(table(name)).where(column(key) == user_id)
            ).scalar_one()
            for name, key in connection.execute(catalog)
        }
    engine.dispose()
    return counts
