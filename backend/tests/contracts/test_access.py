"""Who may see what: every operation, tried without a token and by a stranger (T1 to T5)."""

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import ASGITransport, AsyncClient, Response
from sqlalchemy import text

from app.catalog import CATALOGUE
from app.database import Database
from app.schemas.fhir import FHIR_JSON
from app.services.import_work import ImportWork
from app.services.job_work import JobWork
from app.utils.security import Tokens
from tests.authenticator import Authenticator
from tests.conftest import SECRET
from tests.contracts.test_openapi import DOCUMENT, OPERATIONS, Operation, resolved
from tests.contracts.trackers import TRACKERS, TrackerCase
from tests.people import PASSWORD, Account, sign_in

PUBLIC = {
    "POST /api/auth/register",
    "POST /api/auth/login",
    "POST /api/auth/page/login",
    "POST /api/auth/page/login/passkey",
    "POST /api/auth/login/passkey",
    "POST /api/auth/login/passkey/options",
    "POST /api/auth/refresh",
    "GET /api/metrics",
    "GET /fhir/metadata",
    "GET /healthz",
    "GET /readyz",
}
CANARY = "canary 7f3a9c"
OWNED_TABLES = text(
    "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
    " WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace"
    " AND a.attname = 'user_id' AND NOT a.attisdropped ORDER BY 1"
)
# What everything() leaves empty: test_row_level_security and test_two_factor write there.
EMPTY = {"idempotency_keys", "recovery_codes", "totp_secrets"}
Make = Callable[[Account], Awaitable[str]]


def entry_in(tracker: TrackerCase) -> Make:
    async def make(owner: Account) -> str:
        answer = await owner.post(tracker.path, json=tracker.example(notes=CANARY))
        return str(answer.json()["id"])

    return make


async def finding(owner: Account) -> str:
    """A resting pulse that rises by half after twenty equal days."""
    today = dt.datetime.now(dt.UTC).date()
    pulses = [
        {"date": f"{today - dt.timedelta(ago)}", "time_of_day": "morning", "resting_heart_rate": 60}
        for ago in range(20)
    ]
    pulses[0] |= {"resting_heart_rate": 90, "notes": CANARY}
    await owner.post("/api/vitals/bulk", json=pulses)
    found = await owner.post("/api/anomalies/detect", json={"first": f"{today}"})
    return str(found.json()["findings"][0]["id"])


async def passkey(owner: Account) -> str:
    begun = await owner.post("/api/auth/me/passkeys/options", json={"password": PASSWORD})
    credential = Authenticator().create(begun.json()["options"])
    body = {"name": CANARY, "credential": credential}
    return str((await owner.post("/api/auth/me/passkeys", json=body)).json()["id"])


async def batch(owner: Account) -> str:
    return str((await owner.post("/api/mock/generate", json={"days": 2})).json()["id"])


async def episode(owner: Account) -> str:
    await finding(owner)
    return str((await owner.get("/api/episodes")).json()["items"][0]["id"])


async def tag(owner: Account) -> str:
    body = {"kind": "travel", "first": "2026-03-10", "last": "2026-03-12", "note": CANARY}
    return str((await owner.post("/api/tags", json=body)).json()["id"])


async def session_elsewhere(owner: Account) -> str:
    elsewhere = await sign_in(owner.client, owner.email)
    return str(Tokens(SECRET).read_access(elsewhere.access_token).session_id)


async def job(owner: Account) -> str:
    """An export that a worker has made, whose archive its owner may fetch."""
    made = await owner.post("/api/jobs/export", json={"password": PASSWORD})
    assert made.status_code == 202, made.text
    await JobWork(database_of(owner), CATALOGUE).do(await id_of(owner), UUID(made.json()["id"]))
    return str(made.json()["id"])


async def webhook(owner: Account) -> str:
    """A webhook with a delivery, whose address holds the canary."""
    url = f"https://hooks.example.com/{CANARY.replace(' ', '-')}"
    made = await owner.post("/api/webhooks", json={"url": url})
    await owner.post(f"/api/webhooks/{made.json()['id']}/test")
    return str(made.json()["id"])


async def service(owner: Account) -> str:
    body = {"url": "ntfys://ntfy.example.com/canary"}
    return str((await owner.post("/api/notifications/services", json=body)).json()["id"])


async def patient(owner: Account) -> str:
    return str(await id_of(owner))


async def observation(owner: Account) -> str:
    """A temperature, as FHIR names it."""
    await owner.post("/api/vitals", json={"time_of_day": "night", "body_temperature": 36.5})
    found = await owner.get("/fhir/Observation", params={"code": "8310-5"})
    return str(found.json()["entry"][0]["resource"]["id"])


