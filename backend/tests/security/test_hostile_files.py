"""Files made to hurt the two readers of files: the daily CSV and the archive of an export (T37).

Each is refused in a sentence, in bounded memory, and leaves nothing: no row, no file.
"""

import asyncio
import io
import json
import os
import struct
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from app import commands
from app.config import Settings
from app.database import DRIVER
from app.errors import InvalidInputError
from app.postgres import DatabaseUrls
from app.schemas.auth import RegisterIn
from app.services import export_reading
from app.services.account_import import RESTORED
from app.services.export_reading import MOST_FILES, MOST_RATIO, portions
from app.utils import text_file
from app.utils.text_file import LONGEST_LINE, MOST_LINES, read_lines
from tests.conftest import in_database_of
from tests.operations.command import VITALIQ, environment
from tests.people import PASSWORD, Account
from tests.security.test_export import IMPORT, ZIP, a_weight, an_export, exported, packed, tables_in

MEGABYTES = 1_000_000
MOST_EXTRA_BYTES = 200 * MEGABYTES
EMAIL = "ada@example.com"
HEAD = b"date,resting_hr\n2024-03-01,60\n"


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where temporary files would lie; nothing stays there."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


def written(folder: Path, content: bytes) -> Path:
    file = folder / "days.csv"
    file.write_bytes(content)
    return file


STRANGE_TEXT = {
    "NUL": (HEAD + b"2024-03-02,6\0\n", "Line 3 holds control characters"),
    "orders for a terminal": (b"date,\x1b]0;canary\x07,resting_hr\n", "Line 1 holds control"),
    "another alphabet's bytes": (HEAD + "2024-03-02,60,müde".encode("latin-1"), "not UTF-8"),
    "two encodings": (HEAD + "é".encode() + b"\n" + "é".encode("utf-16-le"), "not UTF-8"),
    "UTF-16": (HEAD.decode().encode("utf-16"), "not UTF-8"),
    "a surrogate": (HEAD + b"\xed\xa0\x80", "not UTF-8"),
    "half a character": (HEAD + b"\xc3", "not UTF-8"),
    "a long line": (HEAD + b"a" * (LONGEST_LINE + 1), f"longer than {LONGEST_LINE}"),
    "a zip archive": (packed(an_export()), "not UTF-8|control"),
}


@pytest.mark.parametrize(("content", "reason"), STRANGE_TEXT.values(), ids=STRANGE_TEXT)
def test_t37_what_is_no_text_is_refused_in_a_sentence(
    content: bytes, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(InvalidInputError, match=reason) as refused:
        read_lines(written(tmp_path, content))
    assert "canary" not in refused.value.detail


def test_t37_text_of_every_system_is_read(tmp_path: Path) -> None:
    for ends in ("\n", "\r\n", "\r"):
        lines = ends.join(["\ufeffdate,weight", "2024-03-01,71", "2024-03-02,71"])
        assert read_lines(written(tmp_path, lines.encode())) == [
            "date,weight",
            "2024-03-01,71",
            "2024-03-02,71",
        ]
    assert read_lines(written(tmp_path, b"")) == []
    assert len(read_lines(written(tmp_path, b"a" * LONGEST_LINE))) == 1


def test_t37_lines_and_characters_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, b"date,weight\n" * MOST_LINES)
    assert len(read_lines(file)) == MOST_LINES
    monkeypatch.setattr(text_file, "MOST_LINES", MOST_LINES - 1)
    with pytest.raises(InvalidInputError, match="too large"):
        read_lines(file)
    monkeypatch.undo()
    monkeypatch.setattr(text_file, "MOST_CHARACTERS", 11 * MOST_LINES - 1)
    with pytest.raises(InvalidInputError, match="too large"):
        read_lines(file)


def endless(file: Path) -> None:
    """A line of a gigabyte, which takes no room on the disk."""
    with file.open("wb") as sparse:
        sparse.write(HEAD)
        sparse.truncate(1_000 * MEGABYTES)


