"""The connection to PostgreSQL: engine, sessions that carry a user, and what its failures mean."""

import errno
import select
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection
from psycopg import Error as PsycopgError
from psycopg.pq import ConnStatus
from sqlalchemy import Connection, ExceptionContext, event, make_url, text
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    DisconnectionError,
    IntegrityError,
    InterfaceError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.pool import QueuePool

from app.errors import (
    AppError,
    ConflictError,
    DiskFullError,
    InvalidInputError,
    UnavailableError,
)
from app.pipelines import Asked, keep_prepared, run_together
from app.prepared import OUTDATED, Call, Links, Prepared, Row, Values

APP_ROLE = "vitaliq_app"
DRIVER = "postgresql+psycopg"
CONNECT_SECONDS = 5
_SET_USER = text("SELECT set_config('app.user_id', :user_id, true)")
ACT_AS = b"select set_config('app.user_id', $1, true)"
"""The same for `prepared`: the transaction acts for the user whose id is given as text."""


class UserSession(Session):
    """A session whose every transaction tells row-level security who is asking.

    The setting is local to the transaction, so a pooled connection never carries it further.
    """

    @property
    def user_id(self) -> UUID | None:
        return self.info.get("user_id")


@event.listens_for(UserSession, "after_begin")
def _announce_user(
    session: UserSession, _transaction: SessionTransaction, connection: Connection
) -> None:
    if session.user_id is not None:
        connection.execute(_SET_USER, {"user_id": str(session.user_id)})


async def act_as(session: AsyncSession, user_id: UUID) -> None:
    """From here on, in this transaction and later ones, the session acts for this user."""
    await session.execute(_SET_USER, {"user_id": str(user_id)})
    # Not before: a transaction that begins with it announces it, too.
    session.info["user_id"] = user_id


async def prepared(
    session: AsyncSession, statement: bytes, given: Sequence[object]
) -> Sequence[tuple[Any, ...]]:
    """The rows of a statement in PostgreSQL's own words ($1, $2, ...), which is prepared once a
    connection and answers in binary.

    For long statements that are read often: SQLAlchemy and psycopg look through all of their text
    at every call.
    """
    (rows,) = await prepared_together(session, (statement, given))
    return rows


async def prepared_together(session: AsyncSession, *calls: Asked) -> list[list[tuple[Any, ...]]]:
    """The rows of several such statements, which are sent together and run one after the other,
    each in a snapshot of its own."""
    async with driver_of(session) as driver:
        return await run_together(driver, calls)


@asynccontextmanager
async def driver_of(session: AsyncSession) -> AsyncIterator[AsyncConnection]:
    """The session's connection as psycopg knows it, in the session's transaction; what fails is
    told as SQLAlchemy tells it, without statement or values."""
    connection = await session.connection()
    driver = (await connection.get_raw_connection()).driver_connection
    if not isinstance(driver, AsyncConnection):
        raise TypeError("the engine has another driver")
    try:
        yield driver
    except PsycopgError as error:
        if error.sqlstate in OUTDATED:
            await driver.close()
        raise DBAPIError.instance("", None, error, PsycopgError, hide_parameters=True) from error


class Connections(NamedTuple):
    """How many connections of a pool are in use, idle, and allowed."""

    in_use: int
    idle: int
    most: int


