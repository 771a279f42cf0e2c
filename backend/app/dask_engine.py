"""Chunks on a Dask cluster. Importing this module imports `distributed`, an optional extra.

Ids go out and counts come back; what is in between each Dask worker reads from PostgreSQL and
writes there itself. No address and no password travels: each reads its own `DATABASE_URL`.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

import distributed

from app.config import Settings
from app.errors import InvalidInputError, UnavailableError
from app.fleet import Counts, Order, detect_ids

AT_ONCE = 4
"""Chunks a worker that are with the cluster: enough that none waits for the next."""
RETRIES = 5
CONNECT_SECONDS = 20

# Dask's own functions have no types.
_Client: Any = distributed.Client
_as_completed: Any = distributed.as_completed


class DaskEngine:
    """A scheduler's workers. A chunk whose worker is lost is done by another."""

    def __init__(self, address: str) -> None:
        self._address = address.replace("dask://", "tcp://", 1)

    def run(self, chunks: Iterator[Sequence[UUID]], order: Order) -> Iterator[Counts]:
        """Raises UnavailableError where no cluster answers."""
        try:
            client = _Client(self._address, timeout=CONNECT_SECONDS)
        except (OSError, TimeoutError) as error:
            raise UnavailableError(f"No Dask scheduler answers at {self._address}.") from error
        with client:
            yield from _run(client, chunks, order)


def _run(client: Any, chunks: Iterator[Sequence[UUID]], order: Order) -> Iterator[Counts]:
    def submit(chunk: Sequence[UUID]) -> Any:
        ids = [str(user_id) for user_id in chunk]
        return client.submit(
            detect_there, ids, days=order.days, last=order.last, pure=False, retries=RETRIES
        )

    client.wait_for_workers(1, timeout=CONNECT_SECONDS)
    most = AT_ONCE * max(1, len(client.nthreads()))
    going = _as_completed([submit(chunk) for chunk in islice(chunks, most)])
    for done in going:
        yield Counts(*done.result())
        for chunk in islice(chunks, 1):
            going.add(submit(chunk))


def detect_there(ids: Sequence[str], *, days: int, last: dt.date | None) -> tuple[int, int, int]:
    """One chunk, in a Dask worker, by its own settings."""
    settings = Settings()
    if settings.database_url is None:
        raise InvalidInputError("a Dask worker needs DATABASE_URL: the server that all share")
    url = settings.database_url.get_secret_value()
    order = Order(days=days, last=last)
    done = detect_ids(settings, url, [UUID(user_id) for user_id in ids], order)
    return (done.people, done.found, done.new)
