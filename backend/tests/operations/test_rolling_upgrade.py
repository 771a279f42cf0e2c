"""A process of today serves on while a newer version brings the schema further (T33)."""

import asyncio
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from httpx import AsyncClient, Response

from app.config import Settings
from app.database import Database
from app.migrations import head
from app.models import ENTRY_MODELS
from app.postgres import DatabaseUrls
from app.services.entries import table_of
from tests.conftest import client_of
from tests.contracts.trackers import TRACKERS
from tests.operations.command import environment
from tests.people import Account, register

BACKEND = Path(__file__).resolve().parents[2]
NEXT = "9001"
MIGRATE = "from app.cli import main; main(['migrate'])"
# The table that every request reads comes first (CONTRIBUTING.md); the pauses are time in which
# requests queue.
MIGRATION = f'''
"""What a next version may add."""

from alembic import op

revision = "{NEXT}"
down_revision = "{head()}"
branch_labels = None
depends_on = None

TABLES = {("users", *(table_of(model).name for model in ENTRY_MODELS.values()))}


def upgrade():
    for table in TABLES:
        op.execute(f"ALTER TABLE {{table}} ADD COLUMN next_note text")
        op.execute(f"ALTER TABLE {{table}} ADD COLUMN next_flag boolean NOT NULL DEFAULT false")
        op.execute("SELECT pg_sleep(0.1)")
    op.execute("CREATE TABLE next_things (id int PRIMARY KEY)")


def downgrade():
    pass
'''


@pytest.fixture
def next_version(tmp_path: Path) -> Path:
    """This program with one migration more."""
    for name in ("app", "alembic"):
        ignored = shutil.ignore_patterns("__pycache__", "swagger_ui")
        shutil.copytree(BACKEND / name, tmp_path / name, ignore=ignored)
    shutil.copy(BACKEND / "alembic.ini", tmp_path)
    (tmp_path / "alembic" / "versions" / f"{NEXT}_next.py").write_text(MIGRATION.strip())
    return tmp_path


async def migrate(program: Path, urls: DatabaseUrls) -> None:
    places = {"DATABASE_URL": urls.app, "DATABASE_OWNER_URL": urls.owner}
    migrating = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        MIGRATE,
        cwd=program,
        env=environment(program, PYTHONPATH=str(program), **places),
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await migrating.communicate()
    assert migrating.returncode == 0, said.decode()


@dataclass(slots=True)
class Caller:
    """Someone who goes on using everything, and counts what they hear."""

    account: Account
    heard: Counter[tuple[str, int]] = field(default_factory=Counter)

    async def use_until(self, ended: asyncio.Event) -> None:
        while not ended.is_set():
            await self.use_all()

    async def use_all(self) -> None:
        for tracker in TRACKERS:
            made = await self._ask("POST", tracker.path, json=tracker.example())
            entry = f"{tracker.path}/{made.json().get('id')}"
            assert "next_note" not in made.text
            await self._ask("GET", entry)
            await self._ask("PUT", entry, json=tracker.smallest)
            listed = await self._ask("GET", tracker.path)
            assert "next_note" not in listed.text
            await self._ask("DELETE", entry)
            await self._ask("POST", f"{tracker.path}/bulk", json=[tracker.example()] * 2)
        await self._ask("POST", "/api/anomalies/detect")
        for path in ("/api/dashboard", "/api/auth/me", "/readyz"):
            await self._ask("GET", path)

    async def _ask(self, method: str, path: str, **more: Any) -> Response:
        answer = await self.account.request(method, path, **more)
        self.heard[method, answer.status_code] += 1
        return answer


def answers(callers: Sequence[Caller]) -> Counter[tuple[str, int]]:
    """What they have heard by now: methods and statuses."""
    return sum((caller.heard for caller in callers), Counter[tuple[str, int]]())


async def callers_of(client: AsyncClient, names: str) -> list[Caller]:
    return [Caller(await register(client, f"{name}@example.com")) for name in names.split()]


async def test_t33_an_older_process_serves_during_and_after_an_upgrade(
    next_version: Path, make_migrated: Callable[[], DatabaseUrls], settings: Settings
) -> None:
    urls = make_migrated()
    database = Database(urls.app, pool_size=10, statement_timeout=10)
    async with client_of(database, settings) as client:
        callers = await callers_of(client, "ada bob eve")
        for caller in callers:
            await caller.use_all()
        before, ended = answers(callers), asyncio.Event()
        using = [asyncio.create_task(caller.use_until(ended)) for caller in callers]
        await migrate(next_version, urls)
        during = answers(callers) - before
        ended.set()
        await asyncio.gather(*using)
        for caller in callers:
            await caller.use_all()
    await database.close()
    assert during.total() > 0
    heard = answers(callers)
    assert {status for _, status in heard} <= {200, 201, 204}, heard
    with psycopg.connect(urls.owner) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (NEXT,)
