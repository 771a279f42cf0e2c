"""Signatures in the manner of Standard Webhooks: HMAC-SHA256 over id, time and body."""

import base64
import hmac
import secrets

_PREFIX = "whsec_"


def new_secret() -> str:
    """256 random bits, as Standard Webhooks writes them."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signed_headers(secret: str, message_id: str, at: int, body: bytes) -> dict[str, str]:
    """The headers by which a receiver knows the sender, the message and its time."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    told = f"{message_id}.{at}.".encode() + body
    signature = base64.b64encode(hmac.digest(key, told, "sha256")).decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{signature}",
    }
