"""Passkeys: a complete sign-in, for the page and the person that they were made for (T16, T10)."""

import asyncio

import pyotp
import pytest
from httpx import AsyncClient, Response
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.config import Settings
from app.database import Database
from app.migrations import owner_engine
from app.postgres import DatabaseUrls
from app.services.challenges import LIFETIME
from app.services.passkeys import MOST
from tests.authenticator import ORIGIN, Authenticator, Json, packed, unpacked
from tests.conftest import client_of
from tests.contracts.test_access import id_of
from tests.people import PASSWORD, Account, register
from tests.routers.test_auth import LOGIN, assert_problem
from tests.routers.test_auth_sessions import assert_ended, claims_of, is_signed_in, refresh
from tests.security.test_two_factor import CONFIRM, TOTP

PASSKEYS, BEGIN = "/api/auth/me/passkeys", "/api/auth/me/passkeys/options"
SIGN_IN, BEGIN_SIGN_IN = "/api/auth/login/passkey", "/api/auth/login/passkey/options"


async def creation_options(account: Account) -> Json:
    answer = await account.post(BEGIN, json={"password": PASSWORD})
    assert answer.status_code == 200, answer.text
    options: Json = answer.json()["options"]
    return options


async def post_new(account: Account, credential: Json, name: str = "Phone") -> Response:
    return await account.post(PASSKEYS, json={"name": name, "credential": credential})


async def add(account: Account, device: Authenticator, name: str = "Phone") -> Json:
    """A passkey in the device, which the account knows."""
    answer = await post_new(account, device.create(await creation_options(account)), name)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


async def request_options(client: AsyncClient) -> Json:
    options: Json = (await client.post(BEGIN_SIGN_IN)).json()["options"]
    return options


async def post_signed(client: AsyncClient, credential: Json) -> Response:
    return await client.post(SIGN_IN, json={"credential": credential})


async def try_to_sign_in(client: AsyncClient, device: Authenticator) -> Response:
    return await post_signed(client, device.get(await request_options(client)))


async def sign_in(client: AsyncClient, device: Authenticator) -> Account:
    answer = await try_to_sign_in(client, device)
    assert answer.status_code == 200, answer.text
    tokens = answer.json()
    return Account(client, "", tokens["access_token"], tokens["refresh_token"])


async def events(account: Account, kind: str) -> list[Json]:
    trail = (await account.get("/api/audit")).json()["items"]
    return [event for event in trail if event["kind"] == kind]


@pytest.fixture
def device() -> Authenticator:
    return Authenticator()


async def test_a_passkey_signs_in_without_an_address(ada: Account, device: Authenticator) -> None:
    made = await add(ada, device)
    assert (made["name"], made["last_used_at"]) == ("Phone", None)
    there = await sign_in(ada.client, device)
    assert (await there.get("/api/auth/me")).json()["email"] == ada.email
    assert claims_of(there).session_id != claims_of(ada).session_id
    assert await is_signed_in(await refresh(there))
    assert (await there.post("/api/auth/logout-all")).status_code == 204
    await assert_ended(there)
    await assert_ended(ada)


