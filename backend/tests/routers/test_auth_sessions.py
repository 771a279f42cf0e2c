"""Sessions: refreshing, signing out, changing the password (T8-T11)."""

import asyncio
import hashlib
from uuid import UUID

import jwt
import pytest
from httpx import AsyncClient
from sqlalchemy import text

from app.database import Database
from app.utils.security import Claims, Tokens
from tests.conftest import SECRET
from tests.people import PASSWORD, Account, register, sign_in
from tests.routers.test_auth import ME, assert_problem
from tests.utils.test_security import forged

REFRESH = "/api/auth/refresh"
NEW_PASSWORD = "nine amber lanterns by the sea"


def claims_of(account: Account) -> Claims:
    return Tokens(SECRET).read_access(account.access_token)


async def refresh(account: Account) -> Account:
    """The same person with the next pair of tokens."""
    answer = await account.client.post(REFRESH, json={"refresh_token": account.refresh_token})
    assert answer.status_code == 200, answer.text
    tokens = answer.json()
    return Account(account.client, account.email, tokens["access_token"], tokens["refresh_token"])


async def is_signed_in(account: Account) -> bool:
    """Whether the access token is good; a session lives or dies as a whole."""
    answer = await account.get(ME)
    assert answer.status_code in {200, 401}
    return answer.status_code == 200


async def assert_ended(account: Account) -> None:
    assert_problem(await account.get(ME), 401)
    body = {"refresh_token": account.refresh_token}
    assert_problem(await account.client.post(REFRESH, json=body), 401)


@pytest.mark.parametrize("name", forged())
async def test_forged_access_tokens_get_nowhere(client: AsyncClient, name: str) -> None:
    answer = await client.get(ME, headers={"Authorization": f"Bearer {forged()[name]}"})
    assert_problem(answer, 401)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer \xff"])
async def test_no_token_gets_nowhere(client: AsyncClient, header: str | None) -> None:
    headers = {} if header is None else {b"Authorization": header.encode("latin-1")}
    assert_problem(await client.get(ME, headers=headers), 401)


async def test_a_token_with_a_foreign_session_gets_nowhere(ada: Account, bob: Account) -> None:
    (ada_id, _), (_, bobs_session) = claims_of(ada), claims_of(bob)
    mixed = jwt.decode(ada.access_token, options={"verify_signature": False})
    mixed |= {"sub": str(ada_id), "sid": str(bobs_session)}
    token = jwt.encode(mixed, SECRET, algorithm="HS256", headers={"typ": "at+jwt"})
    assert_problem(await Account(ada.client, "", token, "").get(ME), 401)


async def test_a_refresh_token_gives_the_next_pair_of_the_same_session(ada: Account) -> None:
    later = await refresh(ada)
    assert later.refresh_token != ada.refresh_token
    assert claims_of(later) == claims_of(ada)
    assert await is_signed_in(later)
    assert await is_signed_in(await refresh(later))


async def test_a_refresh_token_is_kept_as_its_hash(ada: Account, database: Database) -> None:
    user_id, _ = claims_of(ada)
    async with database.session(user_id) as session:
        kept = await session.scalar(text("SELECT token_hash FROM refresh_tokens"))
    assert bytes(kept) == hashlib.sha256(ada.refresh_token.encode()).digest()


async def test_t11_a_refresh_token_used_twice_ends_its_session_and_no_other(ada: Account) -> None:
    elsewhere = await sign_in(ada.client, ada.email)
    later = await refresh(ada)
    body = {"refresh_token": ada.refresh_token}
    assert_problem(await ada.client.post(REFRESH, json=body), 401)
    await assert_ended(ada)
    await assert_ended(later)
    assert await is_signed_in(elsewhere)


