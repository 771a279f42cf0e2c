"""Hashes, the queue in front of them, and tokens that are not ours (T8, T9, T14, T15)."""

import asyncio
import base64
import datetime as dt
import json
import os
import sys
import threading
import unicodedata
from typing import Any
from uuid import UUID

import jwt
import pytest

from app.errors import UnauthorizedError, UnavailableError
from app.utils.identifiers import uuid7
from app.utils.passwords import weakness
from app.utils.security import (
    AUDIENCE,
    HASHING_NICENESS,
    ISSUER,
    LEAST_PRIORITY,
    TOKEN_TYPE,
    Claims,
    HashingQueue,
    Tokens,
    hash_password,
    needs_rehash,
    verify_password,
)
from app.utils.time import now
from tests.people import PASSWORD

KEY = "a key for tests only, long enough: 0123456789"
OTHER_KEY = "another key for tests, long enough: 9876543210"
TOKENS = Tokens(KEY)


def payload(**changes: Any) -> dict[str, Any]:
    """What a good token says, with changes; None takes a claim out."""
    issued = int(now().timestamp())
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(uuid7()),
        "sid": str(uuid7()),
        "jti": str(uuid7()),
        "iat": issued,
        "exp": issued + 900,
    } | changes
    return {name: value for name, value in claims.items() if value is not None}


def signed(*, headers: dict[str, Any] | None = None, **changes: Any) -> str:
    headers = {"typ": TOKEN_TYPE} | (headers or {})
    return jwt.encode(payload(**changes), KEY, algorithm="HS256", headers=headers)


