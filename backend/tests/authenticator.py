"""A software authenticator: makes passkeys and signs with them as a device does (WebAuthn Level 3).

What a test wants to be wrong it says; everything else is right.
"""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

ORIGIN = "http://localhost:8000"
_PRESENT, _VERIFIED, _NEW_KEY, _EXTENDED = 1, 4, 64, 128
Json = dict[str, Any]


@dataclass
class Key:
    """One passkey in the device."""

    private: ec.EllipticCurvePrivateKey
    user_handle: bytes
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    count: int = 0

    def cose(self) -> bytes:
        """The public key (RFC 9053, 7.1.1): EC2, ES256, P-256, x, y."""
        point = self.private.public_key().public_numbers()
        x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})


@dataclass
class Authenticator:
    """A device that holds passkeys, in a browser that shows a page of `origin`."""

    origin: str = ORIGIN
    domain: str | None = None  # another one than it is asked for
    verifies_user: bool = True
    counts: bool = True
    extensions: Json = field(default_factory=dict)
    client_data: Json = field(default_factory=dict)
    key_parts: Json = field(default_factory=dict)  # of the keys that it makes
    keys: list[Key] = field(default_factory=list)

    def make_key(self, user_handle: bytes) -> Key:
        key = Key(ec.generate_private_key(ec.SECP256R1()), user_handle, **self.key_parts)
        self.keys.append(key)
        return key

    def create(self, options: Json) -> Json:
        """What `navigator.credentials.create()` gives, by its `toJSON()`."""
        key = self.make_key(unpacked(options["user"]["id"]))
        attested = bytes(16) + len(key.credential_id).to_bytes(2, "big") + key.credential_id
        data = self._data(options["rp"]["id"], key, _NEW_KEY, attested + key.cose())
        attestation = {"fmt": "none", "attStmt": {}, "authData": data}
        return _credential(
            key,
            clientDataJSON=self._client_data("webauthn.create", options),
            attestationObject=cbor2.dumps(attestation),
        )

    def get(self, options: Json, key: Key | None = None) -> Json:
        """What `navigator.credentials.get()` gives, by its `toJSON()`."""
        key = key or self.keys[-1]
        key.count += self.counts
        told = self._client_data("webauthn.get", options)
        data = self._data(options["rpId"], key, 0, b"")
        signed = data + hashlib.sha256(told).digest()
        return _credential(
            key,
            clientDataJSON=told,
            authenticatorData=data,
            signature=key.private.sign(signed, ec.ECDSA(hashes.SHA256())),
            userHandle=key.user_handle,
        )

    def _data(self, domain: str, key: Key, flags: int, attested: bytes) -> bytes:
        flags |= _PRESENT | (_VERIFIED if self.verifies_user else 0)
        extensions = b""
        if self.extensions:
            flags, extensions = flags | _EXTENDED, cbor2.dumps(self.extensions)
        party = hashlib.sha256((self.domain or domain).encode()).digest()
        return party + bytes([flags]) + key.count.to_bytes(4, "big") + attested + extensions

    def _client_data(self, kind: str, options: Json) -> bytes:
        told = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps(told | {"crossOrigin": False} | self.client_data).encode()


def _credential(key: Key, **response: bytes) -> Json:
    name = packed(key.credential_id)
    return {
        "id": name,
        "rawId": name,
        "type": "public-key",
        "authenticatorAttachment": "platform",
        "clientExtensionResults": {},
        "response": {part: packed(value) for part, value in response.items()},
    }


def packed(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
