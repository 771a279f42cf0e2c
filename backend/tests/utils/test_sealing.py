"""What is sealed cannot be compared, changed, swapped, or opened with another key (T52)."""

import os

import pytest

from app.utils.sealing import SealedBox

KEY = os.urandom(32)
OWNER = b"ada"
SECRET = b"canary-7f3a9c"


def test_t52_equal_secrets_look_different() -> None:
    box = SealedBox(KEY)
    sealed = {box.seal(SECRET, owner=OWNER) for _ in range(100)}
    assert len(sealed) == 100
    assert len({one[:12] for one in sealed}) == 100
    assert not any(SECRET in one for one in sealed)
    assert {box.open(one, owner=OWNER) for one in sealed} == {SECRET}


def test_t52_another_key_or_owner_opens_nothing() -> None:
    sealed = SealedBox(KEY).seal(SECRET, owner=OWNER)
    assert SealedBox(os.urandom(32)).open(sealed, owner=OWNER) is None
    assert SealedBox(KEY).open(sealed, owner=b"bob") is None


@pytest.mark.parametrize("length", [0, 1, 12, 27])
def test_t52_a_part_opens_nothing(length: int) -> None:
    sealed = SealedBox(KEY).seal(SECRET, owner=OWNER)
    assert SealedBox(KEY).open(sealed[:length], owner=OWNER) is None


def test_t52_no_changed_bit_goes_unnoticed() -> None:
    sealed = SealedBox(KEY).seal(SECRET, owner=OWNER)
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        assert SealedBox(KEY).open(bytes(changed), owner=OWNER) is None
