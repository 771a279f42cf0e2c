"""Signatures in the manner of Standard Webhooks."""

import base64
import hashlib
import hmac

from app.utils.webhook_signing import new_secret, signed_headers


def test_the_signature_is_over_id_time_and_body() -> None:
    secret, body = new_secret(), b'{"a":1}'
    told = signed_headers(secret, "msg_1", 1_700_000_000, body)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    assert len(key) == 32
    expected = hmac.new(key, b'msg_1.1700000000.{"a":1}', hashlib.sha256).digest()
    assert told == {
        "webhook-id": "msg_1",
        "webhook-timestamp": "1700000000",
        "webhook-signature": f"v1,{base64.b64encode(expected).decode()}",
    }


def test_the_example_of_the_standard() -> None:
    """As the specification's own libraries test it."""
    told = signed_headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert told["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_no_two_secrets_are_alike() -> None:
    assert new_secret() != new_secret()
