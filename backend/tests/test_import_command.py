"""`vitaliq import FILE`, run as a person runs it: shown, stored once, refused in words."""

import asyncio
import contextlib
import os
import pty
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import AsyncClient

from app.postgres import DatabaseUrls
from tests.folders import PATIENCE, reachable_folder
from tests.importers.writers import generic_csv
from tests.operations.command import VITALIQ, environment, run
from tests.people import Account, register

EMAIL = "ada@example.com"
Ended = subprocess.CompletedProcess[str]


@pytest.fixture
def home() -> Iterator[Path]:
    with reachable_folder() as folder:
        (folder / "table.csv").write_bytes(generic_csv.example())
        (folder / "doubtful.csv").write_bytes(generic_csv.doubtful())
        (folder / "noise.bin").write_bytes(b"\0" * 1_000)
        yield folder


@pytest.fixture
async def person(live_client: AsyncClient) -> Account:
    return await register(live_client, EMAIL, timezone="Europe/Berlin")


async def bring(home: Path, urls: DatabaseUrls, *words: str) -> Ended:
    ended = await asyncio.to_thread(
        lambda: run(home, "import", *words, DATABASE_URL=urls.app, DATABASE_OWNER_URL=urls.owner)
    )
    assert "Traceback" not in ended.stderr
    return ended


async def weights(person: Account) -> int:
    return len((await person.get("/api/body", params={"limit": 100})).json()["items"])


async def test_a_file_is_shown_and_then_stored_once(
    home: Path, live_urls: DatabaseUrls, person: Account
) -> None:
    shown = await bring(home, live_urls, "table.csv", "--email", EMAIL, "--dry-run")
    assert shown.returncode == 0, shown.stderr
    assert "Any table (CSV); times without a zone are read in Europe/Berlin." in shown.stdout
    assert re.search(r"40 weight from CSV \(2024-01-01 to 2024-02-09\)", shown.stdout)
    assert "Nothing was stored." in shown.stdout
    assert await weights(person) == 0
    stored = await bring(home, live_urls, "table.csv", "--email", EMAIL, "--yes")
    assert stored.returncode == 0, stored.stderr
    assert "80 new readings stored, 0 were there already" in stored.stdout
    assert "body 40" in stored.stdout
    assert await weights(person) == 40
    again = await bring(home, live_urls, "table.csv", "--email", EMAIL, "--yes")
    assert "40 there already" in again.stdout
    assert "0 new readings stored, 80 were there already; entries: none" in again.stdout
    assert await weights(person) == 40


async def test_what_is_doubtful_is_told_with_the_words_that_settle_it(
    home: Path, live_urls: DatabaseUrls, person: Account
) -> None:
    shown = await bring(home, live_urls, "doubtful.csv", "--email", EMAIL, "--dry-run")
    assert "assumed units.Weight = kg: the header names no unit" in shown.stdout
    assert "not read: line 10" in shown.stdout
    told = re.search(r"did you mean mmol/L\?\n +to take them: --answer '(.+)'", shown.stdout)
    assert told is not None, shown.stdout
    stored = await bring(
        home, live_urls, "doubtful.csv", "--email", EMAIL, "--yes", "--answer", told[1]
    )
    assert "14 new readings stored" in stored.stdout
    page = (await person.get("/api/readings", params={"kind": "glucose"})).json()
    assert page["series"] == [{"source": "CSV", "unit": "mmol/L"}]


async def test_what_cannot_be_done_is_a_sentence_and_an_exit_status(
    home: Path, live_urls: DatabaseUrls, person: Account
) -> None:
    noise = await bring(home, live_urls, "noise.bin", "--email", person.email, "--yes")
    assert noise.returncode == 1
    assert "Nothing was stored. This is not a file that is known here" in noise.stdout
    stranger = await bring(home, live_urls, "table.csv", "--email", "nobody@example.com", "--yes")
    assert stranger.returncode == 1
    assert "There is no account with this e-mail address" in stranger.stderr
    asked = await bring(home, live_urls, "table.csv", "--email", EMAIL, "--yes", "--answer", "what")
    assert asked.returncode == 1
    assert "--answer takes GROUP=UNIT" in asked.stderr
    assert await weights(person) == 0


async def test_a_bar_is_drawn_on_a_terminal_alone(
    home: Path, live_urls: DatabaseUrls, person: Account
) -> None:
    piped = await bring(home, live_urls, "table.csv", "--email", person.email, "--dry-run")
    assert "%" not in piped.stdout + piped.stderr
    words = ["import", "table.csv", "--email", EMAIL, "--yes"]
    database = {"DATABASE_URL": live_urls.app, "DATABASE_OWNER_URL": live_urls.owner}
    seen = await asyncio.to_thread(on_terminal, home, words, database)
    assert re.search(r"Reading +\[#+\] +100%", seen), seen
    assert re.search(r"Storing +\[#+\] +100%", seen), seen
    assert "80 new readings stored" in seen


def on_terminal(home: Path, words: list[str], settings: dict[str, str]) -> str:
    """What the command writes where it has a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [VITALIQ, *words],
        cwd=home,
        env=environment(home, **settings) | {"TERM": "xterm"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as command:
        os.close(theirs)
        pieces = []
        with contextlib.suppress(OSError):  # so a terminal says that the other end is gone
            while piece := os.read(ours, 4_096):
                pieces.append(piece)
        assert command.wait(PATIENCE) == 0
    os.close(ours)
    return b"".join(pieces).decode()
