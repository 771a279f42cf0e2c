"""Whatever bytes come as a passkey, the answer is a refusal in our own words."""

import random
from uuid import UUID

import pytest

from app.services.relying_party import Credential, CredentialError, RelyingParty, challenge_of
from tests.authenticator import ORIGIN, Authenticator, packed, unpacked

PARTY = RelyingParty("localhost", (ORIGIN,))
PERSON = UUID(int=7)
CHALLENGE = bytes(range(32))


@pytest.fixture
def device() -> Authenticator:
    return Authenticator()


def new(device: Authenticator) -> Credential:
    options = PARTY.creation_options(PERSON, "ada@example.com", challenge=CHALLENGE, known=())
    return device.create(options)


def with_noise(credential: Credential, dice: random.Random) -> Credential:
    """One part of it with a piece turned, cut out, doubled, or made deep."""
    response = dict(credential["response"])
    part = dice.choice([name for name in sorted(response) if name != "userHandle"])
    whole = bytearray(unpacked(response[part]))
    start = dice.randrange(len(whole))
    end = start + dice.choice((1, 1, 1, 2, 8, 100))
    whole[start:end] = dice.choice(
        (
            bytes(byte ^ dice.randrange(1, 256) for byte in whole[start:end]),
            b"",
            bytes(whole[start:end] * 2),
            b"\x81" * 5_000,
            b"[" * 5_000,
            dice.randbytes(9),
        )
    )
    return credential | {"response": response | {part: packed(bytes(whole))}}


def test_noise_in_a_new_passkey_raises_nothing_else(device: Authenticator) -> None:
    good, dice, refused = new(device), random.Random(7), 0
    assert PARTY.verify_new(good, challenge=CHALLENGE).credential_id == device.keys[0].credential_id
    for _ in range(1_500):
        try:
            bad = with_noise(good, dice)
            PARTY.verify_new(bad, challenge=challenge_of(bad))
        except CredentialError:
            refused += 1
    assert refused > 1_000  # without attestation, what is no more than another key is taken


def test_noise_in_a_signature_is_always_refused(device: Authenticator) -> None:
    made = PARTY.verify_new(new(device), challenge=CHALLENGE)
    good, dice = device.get(PARTY.request_options(challenge=CHALLENGE)), random.Random(7)

    def verify(credential: Credential) -> None:
        PARTY.check_origin(credential)
        PARTY.verify(
            credential,
            challenge=CHALLENGE,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
        )

    verify(good)
    for _ in range(1_500):
        bad = with_noise(good, dice)
        if bad != good:
            with pytest.raises(CredentialError):
                verify(bad)


def test_the_id_outside_is_the_id_inside(device: Authenticator) -> None:
    other = packed(bytes(32))
    with pytest.raises(CredentialError):
        PARTY.verify_new(new(device) | {"id": other, "rawId": other}, challenge=CHALLENGE)


def test_a_key_that_is_no_point_of_its_curve_is_no_key(device: Authenticator) -> None:
    good = new(device)
    attested = unpacked(good["response"]["attestationObject"])
    y = device.keys[0].private.public_key().public_numbers().y.to_bytes(32, "big")
    bad = attested.replace(y, bytes(32))
    assert bad != attested
    with pytest.raises(CredentialError):
        PARTY.verify_new(
            good | {"response": good["response"] | {"attestationObject": packed(bad)}},
            challenge=CHALLENGE,
        )
