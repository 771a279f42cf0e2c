"""Files made to hurt whoever reads them: small ones, and large ones that are made when asked."""

import struct
import zlib
from collections.abc import Callable, Mapping

from tests.importers.writers import dexcom_clarity, health_connect
from tests.importers.writers.archives import packed

MEGABYTE = 1_000_000
_DATED = b"date,weight kg\n"


def _lying(content: bytes) -> bytes:
    """An archive whose list says that its file is ten bytes long."""
    archive = bytearray(packed({"health_connect_export.db": content}))
    entry = archive.rindex(b"PK\x01\x02")
    archive[entry + 24 : entry + 28] = struct.pack("<I", 10)
    return bytes(archive)


def _encrypted() -> bytes:
    archive = bytearray(packed({"Takeout/Fitbit/sleep-2020-01-01.json": b"[]"}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        archive[archive.rindex(mark) + at] |= 1
    return bytes(archive)


def _nameless() -> bytes:
    """An archive whose list gives its file a name that begins with a NUL, where zipfile ends it."""
    archive = bytearray(packed({"Takeout/Fitbit/sleep-2020-01-01.json": b"[]"}))
    for mark, at in ((b"PK\x03\x04", 30), (b"PK\x01\x02", 46)):
        archive[archive.rindex(mark) + at] = 0
    return bytes(archive)


def _nested(depth: int) -> bytes:
    content = packed({"a.fit": b"0"})
    for _ in range(depth):
        content = packed({"DI_CONNECT/inner.zip": content})
    return content


def _with_paths() -> bytes:
    names = ("../../DI_CONNECT/evil_sleepData.json", "/DI_CONNECT/etc_sleepData.json", "C:\\x.fit")
    return packed(dict.fromkeys(names, b"[0]"))


def _database(sql: str) -> bytes:
    export = health_connect.Export()
    export.connection.executescript(sql)
    return export.content()


HOSTILE: Mapping[str, bytes] = {
    "nothing": b"",
    "zeros": bytes(10_000),
    "noise": zlib.compress(bytes(range(256)) * 400, 9) * 20,
    "a mark alone": b"\xef\xbb\xbf",
    "half a surrogate": b"date,weight kg\n2024-01-01,\xed\xa0\x80\n",
    "a surrogate in JSON": b'{"data":{"metrics":[{"name":"\\ud800","data":[{"qty":"\\udfff"}]}]}}',
    "deep arrays": b"[" * 200_000,
    "deep objects": b'{"a":' * 100_000,
    "deep arrays in an entry": b'[{"sgv":' + b"[" * 200_000,
    "deep arrays in a resource": b'{"resourceType":"Bundle","entry":' + b"[" * 200_000,
    "numbers beyond numbers": b'[{"sgv":1e999,"date":1},{"sgv":NaN,"date":Infinity}]',
    "integers beyond integers": b'[{"type":"sgv","sgv":' + b"9" * 100_000 + b',"date":1}]',
    "NULs in a table": b"date,weight kg\n2024-01-01,8\0\n",
    "a quotation mark that never ends": _DATED + b'"' + b"2024-01-01,80\n" * 100_000,
    "a long line": _DATED + b"1" * 2 * MEGABYTE,
    "a million columns": b"," * MEGABYTE + b"\n",
    "a million named columns": b"date" + b",weight kg" * 100_000 + b"\n",
    "dates of no calendar": b"date,weight kg\n2024-02-31,80\n0000-00-00,80\n99999-01-01,80\n",
    "a header alone": dexcom_clarity.write([]),
    "an empty archive": packed({}),
    "an archive that was cut off": packed({"DI_CONNECT/a.json": b"[]"})[:-10],
    "an archive that lies": _lying(bytes(MEGABYTE)),
    "an encrypted archive": _encrypted(),
    "an archive of a nameless file": _nameless(),
    "archives in archives": _nested(4),
    "paths that lead out": _with_paths(),
    "an archive of archives' marks": b"PK\x03\x04" + b"PK\x05\x06" * 10_000,
    "a database without tables": b"SQLite format 3\0" + bytes(200),
    "a database whose fault cannot be told": health_connect.database().replace(
        b"weight_record_table" * 2, b"weight_record_\xbf\xbf\xbf\xbf\xbfweight_record_table"
    ),
    "a database of views": _database(
        "DROP TABLE steps_record_table; CREATE VIEW steps_record_table AS SELECT 1 AS count;"
    ),
    "a database of triggers": _database(
        "CREATE TRIGGER t AFTER INSERT ON steps_record_table BEGIN SELECT RAISE(FAIL, 'x'); END;"
    ),
    "a FIT header alone": struct.pack("<BBHI4sH", 14, 0x20, 2132, 0xFFFFFFFF, b".FIT", 0),
    "a FIT file of noise": struct.pack("<BBHI4sH", 14, 0x20, 2132, 60_000, b".FIT", 0)
    + bytes(range(256)) * 200,
}


def zip_bomb() -> bytes:
    """100 MB of zeros in 100 kB, as each format's own file."""
    zeros = bytes(100 * MEGABYTE)
    return packed(
        {
            "health_connect_export.db": zeros,
            "Takeout/Fitbit/Global Export Data/steps-2020-01-01.json": zeros,
            "DI_CONNECT/a_sleepData.json": zeros,
        }
    )


def many_files() -> bytes:
    """An archive with a list of a million files and nothing in them, of one after the other."""
    entry = struct.pack(
        "<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0
    )
    listed = (entry + b"a") * MEGABYTE
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(listed), 30, 0)
    first = b"PK\x03\x04" + bytes(26)
    return first + listed + end


def _much_of(head: bytes, piece: bytes, size: int = 40 * MEGABYTE) -> Callable[[], bytes]:
    return lambda: head + piece * (size // len(piece))


LARGE: Mapping[str, Callable[[], bytes]] = {
    "a zip bomb": zip_bomb,
    "a million files": many_files,
    "one text": _much_of(b'[{"type":"sgv","device":"', b"a" * 1_000),
    "one number": _much_of(b'[{"type":"sgv","sgv":', b"1" * 1_000),
    "one record": _much_of(b'[{"type":"sgv","a":[', b"1," * 1_000),
    "one resource": _much_of(b'{"resourceType":"Bundle","entry":[{', b'"a":[],' * 100),
    "one line": _much_of(_DATED, b"1" * 1_000),
    "one record of lines": _much_of(_DATED + b'"', b"\n" * 1_000),
    "one space": _much_of(b"[", b" " * 1_000),
}
