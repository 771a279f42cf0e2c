"""Statements prepared once a connection and answered in one round trip, straight over libpq.

A cursor of psycopg costs more processor time than what PostgreSQL does for a page of entries, and
SQLAlchemy's session several times that (`benchmarks/README.md`); here values go and come as text.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, NamedTuple

import psycopg
from psycopg import AsyncConnection, pq

Row = tuple[bytes | None, ...]
Values = Sequence[bytes | None]

_PATIENCE_SECONDS = 10
_GONE = ("08", "57P")
"""Classes of errors with which a connection ends: whether its last statement was carried out is not
known."""

OUTDATED = ("0A000", "26000")
"""Errors of a prepared statement that would give other types than it did, or is no longer there:
after a migration, or behind a pooler. With a new connection it is right again."""


class Prepared(NamedTuple):
    """A statement with parameters $1, $2, ..., under a name of its own."""

    name: str
    sql: str


Call = tuple[Prepared, Values]
"""A statement and what it is given."""


class RefusedError(Exception):
    """Nothing was carried out."""


class LostError(Exception):
    """The connection ended before the answer: everything was carried out, or nothing was."""


class Link:
    """One connection, which carries one transaction at a time: its statements are sent together,
    with one point of synchronisation behind them (libpq's pipeline mode).

    It is watched while idle too, so that one whose server has gone is known at once, without asking
    before each transaction.
    """

    def __init__(self, connection: AsyncConnection[Any], *, prepares: bool = True) -> None:
        self._connection = connection
        self._prepares = prepares
        self._wire = connection.pgconn
        self._wire.nonblocking = 1
        self._wire.enter_pipeline_mode()
        self._socket = self._wire.socket
        self._loop = asyncio.get_running_loop()
        self._known: set[str] = set()
        self._results: list[pq.abc.PGresult] = []
        self._answer: asyncio.Future[list[pq.abc.PGresult]] | None = None
        self.is_open = True
        self._loop.add_reader(self._socket, self._on_readable)

    async def run(self, calls: Sequence[Call], *, patience: float) -> list[list[Row]]:
        """Raises RefusedError, or LostError, as when no answer comes within so many seconds.
        Whoever stops waiting must close the link."""
        self._answer = self._loop.create_future()
        asked: list[str | None] = []
        try:
            asked = list(self._send(calls))
            self._wire.pipeline_sync()
            self._flush()
        except psycopg.Error as error:
            self._lose(error)
        late = psycopg.OperationalError("no answer in time")
        limit = self._loop.call_later(patience, self._lose, late)  # a fifth of what timeout() costs
        try:
            results = await self._answer
        finally:
            limit.cancel()
        self._answer = None
        # A statement stays prepared, even where the transaction fails after it.
        self._known.update(
            name
            for name, result in zip(asked, results, strict=False)
            if name is not None and result.status == pq.ExecStatus.COMMAND_OK
        )
        self._check(results)
        answers = zip(asked, results, strict=True)
        return [_rows(result) for name, result in answers if name is None]

    def _send(self, calls: Sequence[Call]) -> Iterator[str | None]:
        """For each answer to come: the name of what is prepared, or None where rows come."""
        new: set[str] = set()
        for statement, values in calls:
            if not self._prepares:  # a pooler would not find it again
                self._wire.send_query_params(statement.sql.encode(), values)
            else:
                name = statement.name.encode()
                if statement.name not in self._known and statement.name not in new:
                    self._wire.send_prepare(name, statement.sql.encode())
                    new.add(statement.name)
                    yield statement.name
                self._wire.send_query_prepared(name, values)
            yield None

    def _check(self, results: Sequence[pq.abc.PGresult]) -> None:
        try:
            for result in results:
                _check(result)
        except LostError:
            self.close()
            raise
        except RefusedError as error:
            if str(error) in OUTDATED:
                self.close()
            raise

    @property
    def is_idle(self) -> bool:
        return self.is_open and self._answer is None

    def close(self) -> None:
        if self.is_open:
            self.is_open = False
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            self._wire.finish()

    def _flush(self) -> None:
        if self._wire.flush():
            self._loop.add_writer(self._socket, self._on_writable)

    def _on_writable(self) -> None:
        self._loop.remove_writer(self._socket)
        try:
            self._flush()
        except psycopg.Error as error:
            self._lose(error)

    def _on_readable(self) -> None:
        try:
            self._read()
            # libpq tells some ends by a result alone, and has closed the socket by then. It must be
            # forgotten before another connection gets its number.
            if self._wire.status == pq.ConnStatus.BAD:
                raise psycopg.OperationalError("the connection has ended")
        except psycopg.Error as error:
            self._lose(error)

    def _read(self) -> None:
        self._wire.consume_input()
        has_ended = False
        while not self._wire.is_busy():
            result = self._wire.get_result()
            if result is None:
                if has_ended:  # nothing follows a statement's answer so far
                    return
            elif result.status == pq.ExecStatus.PIPELINE_SYNC:  # only now it is committed
                self._settle()
                return
            else:
                self._results.append(result)
            has_ended = result is None

    def _settle(self) -> None:
        results, self._results = self._results, []
        if self._answer is not None and results and not self._answer.done():
            self._answer.set_result(results)

    def _lose(self, error: psycopg.Error) -> None:
        self.close()
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(LostError(type(error).__name__))


def _rows(result: pq.abc.PGresult) -> list[Row]:
    columns, value = range(result.nfields), result.get_value
    return [tuple([value(row, column) for column in columns]) for row in range(result.ntuples)]


def _check(result: pq.abc.PGresult) -> None:
    if result.status in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK):
        return
    state = (result.error_field(pq.DiagnosticField.SQLSTATE) or b"").decode()
    if not state or state.startswith(_GONE):
        raise LostError(state)
    raise RefusedError(state)


class _Room:
    """For so many at once; others wait for their turn.

    As asyncio's semaphore with its timeout, for a fifth of the processor time.
    """

    def __init__(self, most: int) -> None:
        self._free = most
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def enter(self) -> None:
        """Raises RefusedError where the turn does not come in time."""
        if self._free:
            self._free -= 1
            return
        loop = asyncio.get_running_loop()
        turn = loop.create_future()
        self._waiting.append(turn)
        limit = loop.call_later(_PATIENCE_SECONDS, _refuse, turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not (turn.cancelled() or turn.exception()):  # it came, and nobody takes it
                self.leave()
            raise
        finally:
            limit.cancel()

    def leave(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1


def _refuse(turn: asyncio.Future[None]) -> None:
    if not turn.done():
        turn.set_exception(RefusedError("no connection was free in time"))


class Links:
    """As many connections as are needed at once, up to `most`. An answer that does not come within
    `patience` seconds, though PostgreSQL itself should have given up, is lost."""

    def __init__(
        self,
        connect: Callable[[], Awaitable[AsyncConnection[Any]]],
        *,
        most: int,
        patience: float,
        prepares: bool = True,
    ) -> None:
        self.most = most
        self._patience = patience
        self._prepares = prepares
        self._connect = connect
        self._idle: list[Link] = []
        self._in_use: set[Link] = set()
        self._room = _Room(most)

    @property
    def in_use(self) -> int:
        return len(self._in_use)

    @property
    def idle(self) -> int:
        return sum(link.is_open for link in self._idle)

    async def run(self, calls: Sequence[Call]) -> list[list[Row]]:
        """Raises RefusedError where no connection is to be had in time, too."""
        await self._room.enter()
        try:
            link = await self._link()
            self._in_use.add(link)
            try:
                return await link.run(calls, patience=self._patience)
            finally:
                self._in_use.discard(link)
                if link.is_idle:
                    self._idle.append(link)
                else:
                    link.close()
        finally:
            self._room.leave()

    def close(self) -> None:
        for link in (*self._idle, *self._in_use):
            link.close()
        self._idle.clear()

    async def _link(self) -> Link:
        while self._idle:
            link = self._idle.pop()
            if link.is_open:
                return link
        try:
            return Link(await self._connect(), prepares=self._prepares)
        except (psycopg.Error, OSError, TimeoutError) as error:
            raise RefusedError(type(error).__name__) from None
