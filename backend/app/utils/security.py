"""Passwords, tokens and signed cursors."""

import asyncio
import base64
import datetime as dt
import hashlib
import hmac
import json
import os
import secrets
import sys
import threading
import time
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple, ParamSpec, TypeVar
from uuid import UUID

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.errors import InvalidInputError, UnauthorizedError, UnavailableError
from app.utils.identifiers import uuid7
from app.utils.recent import Recent
from app.utils.time import now

ALGORITHM = "HS256"
ISSUER = "vitaliq"
AUDIENCE = "vitaliq-api"
TOKEN_TYPE = "at+jwt"  # noqa: S105  (the media type of RFC 9068)

# OWASP Password Storage Cheat Sheet: argon2id, 19 MiB, two passes, one lane.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def _hash_of_nothing() -> str:
    """As costly to check as any other, and no password fits."""
    salt, digest = (
        base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=")
        for size in (_HASHER.salt_len, _HASHER.hash_len)
    )
    cost = f"m={_HASHER.memory_cost},t={_HASHER.time_cost},p={_HASHER.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${cost}${salt}${digest}"


_DUMMY_HASH = _hash_of_nothing()
HASHING_NICENESS = 10
LEAST_PRIORITY = 19
P = ParamSpec("P")
T = TypeVar("T")


def _stand_back() -> None:
    """Whoever signs in waits for a hash anyway; everybody else's answers go first (on Linux, where
    a thread has a priority of its own)."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        nicer = os.getpriority(os.PRIO_PROCESS, thread) + HASHING_NICENESS
        os.setpriority(os.PRIO_PROCESS, thread, min(nicer, LEAST_PRIORITY))


class HashingQueue:
    """Runs hashes in threads, as many at once as the threads, and refuses once too many wait."""

    def __init__(self, *, threads: int, longest: int) -> None:
        self._pool = ThreadPoolExecutor(
            threads, thread_name_prefix="argon2", initializer=_stand_back
        )
        self._longest = threads + longest
        self._pending = 0

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Raises UnavailableError when the queue is full."""
        if self._pending >= self._longest:
            raise UnavailableError("Too many people are signing in just now.", retry_after=5)
        self._pending += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._pool, partial(work, *args, **kwargs))
        finally:
            self._pending -= 1


_HASHING = HashingQueue(threads=os.cpu_count() or 1, longest=200)


async def hash_password(password: str) -> str:
    return await _HASHING.run(_HASHER.hash, _canonical(password))


async def verify_password(hashed: str | None, password: str) -> bool:
    """Whether the password fits; for an unknown account (None) the same work and False."""
    fits = await _HASHING.run(_verify, hashed or _DUMMY_HASH, _canonical(password))
    return fits and hashed is not None


def _canonical(password: str) -> str:
    # NIST SP 800-63B-4, 3.1.1.2: keyboards type the same character as different code points.
    return unicodedata.normalize("NFKC", password)


def _verify(hashed: str, password: str) -> bool:
    try:
        return _HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(hashed: str) -> bool:
    return _HASHER.check_needs_rehash(hashed)


class Claims(NamedTuple):
    """What an access token says: who, and in which session."""

    user_id: UUID
    session_id: UUID


class _Verified(NamedTuple):
    claims: Claims
    expires_at: int


TOKENS_REMEMBERED = 10_000
"""Access tokens whose signature was found right; they die young, so few are of use for long."""


class Tokens:
    """Signs and reads what leaves the server and must come back unchanged."""

    def __init__(self, secret: str) -> None:
        self._key = secret.encode()
        self._verified: Recent[str, _Verified] = Recent(TOKENS_REMEMBERED)

    def access(self, claims: Claims, *, minutes: int) -> str:
        """A short-lived access token (RFC 9068). It names no person but the account's id."""
        issued = now()
        payload = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(claims.user_id),
            "sid": str(claims.session_id),
            "jti": str(uuid7()),
            "iat": issued,
            "exp": issued + dt.timedelta(minutes=minutes),
        }
        return jwt.encode(payload, self._key, algorithm=ALGORITHM, headers={"typ": TOKEN_TYPE})

    def read_access(self, token: str) -> Claims:
        """Raises UnauthorizedError for anything but a valid, current access token of ours. The
        signature of one that was seen lately is not worked out again, its end is looked at."""
        verified = self._verified.get(token) or self._verify(token)
        if verified.expires_at <= time.time():
            self._verified.drop(token)
            raise UnauthorizedError
        return verified.claims

    def _verify(self, token: str) -> _Verified:
        try:
            if jwt.get_unverified_header(token).get("typ") != TOKEN_TYPE:
                raise UnauthorizedError
            payload = jwt.decode(
                token,
                self._key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                options={"require": ["exp", "iat", "sub", "sid", "jti", "iss", "aud"]},
            )
            if payload["aud"] != AUDIENCE or not isinstance(payload["exp"], int):
                raise UnauthorizedError
            claims = Claims(UUID(payload["sub"]), UUID(payload["sid"]))
            verified = _Verified(claims, payload["exp"])
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError, OverflowError):
            raise UnauthorizedError from None
        self._verified.keep(token, verified)
        return verified

    def seal(self, scope: str, value: object) -> str:
        """An opaque string that only `unseal` with the same scope accepts."""
        payload = json.dumps(value, separators=(",", ":")).encode()
        return _to_text(self._mac(scope, payload) + payload)

    def unseal(self, scope: str, sealed: str) -> object:
        """Raises InvalidInputError for a string that was not sealed here for this scope."""
        raw = _from_text(sealed)
        mac, payload = raw[:16], raw[16:]
        if not hmac.compare_digest(mac, self._mac(scope, payload)):
            raise InvalidInputError.at(("query", "cursor"), "not a cursor of this list")
        value: object = json.loads(payload)
        return value

    def derived_key(self, purpose: str) -> bytes:
        """256 bits for one purpose (HKDF, RFC 5869), which tell nothing of the server's key."""
        hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"vitaliq " + purpose.encode())
        return hkdf.derive(self._key)

    def _mac(self, scope: str, payload: bytes) -> bytes:
        return hmac.digest(self._key, scope.encode() + b"\0" + payload, "sha256")[:16]


def new_refresh_secret() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """What is stored of a refresh token."""
    return hashlib.sha256(secret.encode()).digest()


def _to_text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _from_text(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return b""