async def test_of_parallel_uses_of_one_refresh_token_at_most_one_succeeds(
    live_client: AsyncClient,
) -> None:
    ada = await register(live_client, "ada@example.com")
    body = {"refresh_token": ada.refresh_token}
    answers = await asyncio.gather(*(live_client.post(REFRESH, json=body) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7
    await assert_ended(ada)


async def test_a_session_ended_by_reuse_stays_ended(live_client: AsyncClient) -> None:
    ada = await register(live_client, "ada@example.com")
    later = await refresh(ada)
    assert_problem(await live_client.post(REFRESH, json={"refresh_token": ada.refresh_token}), 401)
    await assert_ended(later)


async def test_other_tokens_refresh_nothing_and_end_nothing(ada: Account, bob: Account) -> None:
    user, _, secret = ada.refresh_token.partition(".")
    foreign = f"{bob.refresh_token.partition('.')[0]}.{secret}"
    guesses = ["", "x", ".", ada.access_token, secret, foreign, f"{user}.{'A' * 43}"]
    guesses += [f"{ada.refresh_token}=", f" {ada.refresh_token}.", ada.refresh_token.upper()]
    guesses += [f"{UUID(user)}.{secret}", f"{'0' * 32}.{secret}", "\0", "\N{SNOWMAN}" * 76]
    for guess in guesses:
        assert_problem(await ada.client.post(REFRESH, json={"refresh_token": guess}), 401)
    assert await is_signed_in(await refresh(ada))
    assert await is_signed_in(await refresh(bob))


async def test_a_refresh_token_is_no_access_token(ada: Account) -> None:
    swapped = Account(ada.client, ada.email, ada.refresh_token, ada.access_token)
    await assert_ended(swapped)


async def test_a_session_ends_at_a_fixed_time_however_often_refreshed(
    ada: Account, database: Database
) -> None:
    later = await refresh(ada)
    user_id, _ = claims_of(ada)
    async with database.session(user_id) as session:
        left = await session.scalar(text("SELECT expires_at - created_at FROM sessions"))
        assert left.days == 30
        await session.execute(text("UPDATE sessions SET expires_at = now() - interval '1 second'"))
    await assert_ended(later)
    again = await sign_in(ada.client, ada.email)
    async with database.session(user_id) as session:
        assert await session.scalar(text("SELECT count(*) FROM sessions")) == 1
    assert await is_signed_in(again)


async def test_t10_signing_out_ends_this_session_at_once_and_no_other(ada: Account) -> None:
    elsewhere = await sign_in(ada.client, ada.email)
    later = await refresh(ada)
    assert (await later.post("/api/auth/logout")).status_code == 204
    await assert_ended(ada)
    await assert_ended(later)
    padded = Account(ada.client, "", f"{later.access_token}=", f"{later.refresh_token}=")
    await assert_ended(padded)
    assert await is_signed_in(elsewhere)


async def test_signing_out_everywhere_ends_all_of_ones_own_sessions(
    ada: Account, bob: Account
) -> None:
    elsewhere = await sign_in(ada.client, ada.email)
    key = {"Idempotency-Key": "once"}
    assert (await ada.post("/api/auth/logout-all", headers=key)).status_code == 204
    await assert_ended(ada)
    await assert_ended(elsewhere)
    assert await is_signed_in(bob)


async def test_a_new_password_ends_all_other_sessions(ada: Account) -> None:
    elsewhere = await sign_in(ada.client, ada.email)
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert (await ada.post("/api/auth/change-password", json=body)).status_code == 204
    await assert_ended(elsewhere)
    assert await is_signed_in(await refresh(ada))
    old = {"email": ada.email, "password": PASSWORD}
    assert_problem(await ada.client.post("/api/auth/login", json=old), 401)
    await sign_in(ada.client, ada.email, NEW_PASSWORD)


@pytest.mark.parametrize(
    ("current", "new", "status"),
    [
        ("not the right password", NEW_PASSWORD, 403),
        ("", NEW_PASSWORD, 422),
        (PASSWORD, "short7!", 422),
        (PASSWORD, "passwordpassword", 422),
        (PASSWORD, "my adalovelace word", 422),
    ],
)
async def test_a_password_changes_only_by_its_rules(
    client: AsyncClient, current: str, new: str, status: int
) -> None:
    ada = await register(client, "adalovelace@example.com")
    elsewhere = await sign_in(client, ada.email)
    body = {"current_password": current, "new_password": new}
    assert_problem(await ada.post("/api/auth/change-password", json=body), status)
    assert await is_signed_in(elsewhere)
    await sign_in(client, ada.email)
