"""A repeated request is carried out once (T23)."""

import asyncio
import datetime as dt
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import func, select, text, update

from app.database import Database
from app.models import IdempotencyKey
from app.services.idempotency import KEPT_FOR
from tests.contracts.test_access import recipe_for
from tests.contracts.test_openapi import OPERATIONS, Operation
from tests.contracts.trackers import TRACKERS, TrackerCase
from tests.people import Account, register, sign_in

NO_KEY = {
    # nobody is signed in yet, and the answers hold tokens, which are stored nowhere
    "POST /api/auth/register",
    "POST /api/auth/login",
    "POST /api/auth/refresh",
    # a key keeps a digest of the body, and this body is two passwords
    "POST /api/auth/change-password",
    # the password, and secrets that are shown once
    "POST /api/auth/me/totp",
    "POST /api/auth/me/totp/confirm",
    # a challenge is good for one use, which does what a key does
    "POST /api/auth/login/passkey",
    "POST /api/auth/login/passkey/options",
    "POST /api/auth/me/passkeys",
    "POST /api/auth/me/passkeys/options",
    # the password, and all that is kept of a person
    "POST /api/export",
    "POST /api/jobs/export",
    # signing in and out by a cookie, which is stored nowhere; the second time changes nothing
    "POST /api/auth/page/login",
    "POST /api/auth/page/login/passkey",
    "POST /api/auth/page/logout",
    # secrets: the answer's, which is shown once, or the body's
    "POST /api/webhooks",
    "POST /api/notifications/push",
    "POST /api/notifications/services",
    # sends what says nothing
    "POST /api/webhooks/{channel_id}/test",
    "POST /api/notifications/{channel_id}/test",
    # finds the account no longer empty when it comes again
    "POST /api/import/vitaliq",
    "POST /api/jobs/import/vitaliq",
}
POSTS = [o for o in OPERATIONS if o.method == "POST"]
CREATIONS = [o for o in POSTS if str(o) not in NO_KEY]
KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
NUTRITION = TRACKERS[0]


@pytest.fixture(params=TRACKERS, ids=lambda case: case.key)
def tracker(request: pytest.FixtureRequest) -> TrackerCase:
    case: TrackerCase = request.param
    return case


async def count(account: Account, tracker: TrackerCase) -> int:
    return len((await account.get(tracker.path)).json()["items"])


def told(answer: Response) -> tuple[int, bytes]:
    return answer.status_code, answer.content


@pytest.mark.parametrize("operation", POSTS, ids=str)
def test_it_is_documented(operation: Operation) -> None:
    header = [p for p in operation.parameters if p["name"].lower() == "idempotency-key"]
    assert bool(header) == (str(operation) not in NO_KEY)
    for parameter in header:
        assert (parameter["in"], parameter["required"]) == ("header", False)
        assert parameter["description"]


@pytest.mark.parametrize("operation", CREATIONS, ids=str)
async def test_the_same_again_gives_the_first_answer(operation: Operation, ada: Account) -> None:
    path = operation.path
    if "{" in path:
        path = operation.at(await recipe_for(operation)(ada))

    async def send() -> Response:
        return await ada.post(path, json=operation.example(), headers=KEY)

    first = await send()
    assert first.is_success, first.text
    if operation.path.startswith("/api/auth/logout"):
        assert (await send()).status_code == 401
        return
    again = [await send() for _ in range(2)]
    assert [told(answer) for answer in again] == [told(first)] * 2
    for answer in again:
        assert answer.headers["idempotent-replayed"] == "true"
        for name in ("content-type", "etag"):
            assert answer.headers.get(name) == first.headers.get(name)
    assert "idempotent-replayed" not in first.headers


async def test_a_replayed_entry_has_the_etag_it_was_given(
    tracker: TrackerCase, ada: Account
) -> None:
    sent = {"json": tracker.example(), "headers": KEY}
    first, again = [await ada.post(tracker.path, **sent) for _ in range(2)]
    assert again.headers["etag"] == first.headers["etag"]
    path = f"{tracker.path}/{again.json()['id']}"
    guarded = {"json": tracker.example(), "headers": {"If-Match": again.headers["etag"]}}
    assert (await ada.put(path, **guarded)).is_success


async def test_it_is_stored_once(tracker: TrackerCase, ada: Account) -> None:
    for _ in range(3):
        await ada.post(tracker.path, json=tracker.example(), headers=KEY)
    assert await count(ada, tracker) == 1
    for _ in range(3):
        bulk = [tracker.example(), tracker.smallest]
        await ada.post(f"{tracker.path}/bulk", json=bulk, headers={"Idempotency-Key": "2"})
    assert await count(ada, tracker) == 3