class Database:
    """Connections in the unprivileged role: half of them for sessions, half for prepared
    statements.

    `shared` are those of a pooler such as PgBouncer, which gives each transaction another one:
    nothing can be set or prepared on it, and the user must be the unprivileged role itself.
    """

    def __init__(
        self, url: str, *, pool_size: int, statement_timeout: float, shared: bool = False
    ) -> None:
        hot = max(1, pool_size // 2)
        self._given: dict[str, Any] = {"prepare_threshold": None} if shared else {}
        self._options = "" if shared else _options(url, statement_timeout)
        self.engine = create_async_engine(
            make_url(url).set(drivername=DRIVER),
            pool_size=max(1, pool_size - hot),
            max_overflow=0,
            pool_timeout=10,
            pool_use_lifo=True,  # whose statements are planned, and whose caches are warm
            hide_parameters=True,
            connect_args=self._arguments(self._options),
        )
        event.listen(self.engine.sync_engine, "connect", _prepare_for_long)
        event.listen(self.engine.sync_engine, "checkout", _look_at)
        event.listen(self.engine.sync_engine, "handle_error", _give_up_outdated)
        self._links = Links(
            self._connect, most=hot, patience=2 * statement_timeout, prepares=not shared
        )
        self._sessions = async_sessionmaker(
            self.engine, sync_session_class=UserSession, expire_on_commit=False
        )

    @asynccontextmanager
    async def session(self, user_id: UUID | None = None) -> AsyncIterator[AsyncSession]:
        """A transaction that commits when the block ends well."""
        async with self._sessions(info={"user_id": user_id}) as session, session.begin():
            yield session

    def connections(self) -> Connections:
        """How the pool stands at this moment."""
        pool, links = self.engine.pool, self._links
        if not isinstance(pool, QueuePool):
            raise TypeError("the engine was made with another pool")
        return Connections(
            in_use=pool.checkedout() + links.in_use,
            idle=pool.checkedin() + links.idle,
            most=pool.size() + links.most,
        )

    async def fetch(self, statement: Prepared, values: Values) -> list[Row]:
        """One prepared statement, which is a transaction of its own; committed when this returns.
        Raises RefusedError where it was not carried out, LostError where that is not known."""
        (rows,) = await self.fetch_together((statement, values))
        return rows

    async def fetch_together(self, *calls: Call) -> list[list[Row]]:
        """The rows of several, which are sent together: one transaction, as `fetch` says, in which
        each has a snapshot of its own."""
        return await self._links.run(calls)

    async def _connect(self) -> AsyncConnection[Any]:
        _, given = self.engine.dialect.create_connect_args(self.engine.url)
        # The statements are few, and always of the same plan.
        options = self._options and f"{self._options} -c plan_cache_mode=force_generic_plan"
        return await AsyncConnection.connect(**given, autocommit=True, **self._arguments(options))

    def _arguments(self, options: str) -> dict[str, Any]:
        sent = {"options": options} if options else {}
        return {"connect_timeout": CONNECT_SECONDS} | self._given | sent

    async def close(self) -> None:
        self._links.close()
        await self.engine.dispose()


def _prepare_for_long(connection: Any, _record: object) -> None:
    keep_prepared(connection.driver_connection)


def _look_at(connection: Any, _record: object, _fairy: object) -> None:
    """An idle connection has nothing to say but that its server has gone. (SQLAlchemy would ask
    each time, which costs a round trip.)"""
    wire = connection.driver_connection.pgconn
    if wire.status != ConnStatus.OK or _has_input(wire.socket):
        raise DisconnectionError


def _give_up_outdated(failure: ExceptionContext) -> None:
    if getattr(failure.original_exception, "sqlstate", None) in OUTDATED:
        failure.is_disconnect = True


def _has_input(socket: int) -> bool:
    look = select.poll()
    look.register(socket, select.POLLIN)
    return bool(look.poll(0))


def _options(url: str, statement_timeout: float) -> str:
    milliseconds = round(statement_timeout * 1_000)
    settings = {
        "timezone": "UTC",
        "statement_timeout": milliseconds,
        "lock_timeout": milliseconds,
        "idle_in_transaction_session_timeout": 10 * milliseconds,
    }
    given = " ".join(f"-c {name}={value}" for name, value in settings.items())
    return f"{given} {role_option(url)}".strip()


def role_option(url: str) -> str:
    """The connection option that steps down into the unprivileged role, for other users."""
    return "" if make_url(url).username == APP_ROLE else f"-c role={APP_ROLE}"


_UNAVAILABLE_CLASSES = ("08", "53", "57P", "58")
_RETRY_STATES = ("40001", "40P01", "55P03", "57014")


def translate(error: BaseException) -> AppError | None:
    """What a failure of the database or of the way to it means to the caller.

    None is for failures that are bugs of ours.
    """
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError()
    if isinstance(error, PoolTimeoutError | OSError | TimeoutError):
        return UnavailableError("The database cannot be reached just now. Try again shortly.")
    if not isinstance(error, DBAPIError):
        return None
    state: str | None = getattr(error.orig, "sqlstate", None)
    if isinstance(error, DataError):  # without a state where the driver itself refuses, as for NUL
        return InvalidInputError("A value does not fit what the database accepts.")
    if state is None:
        lost = isinstance(error, OperationalError | InterfaceError)
        return UnavailableError("The database connection was lost. Try again.") if lost else None
    return _translate_state(state, error)


def _translate_state(state: str, error: DBAPIError) -> AppError | None:
    if state in _RETRY_STATES:
        return UnavailableError("Another change was in the way. Try again.", retry_after=1)
    if state == "53100":
        return DiskFullError()
    if state.startswith(_UNAVAILABLE_CLASSES):
        return UnavailableError("The database is not available just now. Try again shortly.")
    if state == "23505":
        return ConflictError("This already exists.", code="already-exists")
    if state.startswith("22") or (state.startswith("23") and isinstance(error, IntegrityError)):
        return InvalidInputError("A value does not fit what the database accepts.")
    return None