async def test_the_options_ask_for_what_makes_two_factors(
    ada: Account, device: Authenticator
) -> None:
    making = await creation_options(ada)
    assert making["rp"] == {"name": "VitalIQ", "id": "localhost"}
    assert unpacked(making["user"]["id"]) == (await id_of(ada)).bytes
    assert making["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    assert (making["attestation"], making["excludeCredentials"]) == ("none", [])
    await add(ada, device)
    (known,) = (await creation_options(ada))["excludeCredentials"]
    assert unpacked(known["id"]) == device.keys[0].credential_id
    asking = await request_options(ada.client)
    assert (asking["rpId"], asking["userVerification"]) == ("localhost", "required")
    assert asking["allowCredentials"] == []
    assert len(unpacked(asking["challenge"])) == len(unpacked(making["challenge"])) == 32


async def test_adding_one_asks_for_the_password(ada: Account) -> None:
    assert_problem(await ada.post(BEGIN, json={"password": "not the right password"}), 403)
    assert_problem(await ada.post(BEGIN), 422)
    (refused,) = await events(ada, "passkey_added")
    assert refused["outcome"] == "failure"


async def test_they_are_listed_renamed_and_deleted(
    ada: Account, bob: Account, device: Authenticator
) -> None:
    first, second = await add(ada, device, "Phone"), await add(ada, device, "Key")
    await sign_in(ada.client, device)
    listed = (await ada.get(PASSKEYS)).json()["items"]
    assert [item["name"] for item in listed] == ["Key", "Phone"]
    assert [item["last_used_at"] is None for item in listed] == [False, True]
    path = f"{PASSKEYS}/{first['id']}"
    assert (await ada.patch(path, json={"name": "Old phone"})).json() == first | {
        "name": "Old phone"
    }
    assert_problem(await bob.patch(path, json={"name": "Mine"}), 404)
    assert_problem(await bob.delete(path), 404)
    assert (await ada.delete(path)).status_code == 204
    assert_problem(await ada.delete(path), 404)
    assert [item["id"] for item in (await ada.get(PASSKEYS)).json()["items"]] == [second["id"]]
    assert (await bob.get(PASSKEYS)).json() == {"items": []}


async def test_a_deleted_passkey_signs_nobody_in(ada: Account, device: Authenticator) -> None:
    made = await add(ada, device)
    await ada.delete(f"{PASSKEYS}/{made['id']}")
    assert_problem(await try_to_sign_in(ada.client, device), 401)
    kinds = [(e["kind"], e["outcome"]) for e in (await ada.get("/api/audit")).json()["items"]]
    assert kinds[:3] == [
        ("sign_in", "failure"),
        ("passkey_removed", "success"),
        ("passkey_added", "success"),
    ]


async def test_a_passkey_of_a_deleted_account_signs_nobody_in(
    ada: Account, device: Authenticator
) -> None:
    await add(ada, device)
    await ada.delete("/api/auth/me", json={"password": PASSWORD})
    assert_problem(await try_to_sign_in(ada.client, device), 401)
    await register(ada.client, ada.email)
    assert_problem(await try_to_sign_in(ada.client, device), 401)


async def test_it_is_a_complete_sign_in_where_a_password_needs_a_code(
    ada: Account, device: Authenticator
) -> None:
    await add(ada, device)
    secret = (await ada.post(TOTP, json={"password": PASSWORD})).json()["secret"]
    code = pyotp.TOTP(secret).now()
    assert (await ada.post(CONFIRM, json={"code": code})).status_code == 200
    credentials = {"email": ada.email, "password": PASSWORD}
    assert_problem(await ada.client.post(LOGIN, json=credentials), 401)
    assert await is_signed_in(await sign_in(ada.client, device))


async def test_the_trail_tells_which_passkey_it_was(ada: Account, device: Authenticator) -> None:
    made = await add(ada, device)
    await sign_in(ada.client, device)
    newest = (await events(ada, "sign_in"))[0]
    assert (newest["outcome"], newest["detail"]) == ("success", {"passkey": made["id"]})
    (added,) = await events(ada, "passkey_added")
    assert added["detail"] == {"passkey": made["id"]}


WRONG: dict[str, Json] = {
    "another origin": {"origin": "https://evil.example"},
    "another port": {"origin": "http://localhost:8001"},
    "an origin that begins alike": {"origin": ORIGIN + ".evil.example"},
    "another domain": {"domain": "evil.example"},
    "no user verification": {"verifies_user": False},
    "in a frame of another page": {"client_data": {"crossOrigin": True}},
    "another ceremony": {"client_data": {"type": "payment.get"}},
    "no challenge": {"client_data": {"challenge": ""}},
    "an origin that is a list": {"client_data": {"origin": [ORIGIN]}},
    "a challenge that is a number": {"client_data": {"challenge": 5}},
}
wrong = pytest.mark.parametrize("how", WRONG.values(), ids=list(WRONG))


@wrong
async def test_what_is_wrong_signs_nobody_in(how: Json, ada: Account) -> None:
    device = Authenticator()
    await add(ada, device)
    bad = Authenticator(keys=device.keys, **how)
    answer = await try_to_sign_in(ada.client, bad)
    assert_problem(answer, 401)
    assert "evil" not in answer.text
    assert await is_signed_in(await sign_in(ada.client, device))


@wrong
async def test_what_is_wrong_becomes_no_passkey(how: Json, ada: Account) -> None:
    credential = Authenticator(**how).create(await creation_options(ada))
    answer = await post_new(ada, credential)
    assert_problem(answer, 422)
    assert "evil" not in answer.text
    assert (await ada.get(PASSKEYS)).json() == {"items": []}


async def test_a_challenge_is_good_for_one_use(ada: Account, device: Authenticator) -> None:
    await add(ada, device)
    options = await request_options(ada.client)
    signed = device.get(options)
    assert (await post_signed(ada.client, signed)).status_code == 200
    for again in (signed, device.get(options)):
        assert_problem(await post_signed(ada.client, again), 401)


async def test_a_challenge_is_used_up_by_a_refusal_too(ada: Account, device: Authenticator) -> None:
    await add(ada, device)
    options = await request_options(ada.client)
    careless = Authenticator(keys=device.keys, verifies_user=False)
    assert_problem(await post_signed(ada.client, careless.get(options)), 401)
    assert_problem(await post_signed(ada.client, device.get(options)), 401)


async def test_of_parallel_uses_of_a_challenge_one_succeeds(
    live_client: AsyncClient, device: Authenticator
) -> None:
    ada = await register(live_client, "ada@example.com")
    await add(ada, device)
    signed = device.get(await request_options(live_client))
    answers = await asyncio.gather(*(post_signed(live_client, signed) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 5


async def test_a_challenge_of_ones_own_is_none(ada: Account, device: Authenticator) -> None:
    await add(ada, device)
    made_up = {"challenge": packed(bytes(32)), "rpId": "localhost"}
    assert_problem(await post_signed(ada.client, device.get(made_up)), 401)


async def test_a_challenge_is_for_one_purpose(
    ada: Account, bob: Account, device: Authenticator
) -> None:
    await add(ada, device)
    adding = await creation_options(ada)
    assert_problem(await post_signed(ada.client, device.get({"rpId": "localhost"} | adding)), 401)
    signing_in = adding | await request_options(ada.client)
    assert_problem(await post_new(ada, device.create(signing_in)), 422)
    # Of someone else, whoever they are; and of the same person in a session without the password.
    assert_problem(await post_new(bob, device.create(await creation_options(ada))), 422)
    elsewhere = await sign_in(ada.client, Authenticator(keys=device.keys[:1]))
    assert_problem(await post_new(elsewhere, device.create(await creation_options(ada))), 422)


def let_time_pass(urls: DatabaseUrls) -> None:
    """As if all challenges had been given so long ago."""
    engine = owner_engine(urls.owner)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE passkey_challenges SET expires_at = expires_at - CAST(:t AS interval)"),
            {"t": LIFETIME},
        )
    engine.dispose()


async def test_an_old_challenge_is_none(
    live_client: AsyncClient, live_urls: DatabaseUrls, device: Authenticator
) -> None:
    ada = await register(live_client, "ada@example.com")
    await add(ada, device)
    to_add, to_sign_in = await creation_options(ada), await request_options(live_client)
    let_time_pass(live_urls)
    assert_problem(await post_signed(live_client, device.get(to_sign_in)), 401)
    assert_problem(await post_new(ada, device.create(to_add)), 422)


async def test_old_challenges_are_forgotten(
    live_client: AsyncClient, live_urls: DatabaseUrls
) -> None:
    for _ in range(3):
        await request_options(live_client)
    let_time_pass(live_urls)
    await request_options(live_client)
    engine = owner_engine(live_urls.owner)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM passkey_challenges")).all()
    engine.dispose()
    assert len(rows) == 1


@pytest.mark.parametrize(
    "statement",
    ["SELECT * FROM {}", "DELETE FROM {}", "INSERT INTO {} VALUES ('', now())"],
)
async def test_the_application_cannot_touch_the_challenges(
    database: Database, statement: str
) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with database.session() as session:
            await session.execute(text(statement.format("passkey_challenges")))


async def test_someone_elses_passkey_does_not_open_an_account(
    ada: Account, bob: Account, device: Authenticator
) -> None:
    await add(ada, device)
    adas_key = device.keys[-1]
    await add(bob, device)
    bobs_key = device.keys[-1]
    bobs_key.user_handle, true_handle = adas_key.user_handle, bobs_key.user_handle
    assert_problem(await try_to_sign_in(ada.client, device), 401)
    bobs_key.credential_id = adas_key.credential_id
    assert_problem(await try_to_sign_in(ada.client, device), 401)
    for handle in (b"", b"x", bytes(16), bytes(64)):
        bobs_key.user_handle = handle
        assert (await try_to_sign_in(ada.client, device)).status_code in (401, 422)
    bobs_key.user_handle = true_handle
    assert_problem(await try_to_sign_in(ada.client, device), 401)
    assert await is_signed_in(await sign_in(ada.client, Authenticator(keys=[adas_key])))


async def test_a_counter_that_does_not_go_up_is_refused(
    ada: Account, device: Authenticator
) -> None:
    await add(ada, device)
    (key,) = device.keys
    key.count = 41
    await sign_in(ada.client, device)
    for count in (0, 40, 41):  # it counts before it signs
        key.count = count
        assert_problem(await try_to_sign_in(ada.client, device), 401)
    key.count = 42
    await sign_in(ada.client, device)
    refused = [e for e in await events(ada, "sign_in") if e["outcome"] == "failure"]
    assert [e["detail"] for e in refused] == [{"way": "passkey"}] * 3


async def test_an_authenticator_that_does_not_count_signs_in_again(ada: Account) -> None:
    device = Authenticator(counts=False)
    await add(ada, device)
    for _ in range(2):
        await sign_in(ada.client, device)


async def test_extensions_are_no_hindrance(ada: Account) -> None:
    device = Authenticator(extensions={"credProtect": 2})
    await add(ada, device)
    await sign_in(ada.client, device)


async def test_a_signature_of_other_bytes_is_none(ada: Account, device: Authenticator) -> None:
    await add(ada, device)
    signed = device.get(await request_options(ada.client))
    data = bytearray(unpacked(signed["response"]["authenticatorData"]))
    data[-1] ^= 1
    signed["response"]["authenticatorData"] = packed(bytes(data))
    assert_problem(await post_signed(ada.client, signed), 401)


async def test_one_that_is_there_is_not_added_again(ada: Account, device: Authenticator) -> None:
    await add(ada, device)
    twin = Authenticator(key_parts={"credential_id": device.keys[0].credential_id})
    assert_problem(await post_new(ada, twin.create(await creation_options(ada))), 409)
    await sign_in(ada.client, device)
    assert len((await ada.get(PASSKEYS)).json()["items"]) == 1


async def test_there_may_be_only_so_many(ada: Account, device: Authenticator) -> None:
    options = await creation_options(ada)
    for n in range(MOST):
        await add(ada, device, f"Number {n}")
    assert_problem(await ada.post(BEGIN, json={"password": PASSWORD}), 409)
    assert_problem(await post_new(ada, device.create(options)), 409)
    assert len((await ada.get(PASSKEYS)).json()["items"]) == MOST


async def test_beginning_is_limited_by_client_and_costs_no_guess(live_database: Database) -> None:
    settings = Settings(_env_file=None, guesses_per_client=10)
    async with client_of(live_database, settings) as client:
        statuses = [(await client.post(BEGIN_SIGN_IN)).status_code for _ in range(12)]
        assert statuses == [200] * 10 + [429] * 2
        await register(client, "ada@example.com")


async def test_trying_is_limited_by_client(live_database: Database, device: Authenticator) -> None:
    settings = Settings(_env_file=None, guesses_per_client=10)
    device.make_key(bytes(16))
    signed = device.get({"rpId": "localhost", "challenge": packed(bytes(32))})
    async with client_of(live_database, settings) as client:
        statuses = [(await post_signed(client, signed)).status_code for _ in range(12)]
        assert statuses == [401] * 10 + [429] * 2


async def test_the_server_says_where_passkeys_work(database: Database) -> None:
    settings = Settings(
        _env_file=None,
        passkey_domain="health.example",
        passkey_origins="https://health.example, https://www.health.example:8443",
    )
    async with client_of(database, settings) as client:
        ada = await register(client, "ada@example.com")
        for page in settings.passkey_origins:
            headers, device = {"Origin": page}, Authenticator(origin=page)
            assert (await client.post(BEGIN_SIGN_IN, headers=headers)).status_code == 200
            await add(ada, device)
            await sign_in(client, device)
        elsewhere = {"Origin": "http://127.0.0.1:8000"}
        for answer in (
            await client.post(BEGIN_SIGN_IN, headers=elsewhere),
            await ada.post(BEGIN, json={"password": PASSWORD}, headers=elsewhere),
        ):
            assert_problem(answer, 422)
            assert "https://www.health.example:8443" in answer.json()["detail"]
        assert_problem(await try_to_sign_in(client, Authenticator(keys=device.keys)), 401)


@pytest.mark.parametrize(
    ("domain", "origins"),
    [
        ("health.example", "http://health.example"),
        ("health.example", "https://health.example/"),
        ("health.example", "https://other.example"),
        ("health.example", "https://nothealth.example"),
        ("health.example", "http://localhost:8000"),
        ("health.example", "https://user@health.example"),
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("https://health.example", "https://health.example"),
        ("localhost", "localhost"),
        ("localhost", "*"),
    ],
)
def test_settings_that_no_browser_would_take_are_refused(domain: str, origins: str) -> None:
    with pytest.raises(ValidationError, match=r"(?i)passkey_"):
        Settings(_env_file=None, passkey_domain=domain, passkey_origins=origins)