def database_of(owner: Account) -> Database:
    transport = owner.client._transport
    assert isinstance(transport, ASGITransport)
    database: Database = transport.app.state.database  # type: ignore[attr-defined]
    return database


async def brought(owner: Account) -> str:
    """A file that has been read and can be stored; another like it has been."""
    user_id, work = await id_of(owner), ImportWork(database_of(owner), CATALOGUE)
    lines = [
        f"2026-03-12 {hour:02}:00,{70.5 if hour < 10 else 7_000},{CANARY}" for hour in range(11)
    ]
    table = "\n".join(["date,weight (kg),source", *lines]).encode()
    for again in (False, True):
        options = {"day_first": True}
        announced = {"name": CANARY, "bytes": len(table), "options": options}
        made = (await owner.post("/api/imports", json=announced)).json()
        path = f"/api/imports/{made['id']}"
        assert (await owner.put(f"{path}/content", content=table)).status_code == 200
        await work.read(user_id, UUID(made["id"]))
        if not again:
            assert (await owner.post(f"{path}/commit", json={})).status_code == 202
            await work.commit(user_id, UUID(made["id"]))
    return str(made["id"])


async def held(owner: Account) -> str:
    """A reading of the file above that cannot be."""
    await brought(owner)
    return str((await owner.get("/api/readings/held")).json()["items"][0]["id"])


async def template(owner: Account) -> str:
    """What was said about the file above."""
    await brought(owner)
    return str((await owner.get("/api/imports/templates")).json()["items"][0]["id"])


# How to make the thing that a path names. An operation whose path is not here fails below.
RECIPES: Mapping[str, Make] = {
    **{f"{tracker.path}/{{entry_id}}": entry_in(tracker) for tracker in TRACKERS},
    "/api/anomalies/{anomaly_id}": finding,
    "/api/episodes/{episode_id}": episode,
    "/api/batches/{batch_id}": batch,
    "/api/imports/{import_id}": brought,
    "/api/imports/templates/{template_id}": template,
    "/api/jobs/{job_id}": job,
    "/api/readings/held/{held_id}": held,
    "/api/tags/{tag_id}": tag,
    "/api/auth/me/passkeys/{passkey_id}": passkey,
    "/api/auth/sessions/{session_id}": session_elsewhere,
    "/api/webhooks/{channel_id}": webhook,
    "/api/notifications/{channel_id}": service,
    "/fhir/Patient/{patient_id}": patient,
    "/fhir/Observation/{observation_id}": observation,
}

not_public = pytest.mark.parametrize(
    "operation", [o for o in OPERATIONS if str(o) not in PUBLIC], ids=str
)
with_id = pytest.mark.parametrize("operation", [o for o in OPERATIONS if "{" in o.path], ids=str)


def recipe_for(operation: Operation) -> Make:
    path = operation.path[: operation.path.rindex("}") + 1]
    assert path in RECIPES, f"{operation}: say in RECIPES how to make one, so that this is tried"
    return RECIPES[path]


def without_request_id(answer: Response) -> tuple[int, dict[str, str], dict[str, Any]]:
    headers = {k: v for k, v in answer.headers.items() if k not in ("x-request-id", "date")}
    body = answer.json()
    told = body.pop("id" if headers["content-type"] == FHIR_JSON else "request_id")
    assert told == answer.headers["x-request-id"]
    return answer.status_code, headers, body


async def id_of(account: Account) -> UUID:
    return UUID((await account.get("/api/auth/me")).json()["id"])


async def rows_of(database: Database, user_id: UUID) -> dict[str, str]:
    """A digest of everything that the user has in any table but the audit trail, which grows with
    what is refused."""
    async with database.session(user_id) as session:
        tables = (await session.scalars(OWNED_TABLES)).all()
        digest = "SELECT md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) FROM {} t"
        return {
            table: str(await session.scalar(text(digest.format(table))))
            for table in (*tables, "users")
            if table != "audit_events"
        }


def test_public_operations_are_those_that_are_meant_to_be() -> None:
    assert {str(operation) for operation in OPERATIONS if operation.is_public} == PUBLIC


@not_public
async def test_t5_it_needs_a_token(operation: Operation, client: AsyncClient) -> None:
    forms = (
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer x.y.z",
        "Basic YTpi",
        "Bearer \x01",
        "Bearer " * 9,
    )
    for authorization in forms:
        headers = {} if authorization is None else {"Authorization": authorization}
        answer = await client.request(
            operation.method,
            operation.at(uuid4()),
            json=operation.example(),
            params=operation.needed_query(),
            headers=headers,
        )
        assert answer.status_code == 401, authorization
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == operation.failures_kind


