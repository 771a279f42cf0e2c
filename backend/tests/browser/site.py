"""A real server on loopback with the demo account in it, for a browser to visit."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from app import demo
from app.config import Settings
from app.connections import bounded_protocol
from app.database import Database
from app.main import create_app
from app.postgres import DatabaseUrls
from app.startup import opened_database, secret_of
from tests.folders import PATIENCE
from tests.queues import queue_over

MANY = 1_000
"""Sign-ins from one address: the tests are one client."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where it is, and how to sign in to the demo account."""

    address: str
    email: str
    password: str
    settings: Settings
    urls: DatabaseUrls

    def work(self) -> None:
        """What a worker would do, until nothing is left that is due."""
        # In a thread: Playwright keeps a loop running in this one.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, self._work()).result()

    async def _work(self) -> None:
        async with (
            opened_database(self.settings, self.urls) as database,
            queue_over(self.urls, database) as queue,
        ):
            await queue.work()


@contextlib.contextmanager
def demo_site(urls: DatabaseUrls, folder: Path) -> Iterator[Site]:
    """Over a migrated database; 120 invented days, with what was found in them."""
    settings = Settings(
        _env_file=None, data_dir=folder, mock_data_enabled=True, guesses_per_client=MANY
    )
    # In a thread: Playwright keeps a loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        account = thread.submit(asyncio.run, demo.prepare(settings, urls)).result()
    database = Database(urls.app, pool_size=4, statement_timeout=PATIENCE)
    with served(create_app(settings, database, secret=secret_of(settings))) as address:
        yield Site(address, account.email, account.password, settings, urls)


@contextlib.contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """The application on a port of its own, in a thread."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()  # who comes before the server is up waits instead of being refused
        config = uvicorn.Config(
            app, http=bounded_protocol(20, 100), log_config=None, server_header=False
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(30)
