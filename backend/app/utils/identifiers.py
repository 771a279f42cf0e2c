"""Identifiers (RFC 9562): in the order of time (version 7), or made from what they name (5)."""

import os
import time
import uuid


def uuid7() -> uuid.UUID:
    """48 bits of Unix milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (2**48 - 1)) << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return uuid.UUID(int=value)


def named(owner: uuid.UUID, *parts: object) -> uuid.UUID:
    """The same for the same owner and parts, whenever it is made; nobody can work it out without
    knowing the owner's."""
    return uuid.uuid5(owner, "/".join(map(str, parts)))
