"""The schema's versions lead to the models, and back, and never half way (T33)."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from app import migrations
from app.migrations import alembic_config, downgrade, head, owner_engine, upgrade, versions
from app.models import Base
from app.postgres import DatabaseUrls
from tests.conftest import in_database_of

MakeDatabase = Callable[[], DatabaseUrls]
SCRIPTS = ScriptDirectory.from_config(alembic_config())
FIRST = "0001"

COLUMNS = """
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
        a.attgenerated, pg_get_expr(d.adbin, d.adrelid) AS default
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND NOT a.attisdropped
"""
CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, convalidated, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
"""
INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
OBJECTS = """
    SELECT 'relation', relname, relkind::text,
        coalesce(relacl, acldefault('r', relowner))::text, reloptions::text,
        (relrowsecurity, relforcerowsecurity)::text
    FROM pg_class WHERE relnamespace >= 16384 OR relnamespace = 'public'::regnamespace
    UNION ALL SELECT 'schema', nspname, NULL, nspacl::text, NULL, NULL FROM pg_namespace
        WHERE nspname !~ '^pg_(toast_)?temp_'
    UNION ALL SELECT 'function', proname, NULL, proacl::text, NULL, prosrc
        FROM pg_proc WHERE oid >= 16384
    UNION ALL SELECT 'policy', tablename, policyname, cmd, qual, with_check FROM pg_policies
    UNION ALL SELECT 'type', typname, NULL, NULL, NULL, NULL FROM pg_type
        WHERE oid >= 16384 AND typrelid = 0 AND typelem = 0
"""


@contextmanager
def connected(urls: DatabaseUrls) -> Iterator[Connection]:
    engine = owner_engine(urls.owner)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def test_the_files_names_are_the_versions_in_their_order() -> None:
    assert [script.revision for script in SCRIPTS.walk_revisions()] == list(reversed(versions()))


def told(connection: Connection, statement: str) -> list[tuple[object, ...]]:
    rows = [tuple(row) for row in connection.execute(text(statement))]
    return sorted((row for row in rows if row[0] != "alembic_version"), key=repr)


def structure(urls: DatabaseUrls) -> list[tuple[object, ...]]:
    """Everything that migrations have made, but for the table that counts them."""
    with connected(urls) as connection:
        made = told(connection, OBJECTS) + told(connection, CONSTRAINTS)
    return [row for row in made if not str(row[1]).startswith("alembic_version")]


def version(urls: DatabaseUrls) -> str | None:
    with connected(urls) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def test_there_is_one_head_and_one_way_to_it() -> None:
    assert SCRIPTS.get_heads() == [head()]
    revisions = list(SCRIPTS.walk_revisions())
    assert [r.down_revision for r in revisions] == [*(r.revision for r in revisions[1:]), None]
    assert all(revision.doc for revision in revisions)


def test_up_and_down_and_up_again(make_database: MakeDatabase) -> None:
    urls = make_database()
    empty = structure(urls)
    upgrade(urls.owner)
    full = structure(urls)
    assert version(urls) == head()
    downgrade(urls.owner, "base")
    assert structure(urls) == empty
    upgrade(urls.owner)
    assert structure(urls) == full


def test_each_step_can_be_taken_back(make_database: MakeDatabase) -> None:
    urls = make_database()
    for revision in reversed(list(SCRIPTS.walk_revisions())):
        before = structure(urls)
        upgrade(urls.owner, revision.revision)
        after = structure(urls)
        downgrade(urls.owner, "-1")
        assert structure(urls) == before
        upgrade(urls.owner, revision.revision)
        assert structure(urls) == after


def test_upgrading_twice_changes_nothing(make_database: MakeDatabase) -> None:
    urls = make_database()
    upgrade(urls.owner)
    before = structure(urls)
    upgrade(urls.owner)
    assert structure(urls) == before


@pytest.fixture(scope="module")
def modelled(make_database: MakeDatabase) -> DatabaseUrls:
    """The tables as the models say, without any migration."""
    urls = make_database()
    with connected(urls) as connection:
        Base.metadata.create_all(connection)
    return urls


@pytest.mark.parametrize("statement", [COLUMNS, CONSTRAINTS, INDEXES], ids=lambda s: s.split()[1])
def test_migrations_make_what_the_models_say(
    statement: str, modelled: DatabaseUrls, migrated: DatabaseUrls
) -> None:
    with connected(modelled) as by_models, connected(migrated) as by_migrations:
        wanted, made = told(by_models, statement), told(by_migrations, statement)
    assert len(wanted) > len(Base.metadata.tables)
    assert made == wanted


def test_there_is_nothing_left_to_generate(migrated: DatabaseUrls) -> None:
    with connected(migrated) as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_upgrades_at_the_same_time_queue(make_database: MakeDatabase) -> None:
    urls = make_database()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(upgrade, [urls.owner] * 4))
    assert version(urls) == head()


def test_the_role_may_come_from_another_database_at_the_same_time(
    make_database: MakeDatabase, superuser: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Roles are shared by all databases of a server, unlike the lock that upgrades queue for."""
    role = f"vitaliq_test_{uuid4().hex}"
    here, there = (
        DatabaseUrls(in_database_of(superuser, urls.owner), urls.app)
        for urls in (make_database(), make_database())
    )
    monkeypatch.setattr(migrations, "APP_ROLE", role)

    def make_role(urls: DatabaseUrls) -> None:
        with connected(urls) as connection:
            migrations._ensure_app_role(connection)

    try:
        with ThreadPoolExecutor(1) as pool:
            with connected(here) as connection:
                migrations._ensure_app_role(connection)
                other = pool.submit(make_role, there)
                wait_for_a_lock(here, there)
            other.result()
    finally:
        with connected(here) as connection:
            connection.execute(text(f"DROP ROLE IF EXISTS {role}"))


def wait_for_a_lock(urls: DatabaseUrls, waiting: DatabaseUrls) -> int:
    """The process that waits for a lock in a database, once there is one."""
    name = waiting.owner.rpartition("/")[2]
    asked = text(
        "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = :name"
    )
    for _ in range(600):
        with connected(urls) as connection:
            pid = connection.scalar(asked, {"name": name})
        if pid is not None:
            return int(pid)
        time.sleep(0.01)
    raise AssertionError("nothing waits for a lock")


def test_an_interrupted_upgrade_leaves_the_version_before(make_database: MakeDatabase) -> None:
    urls = make_database()
    upgrade(urls.owner, FIRST)
    before = structure(urls)
    with ThreadPoolExecutor(1) as pool, connected(urls) as holding:
        holding.execute(text("LOCK TABLE vital_signs"))
        interrupted = pool.submit(upgrade, urls.owner)
        pid = wait_for_a_lock(urls, urls)
        holding.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        with pytest.raises(OperationalError):
            interrupted.result()
    assert (version(urls), structure(urls)) == (FIRST, before)
    upgrade(urls.owner)
    assert version(urls) == head()


def test_a_failing_upgrade_leaves_an_empty_database_empty(make_database: MakeDatabase) -> None:
    urls = make_database()
    with connected(urls) as connection:
        connection.execute(text("CREATE TABLE vital_signs (obstacle int)"))
    before = structure(urls)
    with pytest.raises(Exception, match="vital_signs"):
        upgrade(urls.owner)
    assert (version(urls), structure(urls)) == (None, before)
