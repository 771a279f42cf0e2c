"""The second factor: codes by time and recovery codes, each good once (ASVS 6.5.1 to 6.5.5)."""

import asyncio
import base64
import datetime as dt
import hashlib
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from httpx import AsyncClient, Response
from sqlalchemy import text

from app.config import Settings
from app.database import Database
from app.services import two_factor
from app.utils.sealing import SealedBox
from app.utils.security import Tokens
from tests.conftest import SECRET, client_of
from tests.people import PASSWORD, Account, register
from tests.routers.test_auth import LOGIN, assert_problem
from tests.routers.test_auth_sessions import claims_of, is_signed_in

TOTP = "/api/auth/me/totp"
CONFIRM = f"{TOTP}/confirm"
START = dt.datetime(2026, 3, 12, 10, 0, 0, tzinfo=dt.UTC)
PASSWORD_BODY = {"password": PASSWORD}


class Clock:
    """The time that codes are made and checked by; it stands still until it is turned."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> dt.datetime:
        return self.time

    def turn(self, steps: int) -> None:
        self.time += dt.timedelta(seconds=30 * steps)


@dataclass(frozen=True, slots=True)
class Device:
    """An authenticator app."""

    secret: str
    clock: Clock

    def code(self, aside: int = 0) -> str:
        totp = pyotp.TOTP(self.secret)
        return totp.generate_otp(totp.timecode(self.clock()) + aside)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(two_factor, "now", clock)
    return clock


async def begin(account: Account, clock: Clock) -> Device:
    answer = await account.post(TOTP, json=PASSWORD_BODY)
    assert answer.status_code == 200, answer.text
    return Device(answer.json()["secret"], clock)


async def set_up(account: Account, clock: Clock) -> tuple[Device, list[str]]:
    """The device and the recovery codes; the code of this step is used up."""
    device = await begin(account, clock)
    answer = await account.post(CONFIRM, json={"code": device.code()})
    assert answer.status_code == 200, answer.text
    return device, answer.json()["recovery_codes"]


async def log_in(account: Account, code: str | None = None, password: str = PASSWORD) -> Response:
    body = {"email": account.email, "password": password}
    return await account.client.post(LOGIN, json=body if code is None else body | {"code": code})


def assert_code_needed(answer: Response) -> None:
    assert_problem(answer, 401)
    assert answer.json()["title"] == "Second factor needed"


async def test_a_factor_counts_once_it_is_confirmed(ada: Account, clock: Clock) -> None:
    device = await begin(ada, clock)
    assert (await log_in(ada)).status_code == 200
    assert_problem(await ada.post(CONFIRM, json={"code": device.code(7)}), 422)
    assert (await log_in(ada)).status_code == 200
    answer = await ada.post(CONFIRM, json={"code": device.code()})
    assert len(set(answer.json()["recovery_codes"])) == 10
    assert_code_needed(await log_in(ada))
    assert (await ada.get(TOTP)).json() == {"active": True, "recovery_codes_left": 10}
    assert await is_signed_in(ada)


async def test_the_secret_comes_as_an_address_for_apps(ada: Account, clock: Clock) -> None:
    made = (await ada.post(TOTP, json=PASSWORD_BODY)).json()
    address = urlsplit(made["otpauth_uri"])
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    query = parse_qs(address.query)
    assert (query["secret"], query["issuer"]) == ([made["secret"]], ["VitalIQ"])
    assert len(base64.b32decode(made["secret"])) == 20


async def test_beginning_again_makes_the_secret_before_void(ada: Account, clock: Clock) -> None:
    first, second = await begin(ada, clock), await begin(ada, clock)
    assert_problem(await ada.post(CONFIRM, json={"code": first.code()}), 422)
    assert (await ada.post(CONFIRM, json={"code": second.code()})).status_code == 200
    assert_problem(await ada.post(CONFIRM, json={"code": second.code(1)}), 409)
    assert_problem(await ada.post(TOTP, json=PASSWORD_BODY), 409)


async def test_nobody_is_told_of_a_factor_without_the_password(
    ada: Account, bob: Account, clock: Clock
) -> None:
    device, codes = await set_up(ada, clock)
    answers = [
        await log_in(account, code, password="not the right password")
        for account in (ada, bob)
        for code in (None, device.code(1), codes[0])
    ]
    for answer in answers:
        assert_problem(answer, 401)
        assert answer.json()["title"] == "Not signed in"
        assert answer.json()["detail"] == answers[0].json()["detail"]
    clock.turn(1)
    assert (await log_in(ada, device.code())).status_code == 200


async def test_a_code_is_good_once_and_one_step_aside(ada: Account, clock: Clock) -> None:
    device, _ = await set_up(ada, clock)
    assert_code_needed(await log_in(ada, device.code()))
    for aside in (-2, 2, 3):
        assert_code_needed(await log_in(ada, device.code(aside)))
    clock.turn(5)
    late = device.code(-1)
    assert (await log_in(ada, late)).status_code == 200
    assert (await log_in(ada, device.code())).status_code == 200
    for used in (late, device.code()):
        assert_code_needed(await log_in(ada, used))
    assert (await log_in(ada, f" {device.code(1)[:3]} {device.code(1)[3:]} ")).status_code == 200


async def test_of_parallel_uses_of_a_code_one_succeeds(
    live_client: AsyncClient, clock: Clock
) -> None:
    ada = await register(live_client, "ada@example.com")
    device, codes = await set_up(ada, clock)
    clock.turn(1)
    for code in (device.code(), codes[0]):
        answers = await asyncio.gather(*(log_in(ada, code) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]


async def test_recovery_codes_are_good_once_each(ada: Account, clock: Clock) -> None:
    _, codes = await set_up(ada, clock)
    assert (await log_in(ada, codes[0])).status_code == 200
    assert_code_needed(await log_in(ada, codes[0]))
    assert (await log_in(ada, codes[1].replace("-", "").upper())).status_code == 200
    assert (await ada.get(TOTP)).json()["recovery_codes_left"] == 8


async def test_codes_of_others_are_no_codes(ada: Account, bob: Account, clock: Clock) -> None:
    await set_up(ada, clock)
    device, codes = await set_up(bob, clock)
    clock.turn(1)
    for code in (codes[0], device.code()):
        assert_code_needed(await log_in(ada, code))
        assert (await log_in(bob, code)).status_code == 200


async def test_guessed_codes_count_like_passwords(
    live_database: Database, settings: Settings, clock: Clock
) -> None:
    async with client_of(live_database, settings) as client:
        ada = await register(client, "ada@example.com")
        device, _ = await set_up(ada, clock)
        clock.turn(9)
        wrong = next(c for c in ("000000", "111111") if c not in map(device.code, (-1, 0, 1)))
        statuses = [(await log_in(ada, wrong)).status_code for _ in range(11)]
        assert statuses == [401] * 10 + [429]
        assert_problem(await log_in(ada, device.code()), 429)


async def test_being_asked_for_a_code_costs_no_guess(ada: Account, clock: Clock) -> None:
    device, _ = await set_up(ada, clock)
    for _ in range(12):
        assert_code_needed(await log_in(ada))
    assert (await log_in(ada, device.code(1))).status_code == 200


async def test_it_is_turned_off_with_the_password(ada: Account, clock: Clock) -> None:
    _, codes = await set_up(ada, clock)
    wrong = {"password": "not the right password"}
    assert_problem(await ada.delete(TOTP, json=wrong), 403)
    assert_code_needed(await log_in(ada))
    assert (await ada.delete(TOTP, json=PASSWORD_BODY)).status_code == 204
    assert (await log_in(ada)).status_code == 200
    assert (await ada.get(TOTP)).json() == {"active": False, "recovery_codes_left": 0}
    _, others = await set_up(ada, clock)
    assert set(codes).isdisjoint(others)
    assert_code_needed(await log_in(ada, codes[0]))


@pytest.mark.parametrize("way", ["body", "basic"])
async def test_the_authorize_button_sends_it_as_the_client_secret(
    ada: Account, clock: Clock, way: str
) -> None:
    device, _ = await set_up(ada, clock)
    form = {"username": ada.email, "password": PASSWORD, "grant_type": "password"}
    headers = {"Authorization": "Basic " + base64.b64encode(b":").decode()}
    assert_code_needed(await ada.client.post(LOGIN, data=form, headers=headers))
    code = device.code(1)
    if way == "body":
        answer = await ada.client.post(LOGIN, data=form | {"client_secret": code})
    else:
        pair = base64.b64encode(f"docs:{code}".encode()).decode()
        answer = await ada.client.post(LOGIN, data=form, headers={"Authorization": f"Basic {pair}"})
    assert answer.status_code == 200


@pytest.mark.parametrize("header", ["Basic", "Basic !", "Basic /w==", "Basic eA==", "Bearer x"])
async def test_odd_headers_are_no_codes(ada: Account, header: str) -> None:
    body = {"email": ada.email, "password": PASSWORD}
    answer = await ada.client.post(LOGIN, json=body, headers={"Authorization": header})
    assert answer.status_code == 200


async def test_what_is_stored_signs_nobody_in(
    ada: Account, database: Database, clock: Clock
) -> None:
    device, codes = await set_up(ada, clock)
    user_id = claims_of(ada).user_id
    async with database.session(user_id) as session:
        sealed = await session.scalar(text("SELECT sealed FROM totp_secrets"))
        hashes = set(await session.scalars(text("SELECT code_hash FROM recovery_codes")))
    assert device.secret.encode() not in sealed
    assert base64.b32decode(device.secret) not in sealed
    assert hashes == {hashlib.sha256(c.replace("-", "").encode()).digest() for c in codes}
    box = SealedBox(Tokens(SECRET).derived_key("two factor"))
    assert box.open(sealed, owner=user_id.bytes) == device.secret.encode()
    assert box.open(sealed, owner=bytes(16)) is None
    assert box.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), owner=user_id.bytes) is None
    assert (
        SealedBox(Tokens(SECRET + "x").derived_key("two factor")).open(sealed, owner=user_id.bytes)
        is None
    )


async def test_with_another_server_key_recovery_codes_still_work(
    ada: Account, database: Database, clock: Clock
) -> None:
    device, codes = await set_up(ada, clock)
    async with database.session(claims_of(ada).user_id) as session:
        await session.execute(text("UPDATE totp_secrets SET sealed = '\\x00'"))
    assert_code_needed(await log_in(ada, device.code(1)))
    assert (await log_in(ada, codes[0])).status_code == 200


async def test_no_secret_is_logged(
    ada: Account, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    device, codes = await set_up(ada, clock)
    for code in (device.code(1), codes[0], "123 999"):
        await log_in(ada, code)
    for secret in (device.secret, device.code(1), codes[0], PASSWORD, ada.email):
        assert secret not in caplog.text
