"""Statements prepared once a connection and sent together, over a connection of psycopg.

What psycopg's cursors do with `prepare=True`, in one object for all statements instead of one for
each, which would cost several times as much. Values are written and read by psycopg's adapters, and
what is prepared is in its own books, so that cursors on the same connection know of it.
"""

from collections.abc import Generator, Sequence
from typing import Any, NamedTuple

from psycopg import AsyncConnection, abc, adapt, errors, pq
from psycopg._preparing import Prepare, PrepareManager
from psycopg.adapt import PyFormat
from psycopg.waiting import Ready, Wait

Asked = tuple[bytes, Sequence[object]]
"""A statement in PostgreSQL's own words ($1, $2, ...), and what it is given."""

_Row = tuple[Any, ...]
_Results = list[pq.abc.PGresult]
_Exchange = Generator[Wait, Ready | int, _Results]
_GOOD = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK)


class _Books(PrepareManager):
    """Which statements a connection has prepared.

    psycopg forgets all of them with each ROLLBACK and DROP, so that after a refused request or a
    bulk load everything would be planned anew. PostgreSQL keeps them through both, and looks up
    again what they name; only types of our own would be missed, and there are none.
    """

    def clear(self) -> bool:
        return False


def keep_prepared(connection: AsyncConnection[Any]) -> None:
    """A new connection's statements stay prepared as long as it lives."""
    books, connection._prepared = connection._prepared, _Books()
    connection.prepare_threshold = books.prepare_threshold
    connection.prepared_max = books.prepared_max


async def run_together(
    connection: AsyncConnection[Any], calls: Sequence[Asked]
) -> list[list[_Row]]:
    """The rows of each. They run one after the other in the connection's transaction, which begins
    with them where there is none. Raises what psycopg raises."""
    async with connection.lock:
        transformer = adapt.Transformer(connection)
        bound = [_bound(transformer, *call) for call in calls]
        results = await connection.wait(_Pipeline(connection).carried_out(bound))
    return [_rows(transformer, result) for result in results]


class _Bound(NamedTuple):
    """A statement with its values as they are sent; psycopg's books know it by `query` and
    `types`."""

    query: bytes
    types: tuple[int, ...]
    formats: Sequence[pq.Format]
    values: Sequence[Any]


def _bound(transformer: abc.Transformer, statement: bytes, given: Sequence[object]) -> _Bound:
    values = transformer.dump_sequence(given, [PyFormat.AUTO] * len(given))
    return _Bound(statement, transformer.types or (), transformer.formats or (), values)


def _rows(transformer: abc.Transformer, result: pq.abc.PGresult) -> list[_Row]:
    if not result.ntuples:
        return []
    transformer.set_pgresult(result, format=pq.Format.BINARY)
    return transformer.load_rows(0, result.ntuples, tuple)


class _Awaited(NamedTuple):
    """A result to come: its statement, if it has rows, or else what is prepared, as what and how it
    is kept in the books."""

    has_rows: bool
    entry: tuple[Any, Prepare, bytes] | None = None


class _Pipeline:
    """What is sent before one point of synchronisation (libpq's pipeline mode)."""

    def __init__(self, connection: AsyncConnection[Any]) -> None:
        self._connection = connection
        self._wire = connection.pgconn
        self._encoding = connection.info.encoding
        self._books: Any = connection._prepared  # psycopg offers no other way to them
        self._awaited: list[_Awaited] = []

    def carried_out(self, calls: Sequence[_Bound]) -> _Exchange:
        """For psycopg to wait for: the results with rows. After a failure, the first of which is
        raised, nothing was carried out."""
        is_idle = self._wire.transaction_status == pq.TransactionStatus.IDLE
        self._wire.enter_pipeline_mode()
        try:
            if is_idle and not self._connection.autocommit:
                self._wire.send_query_params(b"begin", None)
                self._awaited.append(_Awaited(has_rows=False))
            for call in calls:
                self._send(call)
            results = yield from self._exchanged()
        finally:
            if self._wire.status == pq.ConnStatus.OK:
                self._wire.exit_pipeline_mode()
        self._enter(results)
        yield from self._books.maintain_gen(self._connection)
        for result in results:
            if result.status not in _GOOD:
                raise errors.error_from_result(result, self._encoding)
        return [r for one, r in zip(self._awaited, results, strict=True) if one.has_rows]

    def _send(self, call: _Bound) -> None:
        wire, books = self._wire, self._books
        how, name = books.get(call, True)
        if how is Prepare.NO:  # behind a pooler, which would not find it again
            given = call.values, call.types, call.formats
            wire.send_query_params(call.query, *given, pq.Format.BINARY)
        else:
            key = books.maybe_add_to_cache(call, how, name)
            if how is Prepare.SHOULD:
                wire.send_prepare(name, call.query, call.types)
                self._awaited.append(_Awaited(has_rows=False, entry=(key, how, name)))
            wire.send_query_prepared(name, call.values, call.formats, pq.Format.BINARY)
        self._awaited.append(_Awaited(has_rows=True))

    def _exchanged(self) -> _Exchange:
        """Sends what is left to send while answers come: all of them."""
        wire, results = self._wire, _Results()
        wire.pipeline_sync()
        is_sent, has_ended = not wire.flush(), False
        while True:
            ready = yield (Wait.R if is_sent else Wait.RW)
            if ready and ready & Ready.W:
                is_sent = not wire.flush()
            if not ready or not ready & Ready.R:
                continue
            wire.consume_input()
            while not wire.is_busy():
                result = wire.get_result()
                if result is None:
                    if has_ended:  # nothing follows a statement's answer so far
                        break
                elif result.status == pq.ExecStatus.PIPELINE_SYNC:
                    return results
                else:
                    results.append(result)
                has_ended = result is None

    def _enter(self, results: _Results) -> None:
        """What is prepared now, and what is not for a failure."""
        for one, result in zip(self._awaited, results, strict=True):
            if one.entry is not None:
                self._books.validate(*one.entry, [result])
