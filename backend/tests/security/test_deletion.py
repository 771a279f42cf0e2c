"""A deleted account is gone, stays gone, and leaves a tombstone that names nobody (T16, T51)."""

from collections.abc import Callable
from uuid import UUID

import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import ProgrammingError

from app.config import Settings
from app.database import Database
from app.migrations import owner_engine
from app.models import DeletedAccount
from app.postgres import DatabaseUrls
from app.services import tombstones
from app.services.owned_tables import owned_tables
from app.utils.identifiers import uuid7
from tests.conftest import client_of
from tests.contracts.test_access import CANARY, everything, id_of
from tests.people import PASSWORD, Account, register, sign_in
from tests.routers.test_auth import LOGIN, ME, assert_problem
from tests.routers.test_auth_sessions import assert_ended, is_signed_in
from tests.security.test_export import leave_a_canary


def as_owner(urls: DatabaseUrls, ask: Callable[[Connection], object]) -> object:
    engine = owner_engine(urls.owner)
    try:
        with engine.begin() as connection:
            return ask(connection)
    finally:
        engine.dispose()


async def delete_account(account: Account) -> None:
    assert (await account.delete(ME, json={"password": PASSWORD})).status_code == 204


async def test_t51_no_table_keeps_a_row_and_nothing_works_any_more(
    live_urls: DatabaseUrls, live_database: Database, settings: Settings
) -> None:
    async with client_of(live_database, settings) as client:
        ada, bob = [await register(client, f"{name}@example.com") for name in ("ada", "bob")]
        user_id, stays = await id_of(ada), await id_of(bob)
        for person in (user_id, stays):
            await leave_a_canary(live_database, person, uuid7())
        async with live_database.session() as session:
            tables = await owned_tables(session)

        def count(person: UUID) -> dict[str, int]:
            def ask(connection: Connection) -> dict[str, int]:
                # Even the owner of a table sees only whom it acts for.
                connection.execute(select(func.set_config("app.user_id", str(person), True)))
                counted = "SELECT count(*) FROM {} WHERE {} = :person"
                return {
                    t.name: connection.execute(
                        text(counted.format(t.name, t.owner)), {"person": person}
                    ).scalar_one()
                    for t in tables
                }

            found = as_owner(live_urls, ask)
            assert isinstance(found, dict)
            return found

        before = count(stays)
        assert min(count(user_id).values()) > 0, count(user_id)
        await delete_account(ada)
        assert set(count(user_id).values()) == {0}
        assert count(stays) == before
        await assert_ended(ada)
        assert await is_signed_in(bob)


async def test_t16_an_account_is_deleted_only_with_its_password(
    ada: Account, database: Database
) -> None:
    user_id = await id_of(ada)
    assert_problem(await ada.delete(ME, json={"password": "not the right password"}), 403)
    assert_problem(await ada.delete(ME), 422)
    assert await is_signed_in(ada)
    async with database.session(user_id) as session:
        assert await session.scalar(select(func.count()).select_from(DeletedAccount)) == 0


async def test_t51_the_address_starts_afresh(ada: Account) -> None:
    await everything(ada)
    await delete_account(ada)
    credentials = {"email": ada.email, "password": PASSWORD}
    assert_problem(await ada.client.post(LOGIN, json=credentials), 401)
    again = await register(ada.client, ada.email)
    export = await again.post("/api/export", json={"password": PASSWORD})
    assert export.status_code == 200
    for path in ("/api/nutrition", "/api/batches", "/api/anomalies"):
        assert (await again.get(path)).json()["items"] == []
    trail = (await again.get("/api/audit")).json()["items"]
    assert {event["kind"] for event in trail} == {"sign_in", "exported"}
    assert CANARY not in export.text


async def test_t51_a_tombstone_is_kept_and_names_nobody(ada: Account, database: Database) -> None:
    user_id = await id_of(ada)
    await delete_account(ada)
    async with database.session(user_id) as session:
        row = (await session.execute(select(DeletedAccount.__table__))).mappings().one()
    assert set(row) == {"id", "deleted_at"}
    assert row["id"] == user_id


async def test_t51_nobody_buries_someone_else(
    ada: Account, bob: Account, database: Database
) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"):
        async with database.session(await id_of(bob)) as session:
            await tombstones.keep(session, await id_of(ada))


async def test_t51_what_an_older_backup_brings_back_is_deleted_again(
    live_urls: DatabaseUrls, live_database: Database, settings: Settings
) -> None:
    async with client_of(live_database, settings) as client:
        ada, bob = [await register(client, f"{name}@example.com") for name in ("ada", "bob")]
        user_id = await id_of(ada)
        await leave_a_canary(live_database, user_id, uuid7())

        def take(connection: Connection) -> object:
            return (
                connection.execute(text("SELECT * FROM users WHERE id = :id"), {"id": user_id})
                .mappings()
                .one()
            )

        row = as_owner(live_urls, take)
        await delete_account(ada)

        def restore(connection: Connection) -> None:
            connection.execute(
                text(
                    "INSERT INTO users (id, email, hashed_password)"
                    " VALUES (:id, :email, :hashed_password)"
                ),
                dict(row),  # type: ignore[call-overload]  # a mapping
            )

        as_owner(live_urls, restore)
        assert (await sign_in(client, ada.email)).email == ada.email
        assert as_owner(live_urls, tombstones.apply) == 1
        assert as_owner(live_urls, tombstones.apply) == 0
        credentials = {"email": ada.email, "password": PASSWORD}
        assert_problem(await client.post(LOGIN, json=credentials), 401)
        assert await is_signed_in(bob)


async def test_t51_the_application_cannot_apply_tombstones(database: Database) -> None:
    with pytest.raises(ProgrammingError) as refused:
        async with database.session() as session:
            await session.execute(text("SELECT app.apply_tombstones()"))
    assert isinstance(refused.value.orig, InsufficientPrivilege)