async def test_a_key_is_for_one_request(tracker: TrackerCase, ada: Account) -> None:
    await ada.post(tracker.path, json=tracker.example(), headers=KEY)
    others: tuple[tuple[str, Any], ...] = (
        (tracker.path, tracker.smallest),
        (f"{tracker.path}?x=1", tracker.example()),
        (f"{tracker.path}/bulk", [tracker.example()]),
        ("/api/anomalies/detect", {}),
    )
    for path, body in others:
        answer = await ada.post(path, json=body, headers=KEY)
        assert answer.status_code == 422, path
        assert answer.json()["errors"][0]["loc"] == ["header", "Idempotency-Key"]
    assert await count(ada, tracker) == 1


async def test_a_key_belongs_to_its_user(tracker: TrackerCase, ada: Account, bob: Account) -> None:
    answers = [
        await who.post(tracker.path, json=tracker.example(), headers=KEY) for who in (ada, bob)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] != answers[1].json()["id"]
    assert [await count(who, tracker) for who in (ada, bob)] == [1, 1]


async def test_a_key_outlives_the_session(ada: Account) -> None:
    first = await ada.post(NUTRITION.path, json=NUTRITION.example(), headers=KEY)
    later = await sign_in(ada.client, ada.email)
    again = await later.post(NUTRITION.path, json=NUTRITION.example(), headers=KEY)
    assert told(again) == told(first)


async def test_a_replay_needs_a_token(ada: Account) -> None:
    await ada.post(NUTRITION.path, json=NUTRITION.example(), headers=KEY)
    answer = await ada.client.post(NUTRITION.path, json=NUTRITION.example(), headers=KEY)
    assert answer.status_code == 401


async def test_t23_parallel_repetitions_are_carried_out_once(live_client: AsyncClient) -> None:
    eve = await register(live_client, "eve@example.com")
    for tracker in TRACKERS:
        sent = {"json": tracker.example(), "headers": KEY | {"Idempotency-Key": tracker.key}}
        answers = await asyncio.gather(*(eve.post(tracker.path, **sent) for _ in range(10)))
        assert {told(answer) for answer in answers} == {(201, answers[0].content)}
        assert await count(eve, tracker) == 1


async def test_a_refused_request_does_not_burn_its_key(tracker: TrackerCase, ada: Account) -> None:
    column = tracker.quantities[0].column
    refused = await ada.post(tracker.path, json=tracker.with_value(column, -1), headers=KEY)
    assert refused.status_code == 422
    atomic = f"{tracker.path}/bulk?atomic=true"
    refused = await ada.post(atomic, json=[tracker.with_value(column, -1)], headers=KEY)
    assert refused.status_code == 422
    answer = await ada.post(tracker.path, json=tracker.example(), headers=KEY)
    assert answer.status_code == 201
    assert "idempotent-replayed" not in answer.headers


async def test_a_request_that_the_database_refused_does_not_burn_its_key(
    live_client: AsyncClient, live_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    eve = await register(live_client, "eve@example.com")
    sent = {"json": NUTRITION.example(), "headers": KEY}
    with monkeypatch.context() as patch:
        patch.setattr("app.services.entries.derive", lambda *_: {"calories": -1})
        assert (await eve.post(NUTRITION.path, **sent)).status_code >= 400
    assert (await eve.post(NUTRITION.path, **sent)).status_code == 201
    assert await count(eve, NUTRITION) == 1


async def test_expired_keys_are_forgotten(ada: Account, database: Database) -> None:
    user_id = UUID((await ada.get("/api/auth/me")).json()["id"])

    async def send_after(age: dt.timedelta, key: str) -> UUID:
        async with database.session(user_id) as session:
            await session.execute(update(IdempotencyKey).values(created_at=func.now() - age))
        headers = {"Idempotency-Key": key}
        answer = await ada.post(NUTRITION.path, json=NUTRITION.example(), headers=headers)
        return UUID(answer.json()["id"])

    second = dt.timedelta(seconds=1)
    first = await send_after(second, "a")
    assert await send_after(KEPT_FOR - second, "a") == first
    await send_after(KEPT_FOR + second, "b")
    async with database.session(user_id) as session:
        assert list(await session.scalars(select(IdempotencyKey.key))) == ["b"]
    assert await send_after(second, "a") != first
    assert dt.timedelta(hours=24) == KEPT_FOR


@pytest.mark.parametrize("key", ["", "x" * 201, "\u00e4" * 3], ids=["empty", "long", "latin-1"])
async def test_odd_keys_do_no_harm(key: str, ada: Account) -> None:
    headers = {"Idempotency-Key": key.encode("latin-1")}
    answer = await ada.post(NUTRITION.path, json=NUTRITION.example(), headers=headers)
    assert answer.status_code == (422 if len(key) != 3 else 201)
    assert await count(ada, NUTRITION) == (0 if len(key) != 3 else 1)


async def test_only_a_digest_of_the_body_is_kept(ada: Account, database: Database) -> None:
    await ada.post(NUTRITION.path, json=NUTRITION.example(notes="canary 7f3a9c"), headers=KEY)
    async with database.session(UUID((await ada.get("/api/auth/me")).json()["id"])) as session:
        (row,) = (await session.execute(text("SELECT fingerprint FROM idempotency_keys"))).all()
    assert len(row.fingerprint) == 32
