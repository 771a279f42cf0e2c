"""Through PgBouncer in transaction mode, with the settings that docs/operations.md names."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import URL, make_url, text

from app.config import Settings
from app.database import APP_ROLE, Database
from app.migrations import UnusableDatabaseError, upgrade
from app.postgres import HOST, EmbeddedPostgres, is_listening
from app.prepared import Prepared
from app.startup import running_server
from app.utils.identifiers import uuid7
from tests.conftest import FAST
from tests.folders import PATIENCE, reachable_folder
from tests.operations.servers import await_that, free_port

BOUNCER = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
CONNECTIONS, PEOPLE, ROUNDS = 2, 8, 10
_ECHO = Prepared("echo", "SELECT $1::int")

pytestmark = pytest.mark.skipif(BOUNCER is None, reason="pgbouncer is not installed")


@pytest.fixture
def through_bouncer() -> Iterator[str]:
    """An embedded server's address through a PgBouncer that keeps two connections to it."""
    with reachable_folder() as folder, EmbeddedPostgres(folder / "data", settings=FAST) as urls:
        upgrade(urls.owner)
        port = free_port()
        config = _configure(folder, make_url(urls.app), port)
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        bouncer = subprocess.Popen(
            [str(BOUNCER), "-q", *user, str(config)], stderr=subprocess.DEVNULL
        )
        try:
            await_that(lambda: is_listening(port))
            yield make_url(urls.app).set(port=port).render_as_string(hide_password=False)
        finally:
            bouncer.terminate()
            bouncer.wait(PATIENCE)


def _configure(folder: Path, app: URL, port: int) -> Path:
    users, config = folder / "users.txt", folder / "pgbouncer.ini"
    users.write_text(f'"{app.username}" "{app.password}"\n')
    config.write_text(
        f"""
[databases]
{app.database} = host={HOST} port={app.port} password={app.password}
[pgbouncer]
listen_addr = {HOST}
listen_port = {port}
unix_socket_dir =
auth_type = plain
auth_file = {users}
pool_mode = transaction
default_pool_size = {CONNECTIONS}
"""
    )
    return config


async def test_many_people_share_few_connections_and_none_sees_another(
    through_bouncer: str,
) -> None:
    database = Database(through_bouncer, pool_size=PEOPLE, statement_timeout=PATIENCE, shared=True)

    async def ask(number: int) -> set[tuple[UUID, int]]:
        person, heard = uuid7(), set()
        asked = text("SELECT app.uid(), CAST(:number AS integer), pg_backend_pid()")
        for _ in range(ROUNDS):
            async with database.session(person) as session:
                uid, echo, pid = (await session.execute(asked, {"number": number})).one()
            assert (uid, echo) == (person, number)
            heard.add(pid)
        async with database.session() as session:
            assert (await session.scalar(text("SELECT app.uid()"))) is None
        ((echoed,),) = await database.fetch(_ECHO, [str(number).encode()])
        assert echoed == str(number).encode()
        return heard

    heard = await asyncio.gather(*map(ask, range(PEOPLE)))
    await database.close()
    assert len(set().union(*heard)) <= CONNECTIONS


async def test_without_the_setting_it_is_refused_and_not_half_obeyed(through_bouncer: str) -> None:
    database = Database(through_bouncer, pool_size=1, statement_timeout=PATIENCE)
    with pytest.raises(Exception, match="unsupported startup parameter: options"):
        async with database.session() as session:
            await session.execute(text("SELECT 1"))
    await database.close()


def test_whoever_would_have_to_step_down_is_refused() -> None:
    settings = Settings(
        _env_file=None,
        database_url="postgresql://somebody:x@localhost/vitaliq",
        database_pooler=True,
    )
    with pytest.raises(UnusableDatabaseError, match=APP_ROLE), running_server(settings):
        pass