def many_rows(file: Path) -> None:
    file.write_bytes(HEAD + b"2024-03-02,60\n" * 1_000_000)


def formulas(file: Path) -> None:
    cells = ("=1+1", "+cmd|' /C canary'!A0", "-2+3", "@SUM(A1)", "\t=1", '"=HYPERLINK(""x"")"')
    file.write_bytes(HEAD + b"".join(f"2024-04-{n:02},{c}\n".encode() for n, c in enumerate(cells)))


def bomb(file: Path) -> None:
    """A hundred megabytes in fewer than one, by as much as the ratio allows."""
    noise = os.urandom(100 * MEGABYTES // MOST_RATIO // 2).hex()
    spaces = " " * (100 * MEGABYTES - 2 * len(noise))
    rows = [a_weight(notes="ä" + noise)]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("vitaliq.json", json.dumps(an_export(body_metrics=rows)) + spaces)


def many_members(file: Path) -> None:
    """The list of members alone would take a gigabyte in memory."""
    with file.open("wb") as archive:
        row = struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, *[0] * 4, *[0] * 3, 1, *[0] * 4, 0, 0)
        archive.writelines(row + b"a" for _ in range(1_000_000))
        size = archive.tell()
        archive.write(struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, size, 0, 0))


@pytest.fixture(scope="module")
def someone(make_migrated: Callable[[], DatabaseUrls]) -> DatabaseUrls:
    """A database in which somebody has an account and no entry."""
    urls = make_migrated()
    account = RegisterIn(email=EMAIL, password=PASSWORD)
    asyncio.run(commands.add_user(Settings(_env_file=None), urls, account))
    return urls