@not_public
async def test_without_a_token_no_body_is_looked_at(
    operation: Operation, client: AsyncClient
) -> None:
    json, broken = "application/json", (b"{", b"[" * 100_000, b"\xff\xfe\x00")
    bodies = [*((content, json) for content in broken), (b"{}", "text/plain"), (b"", "")]
    for content, kind in bodies:
        for token in ({}, {"Authorization": "Bearer x.y.z"}):
            path, headers = operation.at(uuid4()), token | {"Content-Type": kind}
            answer = await client.request(operation.method, path, content=content, headers=headers)
            assert answer.status_code == 401, (content[:9], kind)
            assert answer.headers["www-authenticate"] == "Bearer"


@with_id
async def test_t3_a_strangers_id_is_like_one_that_never_was(
    operation: Operation, ada: Account, bob: Account, database: Database
) -> None:
    identifier = await recipe_for(operation)(ada)
    path = operation.path[: operation.path.rindex("}") + 1]
    before = await rows_of(database, await id_of(ada))

    async def call(who: Account, which: object) -> Response:
        body = operation.example()
        return await who.request(operation.method, operation.at(which), json=body)

    if any(str(o) == f"GET {path}" for o in OPERATIONS):  # so that a cache would hold it
        before_it, found, _ = operation.at(identifier).partition(identifier)
        assert (await ada.get(before_it + found)).is_success
    strangers, nobodys = await call(bob, identifier), await call(bob, uuid4())
    assert strangers.status_code == 404
    assert strangers.headers["content-type"] == operation.failures_kind
    assert without_request_id(strangers) == without_request_id(nobodys)
    assert await rows_of(database, await id_of(ada)) == before
    assert (await call(ada, identifier)).is_success


async def everything(owner: Account) -> list[str]:
    return [await make(owner) for make in dict.fromkeys(RECIPES.values())]


async def test_reading_shows_nothing_of_others_and_changes_nothing(
    ada: Account, bob: Account, database: Database
) -> None:
    private = [CANARY, str(await id_of(ada)), ada.email, *await everything(ada)]
    before = await rows_of(database, await id_of(ada))
    for operation in OPERATIONS:
        if operation.method != "GET" or "{" in operation.path:
            continue
        query = operation.needed_query()
        own = await ada.get(operation.path, params=query)
        strangers = await bob.get(operation.path, params=query)
        assert (own.status_code, strangers.status_code) == (200, 200), operation
        assert not [secret for secret in private if secret in strangers.text], operation
    assert await rows_of(database, await id_of(ada)) == before


async def test_a_stranger_who_tries_everything_changes_nothing(
    ada: Account, bob: Account, database: Database
) -> None:
    await everything(ada)
    before = await rows_of(database, await id_of(ada))
    for operation in OPERATIONS:
        if operation.method != "GET" and not operation.path.startswith("/api/auth/"):
            body = operation.example()
            await bob.request(operation.method, operation.at(uuid4()), json=body)
    assert await rows_of(database, await id_of(ada)) == before
    empty = before["idempotency_keys"]
    assert {table for table, digest in before.items() if digest == empty} == EMPTY


def test_t2_no_body_refers_to_another_row() -> None:
    """Once one does, its owner must be checked, and the matrix above must try it (T2)."""

    def ids_in(schema: dict[str, Any], name: str) -> list[str]:
        schema = resolved(schema)
        parts = {**schema.get("properties", {}), "[]": schema.get("items", {})}
        parts |= {f"|{n}": part for n, part in enumerate(schema.get("anyOf", ()))}
        deeper = [ids_in(part, f"{name}.{key}") for key, part in parts.items() if part]
        own = [name] if schema.get("format") == "uuid" else []
        return own + [found for found_in in deeper for found in found_in]

    bodies = [(str(o), schema) for o in OPERATIONS for schema in o.bodies.values()]
    assert [found for name, schema in bodies for found in ids_in(schema, name)] == []


def test_t2_no_query_refers_to_another_row() -> None:
    queries = [p for o in OPERATIONS for p in o.parameters if p["in"] != "path"]
    assert [p["name"] for p in queries if resolved(p["schema"]).get("format") == "uuid"] == []


def test_t4_answers_hold_no_secrets() -> None:
    """Nothing that checks a password or ends a session is in any schema that is given (T4)."""
    secret = {"hashed_password", "password_hash", "token_hash", "user_id", "external_id"}
    given = {
        name: schema
        for name, schema in DOCUMENT["components"]["schemas"].items()
        if not name.endswith("In")
    }
    assert {n: secret & set(s.get("properties", {})) for n, s in given.items()} == {
        name: set() for name in given
    }
