"""Two faults on purpose, each an ASGI factory: a harness that does not find them finds nothing."""

import contextlib
from collections.abc import AsyncIterator, Mapping

from fastapi import FastAPI, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.types import ASGIApp, Receive, Scope, Send

from app.config import Settings
from app.dependencies import get_session
from app.migrations import upgrade
from app.postgres import EmbeddedPostgres
from app.startup import app_of

PLANTS = ("commit-after-answer", "async-commit")
LATE = {"synchronous_commit": "off", "wal_writer_delay": "10s", "wal_writer_flush_after": "1GB"}
# What lies between answer and commit takes less than a millisecond here; no kill would meet it.
SLOW = {"commit_delay": "50000", "commit_siblings": "0"}


def async_commit() -> ASGIApp:
    """PostgreSQL says that a transaction is committed before it is on disk."""
    return _app(LATE)


def commit_after_answer() -> ASGIApp:
    """The transaction is committed once the answer has been sent."""
    app = _app(SLOW)
    app.dependency_overrides[get_session] = _get_session_left_open
    return CommitLast(app)


async def _get_session_left_open(request: Request) -> AsyncIterator[AsyncSession]:
    transaction = contextlib.AsyncExitStack()
    session = await transaction.enter_async_context(request.app.state.database.session())
    async with contextlib.AsyncExitStack() as on_failure:
        on_failure.push_async_exit(transaction)
        yield session
        request.state.left_open = on_failure.pop_all()


class CommitLast:
    """Ends the transaction that a request has left open."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        left = scope.setdefault("state", {})
        await self.app(scope, receive, send)
        if (transaction := left.pop("left_open", None)) is not None:
            await transaction.aclose()


def _app(postgres: Mapping[str, str]) -> FastAPI:
    settings = Settings(_env_file=None)
    urls = EmbeddedPostgres(settings.data_dir, settings=postgres).start()
    upgrade(urls.owner)
    return app_of(settings, urls)