def peak_of(folder: Path, urls: DatabaseUrls, *words: str) -> tuple[int, str, int]:
    """The exit status of a command, all that it says, and the most bytes that it held."""
    addresses = {"DATABASE_URL": urls.app, "DATABASE_OWNER_URL": urls.owner}
    wanted = environment(folder, **addresses) | {"TMPDIR": str(folder / "temporary")}
    said = folder / "said"
    with said.open("wb") as told:
        process = subprocess.Popen(
            [VITALIQ, *words, "--email", EMAIL], cwd=folder, env=wanted, stdout=told, stderr=told
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, said.read_text(), usage.ru_maxrss * 1024


def rows_of(superuser: str, urls: DatabaseUrls) -> int:
    """Over all tables that an import writes, whoever they belong to."""
    engine = create_engine(
        make_url(in_database_of(superuser, urls.app)).set(drivername=DRIVER), poolclass=NullPool
    )
    counts = " + ".join(f"(SELECT count(*) FROM {table})" for table in RESTORED)  # noqa: S608
    with engine.connect() as connection:
        return int(connection.scalar(text(f"SELECT {counts}")) or 0)


@pytest.mark.parametrize(
    ("command", "make", "reason"),
    [
        ("days", endless, "Line 3 is longer than"),
        ("days", many_rows, "too large"),
        ("days", formulas, "resting_hr: is not a number"),
        ("account", bomb, ""),
        ("account", many_members, "not an export"),
    ],
)
def test_t37_a_command_refuses_in_bounded_memory(
    command: str,
    make: Callable[[Path], None],
    reason: str,
    someone: DatabaseUrls,
    superuser: str,
    tmp_path: Path,
) -> None:
    hurtful, harmless = tmp_path / "hurtful", tmp_path / "harmless"
    make(hurtful)
    harmless.write_bytes(b"date,nothing\n")
    _, _, usual = peak_of(tmp_path, someone, "import", command, str(harmless))
    status, said, most = peak_of(tmp_path, someone, "import", command, str(hurtful))
    assert status == 1, said
    assert "Traceback" not in said
    assert "canary" not in said
    assert reason in said
    assert most - usual < MOST_EXTRA_BYTES
    assert rows_of(superuser, someone) == 0


def patched(archive: bytes, *changes: tuple[int, bytes]) -> bytes:
    """With these bytes in the entry of the central directory, which zipfile believes."""
    found = archive.rindex(b"PK\1\2")
    changed = bytearray(archive)
    for offset, value in changes:
        changed[found + offset : found + offset + len(value)] = value
    return bytes(changed)


def with_names(*names: str, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name in names:
            archive.writestr(name, json.dumps(an_export(body_metrics=[a_weight()])))
    return file.getvalue()


@pytest.fixture
def hostile_archives() -> dict[str, bytes]:
    weights = an_export(body_metrics=[a_weight() for _ in range(100)])
    whole = packed(weights)
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = with_names("vitaliq.json", "vitaliq.json")
    return {
        "says it is small": patched(whole, (24, struct.pack("<I", 9))),
        "says it is packed smaller": patched(whole, (20, struct.pack("<I", 9))),
        "says another checksum": patched(whole, (16, struct.pack("<I", 9))),
        "says it is encrypted": patched(whole, (8, struct.pack("<H", 1))),
        "is packed in an unknown way": patched(whole, (10, struct.pack("<H", 99))),
        "lies elsewhere": patched(whole, (42, struct.pack("<I", 2**31))),
        "is cut": whole[:-30],
        "is cut in the middle": whole[: len(whole) // 2] + whole[-60:],
        "is packed for a patient reader": with_names("vitaliq.json", method=zipfile.ZIP_LZMA),
        "two of one name": twice,
        "a name that climbs": with_names("vitaliq.json", "../../etc/cron.d/canary"),
        "a name from the root": with_names("vitaliq.json", "/etc/canary"),
        "a name of another system": with_names("vitaliq.json", "C:canary"),
        "a name with backslashes": with_names("vitaliq.json", "..\\canary"),
        "the document elsewhere": with_names("a/vitaliq.json"),
        "too many files": with_names("vitaliq.json", *map(str, range(MOST_FILES))),
        "an archive in an archive": packed(packed(weights).decode("latin-1")),
        "not a number": packed(an_export(body_metrics=[a_weight(weight_kg="NaN")])),
        "without an end": packed(an_export(body_metrics=[a_weight(weight_kg="Infinity")])),
        "a number of many digits": packed(
            json.dumps(an_export(body_metrics=[a_weight(weight_kg="@")])).replace(
                '"@"', "9" * 100_000
            )
        ),
    }


async def test_t37_archives_are_taken_at_what_they_hold(
    ada: Account, hostile_archives: dict[str, bytes]
) -> None:
    for trick, body in hostile_archives.items():
        answer = await ada.post(IMPORT, content=body, headers=ZIP)
        assert answer.status_code == 422, (trick, answer.text)
        assert "canary" not in answer.text
    kept = tables_in(await exported(ada))
    assert not [name for name in RESTORED if kept[name]]


async def test_t37_a_size_that_an_archive_claims_is_not_believed(ada: Account) -> None:
    claims = patched(packed(an_export(body_metrics=[a_weight()])), (24, b"\xfe\xff\xff\xff"))
    assert (await ada.post(IMPORT, content=claims, headers=ZIP)).status_code == 201
    assert len(tables_in(await exported(ada))["body_metrics"]) == 1


def test_t37_a_list_of_members_is_not_read_whole_before_it_is_counted(tmp_path: Path) -> None:
    many_members(tmp_path / "archive")
    asked: list[int] = []

    class Watched(io.FileIO):
        def read(self, size: int | None = -1, /) -> bytes:
            asked.append(-1 if size is None else size)
            return super().read(size) or b""

    with Watched(tmp_path / "archive") as archive, pytest.raises(InvalidInputError):
        list(portions(archive, 1_000_000))
    assert asked
    assert min(asked) >= 0
    assert max(asked) <= export_reading.MOST_AT_ONCE + 1
