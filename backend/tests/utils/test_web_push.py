"""Messages that one browser alone can read."""

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from app.utils.web_push import (
    Subscription,
    decoded,
    encoded,
    headers,
    is_public_key,
    public_bytes,
    sealed,
    vapid_key,
)

# RFC 8291, appendix A.
TEXT = b"When I grow up, I want to be a watermelon"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
RECEIVER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS"
    "6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qu"
    "lcy4a-fN"
)
ENDPOINT = "https://push.example.com/send/f1a2b3"


def test_the_example_of_the_standard() -> None:
    number = int.from_bytes(decoded(SENDER), "big")
    key = ec.derive_private_key(number, ec.SECP256R1())
    to = Subscription(ENDPOINT, decoded(RECEIVER), decoded(AUTH))
    assert encoded(sealed(TEXT, to, key=key, salt=decoded(SALT))) == BODY


def test_no_two_bodies_are_alike() -> None:
    to = Subscription(ENDPOINT, decoded(RECEIVER), decoded(AUTH))
    assert sealed(TEXT, to) != sealed(TEXT, to)


def test_the_servers_key_is_always_the_same() -> None:
    one, again, other = vapid_key(bytes(32)), vapid_key(bytes(32)), vapid_key(b"x" * 32)
    assert public_bytes(one) == public_bytes(again) != public_bytes(other)
    assert vapid_key(b"\xff" * 32)  # larger than the order


def test_the_token_is_for_the_services_origin_alone() -> None:
    key = vapid_key(b"x" * 32)
    told = headers(key, ENDPOINT, "mailto:operator@example.com")
    token = told["Authorization"].partition("t=")[2].partition(",")[0]
    claims = jwt.decode(
        token, key.public_key(), algorithms=["ES256"], audience="https://push.example.com"
    )
    assert claims["sub"] == "mailto:operator@example.com"
    assert told["Authorization"].endswith(f"k={encoded(public_bytes(key))}")


@pytest.mark.parametrize("raw", [b"", b"x", bytes(65), b"\x04" + bytes(64)])
def test_what_is_no_key_is_none(raw: bytes) -> None:
    assert not is_public_key(raw)
