"""Making an account and signing in (T4, T13, T14, T43)."""

import datetime as dt
import json
from collections.abc import AsyncIterator
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from argon2 import PasswordHasher
from httpx import AsyncClient, Response
from sqlalchemy import text

from app.config import Settings
from app.database import Database
from tests.conftest import client_of
from tests.people import PASSWORD, Account, register, sign_in

REGISTER = "/api/auth/register"
LOGIN = "/api/auth/login"
ME = "/api/auth/me"
FORM = "application/x-www-form-urlencoded"


def assert_problem(answer: Response, status: int) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert ("www-authenticate" in answer.headers) == (status == 401)


async def post_login(client: AsyncClient, body: str | bytes, kind: str) -> Response:
    return await client.post(LOGIN, content=body, headers={"Content-Type": kind})


@pytest.fixture
async def closed(database: Database) -> AsyncIterator[AsyncClient]:
    """A server where nobody can sign up."""
    settings = Settings(_env_file=None, registration_enabled=False)
    async with client_of(database, settings) as client:
        yield client


async def test_a_new_account_answers_with_its_profile(client: AsyncClient) -> None:
    profile = {
        "name": "Robin",
        "date_of_birth": "1980-02-29",
        "timezone": "Europe/Berlin",
        "height_cm": 172.5,
        "sex": "other",
    }
    body = {"email": " Robin@Example.COM ", "password": PASSWORD} | profile
    answer = await client.post(REGISTER, json=body)
    assert answer.status_code == 201
    made = answer.json()
    assert made | profile == made
    assert made["email"] == "robin@example.com"
    assert set(made) == {
        *("id", "email", "ai_consent", "ai_consent_at", "ai_notes_allowed"),
        *("created_at", "updated_at", "preferences"),
        *profile,
    }
    assert made["ai_consent"] is False
    assert "$argon2" not in answer.text


async def test_what_is_not_said_is_unknown(client: AsyncClient) -> None:
    answer = await client.post(REGISTER, json={"email": "you@example.com", "password": PASSWORD})
    assert answer.json()["timezone"] == "UTC"
    assert [answer.json()[field] for field in ("name", "date_of_birth", "height_cm", "sex")] == (
        [None] * 4
    )


async def test_an_address_has_one_account_in_whatever_case(ada: Account) -> None:
    body = {"email": "ADA@EXAMPLE.COM", "password": PASSWORD}
    assert_problem(await ada.client.post(REGISTER, json=body), 409)
    assert (await ada.get(ME)).status_code == 200


@pytest.mark.parametrize(
    "extra",
    [
        {"id": "0199b0b4-5a1e-7b2c-8f6e-2d9c1f1f3a77"},
        {"is_admin": True},
        {"hashed_password": "x"},
        {"ai_consent_at": "2026-01-01T00:00:00Z"},
        {"email": "no address"},
        {"email": "x" * 400 + "@example.com"},
        {"email": "nul\0@example.com"},
        {"email": None},
        {"timezone": "Mars/Olympus"},
        {"timezone": "../../etc/passwd"},
        {"timezone": ""},
        {"timezone": None},
        {"timezone": "Europe"},
        {"date_of_birth": "1899-12-31"},
        {"date_of_birth": "2099-01-01"},
        {"height_cm": 17},
        {"height_cm": "172"},
        {"height_cm": 1e400},
        {"sex": "unknown"},
        {"name": "nul\0"},
        {"name": " "},
        {"password": "short7!"},
        {"password": "x" * 14},
        {"password": "grey heron " * 25},
        {"password": "passwordpassword"},
        {"password": "123456789012345"},
        {"password": "somebody1 lives here"},
        {"password": "vitaliq for everyone"},
        {"password": None},
    ],
    ids=str,
)
async def test_misfits_are_refused_without_being_repeated(
    client: AsyncClient, extra: dict[str, object]
) -> None:
    body = {"email": "somebody1@example.com", "password": PASSWORD} | extra
    text_of_body = json.dumps(body)
    answer = await client.post(
        REGISTER, content=text_of_body, headers={"Content-Type": "application/json"}
    )
    assert_problem(answer, 422)
    (error,) = answer.json()["errors"]
    assert error["loc"] == ["body", *extra]
    assert str(body["password"]) not in answer.text


async def test_a_password_may_hold_anything_and_nothing_is_cut_off(client: AsyncClient) -> None:
    password = "  \N{SNOWMAN} шесть \0 " + "\N{GRINNING FACE}" * 60 + "é "
    body = {"email": "you@example.com", "password": password}
    assert (await client.post(REGISTER, json=body)).status_code == 201
    assert (await client.post(LOGIN, json=body)).status_code == 200
    for wrong in (password.strip(), password[:-2], password.upper()):
        answer = await client.post(LOGIN, json=body | {"password": wrong})
        assert answer.status_code == 401