def by_hand(header: dict[str, Any], body: str, *, key: str = KEY) -> str:
    """A token with a correct HS256 signature over whatever it says."""
    text = f"{_part(json.dumps(header))}.{_part(body)}"
    algorithm = jwt.get_algorithm_by_name("HS256")
    signature = algorithm.sign(text.encode(), algorithm.prepare_key(key))
    return f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def _part(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def _unsigned(algorithm: str) -> str:
    header = _part(json.dumps({"alg": algorithm, "typ": TOKEN_TYPE}))
    return f"{header}.{_part(json.dumps(payload()))}."


def _in(seconds: int) -> int:
    return int((now() + dt.timedelta(seconds=seconds)).timestamp())


HEADER = {"alg": "HS256", "typ": TOKEN_TYPE}
GOOD = signed()


def forged() -> dict[str, str]:
    """Made anew for each use: some are wrong only for the next minute."""
    return {
        "nothing": "",
        "one part": "abc",
        "two parts": GOOD.rpartition(".")[0],
        "empty parts": "..",
        "empty signature": GOOD.rpartition(".")[0] + ".",
        "four parts": GOOD + ".x",
        "none": _unsigned("none"),
        "None": _unsigned("None"),
        "NONE": _unsigned("NONE"),
        "nOnE": _unsigned("nOnE"),
        "hs256 in lower case": by_hand({"alg": "hs256", "typ": TOKEN_TYPE}, json.dumps(payload())),
        "RS256 over the same key": by_hand(
            {"alg": "RS256", "typ": TOKEN_TYPE}, json.dumps(payload())
        ),
        "no algorithm": by_hand({"typ": TOKEN_TYPE}, json.dumps(payload())),
        "algorithm a list": by_hand({"alg": ["HS256"], "typ": TOKEN_TYPE}, json.dumps(payload())),
        "algorithm an object": by_hand({"alg": {}, "typ": TOKEN_TYPE}, json.dumps(payload())),
        "HS384": jwt.encode(payload(), KEY * 2, algorithm="HS384", headers={"typ": TOKEN_TYPE}),
        "another key": jwt.encode(payload(), OTHER_KEY, algorithm="HS256", headers=HEADER),
        "another key, named by kid": jwt.encode(
            payload(), OTHER_KEY, algorithm="HS256", headers=HEADER | {"kid": "/dev/null"}
        ),
        "another key, brought along": jwt.encode(
            payload(),
            OTHER_KEY,
            algorithm="HS256",
            headers=HEADER | {"jwk": {"kty": "oct", "k": _part(OTHER_KEY)}},
        ),
        "another key, at an address": jwt.encode(
            payload(),
            OTHER_KEY,
            algorithm="HS256",
            headers=HEADER | {"jku": "http://127.0.0.1:9/k"},
        ),
        "swapped payload": ".".join(
            (GOOD.split(".")[0], _part(json.dumps(payload())), GOOD.split(".")[2])
        ),
        "unknown critical header": signed(headers={"crit": ["magic"], "magic": 1}),
        "typ refresh": signed(headers={"typ": "refresh"}),
        "typ JWT": signed(headers={"typ": "JWT"}),
        "typ a list": by_hand({"alg": "HS256", "typ": [TOKEN_TYPE]}, json.dumps(payload())),
        "header a list": f"{_part('[]')}.{_part(json.dumps(payload()))}.{_part('x')}",
        "deep header": f"{_part('[' * 20_000)}.{_part(json.dumps(payload()))}.{_part('x')}",
        "payload a list": by_hand(HEADER, "[]"),
        "payload no JSON": by_hand(HEADER, "not JSON"),
        "expired": signed(exp=_in(-1)),
        "exp as string": signed(exp=str(_in(900))),
        "exp as fraction": signed(exp=_in(900) + 0.5),
        "exp infinite": by_hand(
            HEADER, json.dumps(payload(exp=0)).replace('"exp": 0', '"exp": 1e400')
        ),
        "exp NaN": by_hand(HEADER, json.dumps(payload(exp=0)).replace('"exp": 0', '"exp": NaN')),
        "exp true": signed(exp=True),
        "not yet valid": signed(nbf=_in(60)),
        "issued in the future": signed(iat=_in(60)),
        "foreign issuer": signed(iss="elsewhere"),
        "foreign audience": signed(aud="elsewhere"),
        "a list of audiences with ours": signed(aud=[AUDIENCE, "elsewhere"]),
        "a list of our audience": signed(aud=[AUDIENCE]),
        "sub an integer": by_hand(HEADER, json.dumps(payload(sub=1))),
        "sub no id": signed(sub="ada@example.com"),
        "sid an integer": signed(sid=1),
        "sid a list": signed(sid=[]),
    } | {f"no {claim}": signed(**{claim: None}) for claim in payload()}


@pytest.mark.parametrize("name", forged())
def test_t8_forged_access_tokens_are_refused(name: str) -> None:
    with pytest.raises(UnauthorizedError):
        TOKENS.read_access(forged()[name])


@pytest.mark.parametrize("secret", ["secret", "changeme", "vitaliq", "your-secret-key", "key"])
@pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")
def test_guessed_keys_are_refused(secret: str) -> None:
    with pytest.raises(UnauthorizedError):
        TOKENS.read_access(by_hand(HEADER, json.dumps(payload()), key=secret))


def test_t9_an_access_token_names_the_account_and_the_session_and_no_person() -> None:
    claims = Claims(uuid7(), uuid7())
    token = TOKENS.access(claims, minutes=15)
    assert TOKENS.read_access(token) == claims
    said = jwt.decode(token, options={"verify_signature": False})
    assert set(said) == {"iss", "aud", "sub", "sid", "jti", "iat", "exp"}
    assert said["exp"] - said["iat"] == 900
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": TOKEN_TYPE}


def test_every_access_token_has_its_own_id() -> None:
    claims = Claims(UUID(int=1), UUID(int=2))
    tokens = {TOKENS.access(claims, minutes=15) for _ in range(10)}
    assert len(tokens) == 10


@pytest.mark.real_hashing
async def test_a_hash_fits_its_password_only() -> None:
    hashed = await hash_password(PASSWORD)
    assert hashed.startswith("$argon2id$")
    assert not needs_rehash(hashed)
    assert await verify_password(hashed, PASSWORD)
    assert not await verify_password(hashed, PASSWORD.upper())
    assert not await verify_password(hashed, PASSWORD + " ")


async def test_nothing_of_a_long_password_is_cut_off() -> None:
    password = "\N{GRINNING FACE}" * 255
    hashed = await hash_password(password + "a")
    assert not await verify_password(hashed, password + "b")
    assert await verify_password(hashed, password + "a")


async def test_a_password_fits_however_the_keyboard_composes_it() -> None:
    password = "Fünf grüne Äpfel am Baum"
    hashed = await hash_password(unicodedata.normalize("NFC", password))
    assert await verify_password(hashed, unicodedata.normalize("NFD", password))


async def test_no_password_fits_an_unknown_account_or_a_broken_hash() -> None:
    assert not await verify_password(None, PASSWORD)
    assert not await verify_password("not a hash", PASSWORD)


async def test_t15_the_hashing_queue_refuses_once_too_many_wait() -> None:
    queue = HashingQueue(threads=1, longest=2)
    gate = threading.Event()
    waiting = [asyncio.create_task(queue.run(gate.wait, 10)) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(UnavailableError) as refusal:
        await queue.run(gate.wait, 10)
    assert refusal.value.headers["Retry-After"] == "5"
    gate.set()
    assert await asyncio.gather(*waiting) == [True, True, True]
    assert await queue.run(gate.wait, 10)


async def test_hashing_lets_everybody_elses_answers_go_first() -> None:
    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    expected = min(niceness() + HASHING_NICENESS, LEAST_PRIORITY)
    if sys.platform != "linux":
        expected = niceness()
    assert await HashingQueue(threads=1, longest=0).run(niceness) == expected


async def test_who_gives_up_leaves_the_queue() -> None:
    queue = HashingQueue(threads=1, longest=0)
    gate = threading.Event()
    impatient = asyncio.create_task(queue.run(gate.wait, 10))
    await asyncio.sleep(0)
    impatient.cancel()
    gate.set()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    assert await queue.run(gate.wait, 10)


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "PasswordpasswordP",
        "aaaaaaaaaaaaaaaaaaaa",
        "111111111111112",
        "abababababababab",
        "123456789012345",
        "987654321098765",
        "abcdefghijklmnopqrs",
        "zyxwvutsrqponmlkj",
        "qwertyuiopasdfghjkl",
        "my vitaliq password",
        "My VitalIQ Password",
        "robin.hood was here",
        "１２３４５６７８９０１２３４５",
    ],
)
def test_simple_passwords_are_weak(password: str) -> None:
    assert weakness(password, email="robin.hood@example.com")


@pytest.mark.parametrize(
    ("password", "email"),
    [
        (PASSWORD, "you@example.com"),
        ("a short local part is no word", "a@example.com"),
        ("пять зелёных яблок на дереве", "you@example.com"),
        ("五つの緑のりんごが木になっている静かな朝", "you@example.com"),
        ("password1 password2", "you@example.com"),
    ],
)
def test_other_passwords_are_not(password: str, email: str) -> None:
    assert weakness(password, email=email) is None
