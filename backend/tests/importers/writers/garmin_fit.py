"""FIT files: definitions and messages in binary, with their check sums."""

import random
import struct
from collections.abc import Sequence

EPOCH = 631_065_600  # 1989-12-31 00:00 UTC
START = 1_714_600_000
_CODES = {"<B": 0x02, "<H": 0x84, "<I": 0x86}
_CRC = (
    0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401, 0xA001, 0x6C00, 0x7800, 0xB401,
    0x5000, 0x9C01, 0x8801, 0x4400,
)  # fmt: skip
FILE_ID, SESSION, RECORD, WEIGHT, PRESSURE = 0, 18, 20, 30, 51
Field = tuple[int, str, int]
"""Number, layout and raw value."""


def message(number: int, fields: Sequence[Field]) -> bytes:
    """A definition and one message of it."""
    definition = struct.pack("<BBBHB", 0x40, 0, 0, number, len(fields))
    for name, layout, _ in fields:
        definition += struct.pack("<BBB", name, struct.calcsize(layout), _CODES[layout])
    values = b"".join(struct.pack(layout, value) for _, layout, value in fields)
    return definition + b"\0" + values


def crc(content: bytes) -> int:
    found = 0
    for byte in content:
        for half in (byte & 0xF, byte >> 4):
            found = (found >> 4) ^ _CRC[found & 0xF] ^ _CRC[half]
    return found


def write(messages: Sequence[bytes]) -> bytes:
    body = b"".join(messages)
    header = struct.pack("<BBHI4s", 14, 0x20, 2132, len(body), b".FIT")
    whole = header + struct.pack("<H", crc(header)) + body
    return whole + struct.pack("<H", crc(whole))


def file_id(kind: int = 4) -> bytes:
    return message(FILE_ID, [(0, "<B", kind), (1, "<H", 1), (4, "<I", START - EPOCH)])


def beat(second: int, beats: int) -> bytes:
    return message(RECORD, [(253, "<I", START + second - EPOCH), (3, "<B", beats)])


def session(seconds: int) -> bytes:
    return message(
        SESSION,
        [
            (253, "<I", START + seconds - EPOCH), (2, "<I", START - EPOCH),
            (7, "<I", seconds * 1_000), (9, "<I", 502_300), (5, "<B", 1), (11, "<H", 320),
            (16, "<B", 141), (17, "<B", 171),
        ],
    )  # fmt: skip


def weighing(kilograms: float) -> bytes:
    return message(WEIGHT, [(253, "<I", START - EPOCH), (0, "<H", round(kilograms * 100))])


def pressure(systolic: int, diastolic: int) -> bytes:
    fields = [(253, "<I", START - EPOCH), (0, "<H", systolic), (1, "<H", diastolic)]
    return message(PRESSURE, fields)


def example(seed: int = 1) -> bytes:
    rng = random.Random(seed)
    beats = [beat(second, rng.randint(90, 170)) for second in range(120)]
    return write([file_id(), *beats, session(120), weighing(80.5), pressure(121, 79)])
