"""One sees where one is signed in, and ends it; what matters asks for the password (T16)."""

import datetime as dt
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from app.database import Database
from tests.people import PASSWORD, Account, register, sign_in
from tests.routers.test_auth import LOGIN, ME, assert_problem
from tests.routers.test_auth_sessions import assert_ended, claims_of, is_signed_in, refresh

SESSIONS = "/api/auth/sessions"


def at(account: Account) -> str:
    return f"{SESSIONS}/{claims_of(account).session_id}"


async def test_t16_sessions_are_listed_newest_first(ada: Account, bob: Account) -> None:
    headers = {"User-Agent": "A watch"}
    body = {"email": ada.email, "password": PASSWORD}
    await ada.client.post(LOGIN, json=body, headers=headers)
    answer = await ada.get(SESSIONS)
    assert answer.status_code == 200
    newest, oldest = answer.json()["items"]
    assert (newest["user_agent"], newest["current"], oldest["current"]) == ("A watch", False, True)
    assert UUID(oldest["id"]) == claims_of(ada).session_id
    assert set(newest) == {
        *("id", "created_at", "last_used_at", "expires_at", "user_agent", "current"),
    }
    lifetime = dt.datetime.fromisoformat(oldest["expires_at"]) - dt.datetime.fromisoformat(
        oldest["created_at"]
    )
    assert lifetime == dt.timedelta(days=30)


async def test_t16_the_last_use_is_the_last_refresh(live_client: AsyncClient) -> None:
    ada = await register(live_client, "ada@example.com")
    (before,) = (await ada.get(SESSIONS)).json()["items"]
    (after,) = (await (await refresh(ada)).get(SESSIONS)).json()["items"]
    assert before["created_at"] == before["last_used_at"] == after["created_at"]
    assert after["last_used_at"] > before["last_used_at"]
    assert after["expires_at"] == before["expires_at"]


async def test_t16_a_session_is_ended_at_once_and_no_other(ada: Account, bob: Account) -> None:
    elsewhere = await sign_in(ada.client, ada.email)
    assert (await ada.delete(at(elsewhere))).status_code == 204
    await assert_ended(elsewhere)
    assert await is_signed_in(ada)
    assert await is_signed_in(bob)
    assert len((await ada.get(SESSIONS)).json()["items"]) == 1
    assert_problem(await ada.delete(at(elsewhere)), 404)
    assert (await ada.delete(at(ada))).status_code == 204
    await assert_ended(ada)


async def test_t16_sessions_of_others_are_not_there(ada: Account, bob: Account) -> None:
    for path in (at(bob), f"{SESSIONS}/{uuid4()}"):
        assert_problem(await ada.delete(path), 404)
    assert await is_signed_in(bob)


async def test_t16_what_has_expired_is_not_listed(ada: Account, database: Database) -> None:
    elsewhere = await sign_in(ada.client, ada.email)
    user_id, session_id = claims_of(elsewhere)
    async with database.session(user_id) as session:
        await session.execute(
            text("UPDATE sessions SET expires_at = now() - interval '1 second' WHERE id = :id"),
            {"id": session_id},
        )
    assert [s["current"] for s in (await ada.get(SESSIONS)).json()["items"]] == [True]
    assert_problem(await ada.delete(at(elsewhere)), 404)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/auth/change-password", {"new_password": "nine amber lanterns by the sea"}),
        ("DELETE", ME, {}),
        ("POST", "/api/auth/me/totp", {}),
        ("DELETE", "/api/auth/me/totp", {}),
    ],
)
async def test_t16_without_the_password_again_nothing_changes(
    ada: Account, method: str, path: str, body: dict[str, str]
) -> None:
    field = "current_password" if "new_password" in body else "password"
    profile = (await ada.get(ME)).json()
    wrong = body | {field: "not the right password"}
    assert_problem(await ada.request(method, path, json=body), 422)
    assert_problem(await ada.request(method, path, json=wrong), 403)
    assert_problem(await ada.client.request(method, path, json=body | {field: PASSWORD}), 401)
    assert (await ada.get(ME)).json() == profile
    await sign_in(ada.client, ada.email)


async def test_t16_the_right_password_does_not_help_an_ended_session(ada: Account) -> None:
    elsewhere = await sign_in(ada.client, ada.email)
    await ada.delete(at(elsewhere))
    assert_problem(await elsewhere.delete(ME, json={"password": PASSWORD}), 401)
    assert await is_signed_in(ada)
