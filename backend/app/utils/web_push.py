"""Web Push: a message that one browser alone can read (RFC 8291), from a known sender (8292)."""

import base64
import os
import time
from typing import NamedTuple
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_CURVE = ec.SECP256R1()
# The order of the curve's group, below which a private key lies.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_RECORD_BYTES = 4_096
_HOURS = 12


class Subscription(NamedTuple):
    """What a browser gives: where to send, its public key, and a secret of both sides."""

    endpoint: str
    p256dh: bytes
    auth: bytes


def vapid_key(seed: bytes) -> ec.EllipticCurvePrivateKey:
    """The server's own key, always the same for the same seed."""
    return ec.derive_private_key(int.from_bytes(seed, "big") % (_ORDER - 1) + 1, _CURVE)


def public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def is_public_key(raw: bytes) -> bool:
    """Whether the bytes are a point on the curve."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, raw)
    except ValueError:
        return False
    return True


def headers(key: ec.EllipticCurvePrivateKey, endpoint: str, contact: str) -> dict[str, str]:
    """Who sends, for the push service: a token for its origin alone, good for half a day."""
    place = urlsplit(endpoint)
    claims = {
        "aud": f"{place.scheme}://{place.netloc}",
        "exp": int(time.time()) + _HOURS * 3_600,
        "sub": contact,
    }
    token = jwt.encode(claims, key, algorithm="ES256")
    return {
        "Authorization": f"vapid t={token}, k={encoded(public_bytes(key))}",
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(_HOURS * 3_600),
        "Urgency": "normal",
    }


def sealed(
    message: bytes,
    to: Subscription,
    *,
    key: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """The body (RFC 8188, one record). `key` and `salt` are fresh for each message."""
    key, salt = key or ec.generate_private_key(_CURVE), salt or os.urandom(16)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, to.p256dh)
    ours = public_bytes(key)
    info = b"WebPush: info\0" + to.p256dh + ours
    shared = _derived(key.exchange(ec.ECDH(), theirs), salt=to.auth, info=info, length=32)
    secret = _derived(shared, salt=salt, info=b"Content-Encoding: aes128gcm\0", length=16)
    nonce = _derived(shared, salt=salt, info=b"Content-Encoding: nonce\0", length=12)
    head = salt + _RECORD_BYTES.to_bytes(4, "big") + bytes([len(ours)]) + ours
    return head + AESGCM(secret).encrypt(nonce, message + b"\x02", None)


def _derived(secret: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