@pytest.mark.real_hashing
async def test_a_password_is_kept_as_argon2id(client: AsyncClient, database: Database) -> None:
    await register(client, "you@example.com")
    kept = await _hash_of(database, "you@example.com")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_where_sign_up_is_closed_nobody_gets_an_account(closed: AsyncClient) -> None:
    body = {"email": "you@example.com", "password": PASSWORD}
    assert_problem(await closed.post(REGISTER, json=body), 403)
    assert_problem(await closed.post(LOGIN, json=body), 401)


@pytest.mark.parametrize(
    ("zone", "tomorrow_allowed"), [("Pacific/Kiritimati", True), ("Pacific/Midway", False)]
)
async def test_a_birth_lies_not_in_the_future_where_the_person_is(
    client: AsyncClient, zone: str, tomorrow_allowed: bool
) -> None:
    there = dt.datetime.now(ZoneInfo("Pacific/Kiritimati")).date()
    body = {"email": "you@example.com", "password": PASSWORD, "timezone": zone}
    answer = await client.post(REGISTER, json=body | {"date_of_birth": str(there)})
    assert answer.status_code == (201 if tomorrow_allowed else 422)


async def test_signing_in_takes_json_and_the_oauth2_form(ada: Account) -> None:
    form = {"username": "Ada@example.com", "password": PASSWORD, "grant_type": "password"}
    by_form = await ada.client.post(LOGIN, data=form)
    by_json = await ada.client.post(LOGIN, json={"email": ada.email, "password": PASSWORD})
    for answer in (by_form, by_json):
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        tokens = answer.json()
        assert set(tokens) == {"access_token", "token_type", "expires_in", "refresh_token"}
        assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 900)
        me = await ada.client.get(ME, headers={"Authorization": f"Bearer {tokens['access_token']}"})
        assert me.json()["email"] == ada.email


async def test_the_docs_know_both_ways_of_signing_in(client: AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    content = document["paths"][LOGIN]["post"]["requestBody"]["content"]
    assert set(content["application/json"]["schema"]["properties"]) == {
        *("email", "password", "code"),
    }
    assert set(content[FORM]["schema"]["properties"]) == {
        *("username", "password", "client_secret"),
    }
    flows = document["components"]["securitySchemes"]["OAuth2PasswordBearer"]["flows"]
    assert flows["password"]["tokenUrl"] == LOGIN


async def test_a_wrong_password_and_an_unknown_account_look_alike(ada: Account) -> None:
    answers = [
        await ada.client.post(LOGIN, json={"email": email, "password": "not the right password"})
        for email in (ada.email, "nobody@example.com")
    ]
    bodies = []
    for answer in answers:
        assert_problem(answer, 401)
        bodies.append({k: v for k, v in answer.json().items() if k != "request_id"})
    assert bodies[0] == bodies[1]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"email": "you@example.com", "password": "x"}', "text/plain"),
        ('{"email": "you@example.com", "password": "x"}', ""),
        ("username=you@example.com&password=x", "multipart/form-data; boundary=x"),
        ("username=you@example.com&password=x", "application/json"),
        ("[" * 19_000, "application/json"),
        (b"\xff\xfe\x00", "application/json"),
        ('{"email": "you@example.com", "password": "\\ud800"}', "application/json"),
        ('{"email": "you@example.com", "password": "x", "id": 1}', "application/json"),
        ('{"email": "you@example.com"}', "application/json"),
        ('{"email": ["you@example.com"], "password": {}}', "application/json"),
        ('{"email": "you@example.com", "password": "%s"}' % ("x" * 19_000), "application/json"),
        ("null", "application/json"),
        ("", "application/json"),
        ("", FORM),
        ("username=you@example.com", FORM),
        ("username=&password=", FORM),
        (b"username=\xff&password=\xff", FORM),
        ("username=you%40example.com&password=%ff", FORM),
        ("&".join(f"a{i}=1" for i in range(2_000)), FORM),
        ("username=you@example.com&password=x" + "&" * 5_000, FORM),
    ],
)
async def test_other_bodies_are_refused(client: AsyncClient, body: str | bytes, kind: str) -> None:
    assert_problem(await post_login(client, body, kind), 422)


@pytest.mark.parametrize("path", [LOGIN, REGISTER, "/api/auth/refresh"])
async def test_a_body_too_large_is_not_read(client: AsyncClient, path: str) -> None:
    answer = await client.post(path, json={"password": "x" * 6_000_000})
    assert_problem(answer, 413)


@pytest.mark.real_hashing
async def test_an_old_hash_is_renewed_at_the_next_sign_in(
    client: AsyncClient, database: Database
) -> None:
    ada = await register(client, "ada@example.com")
    weak = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    user_id = UUID((await ada.get(ME)).json()["id"])
    async with database.session(user_id) as session:
        await session.execute(text("UPDATE users SET hashed_password = :weak"), {"weak": weak})
    await sign_in(client, ada.email)
    renewed = await _hash_of(database, ada.email)
    assert renewed != weak
    await sign_in(client, ada.email)
    assert await _hash_of(database, ada.email) == renewed


async def _hash_of(database: Database, email: str) -> str:
    async with database.session() as session:
        hashed: str = await session.scalar(
            text("SELECT hashed_password FROM app.credentials(:email)"), {"email": email}
        )
    return hashed
