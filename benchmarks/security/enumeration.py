"""Whether the time that a refusal takes tells if an account exists (T13).

Wrong sign-ins and refreshes for accounts that are there and for some that are not, in turn and in
random order, through the whole application over a PostgreSQL of its own. Beside the ratio of the
medians stands what the same measure says of two groups that do not differ: less than that is noise.

    python -m benchmarks.security.enumeration --tries 200
"""

import argparse
import asyncio
import random
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from uuid import uuid4

from httpx import ASGITransport, AsyncClient, Response

from app.config import Settings
from app.database import Database
from app.main import create_app
from app.migrations import upgrade
from app.postgres import EmbeddedPostgres

_GROUPS = ("known", "unknown", "known again")
_PASSWORD = "seven quiet rivers at noon"  # noqa: S105  (of invented people)
_WARM_UP = 10
Attempt = Callable[[AsyncClient, str], Awaitable[Response]]


async def wrong_password(client: AsyncClient, group: str) -> Response:
    body = {
        "email": f"{group.removesuffix(' again')}@example.com",
        "password": "not the right password",
    }
    return await client.post("/api/auth/login", json=body)


class WrongToken:
    """A refresh token names its account; the rest of this one is made up."""

    def __init__(self, known: str) -> None:
        self._known = known

    async def __call__(self, client: AsyncClient, group: str) -> Response:
        account = uuid4().hex if group == "unknown" else self._known
        token = f"{account}.{'A' * 43}"
        return await client.post("/api/auth/refresh", json={"refresh_token": token})


@asynccontextmanager
async def application(folder: Path) -> AsyncIterator[AsyncClient]:
    with EmbeddedPostgres(folder / "data") as urls:
        upgrade(urls.owner)
        database = Database(urls.app, pool_size=2, statement_timeout=30)
        settings = Settings(_env_file=None, guesses_per_account=1_000, guesses_per_client=1_000_000)
        app = create_app(settings, database, secret=uuid4().hex + uuid4().hex)
        transport = ASGITransport(app)
        async with AsyncClient(transport=transport, base_url="http://testserver") as client:
            yield client
        await database.close()


async def an_account(client: AsyncClient) -> str:
    """The account that is known, as its refresh tokens name it."""
    body = {"email": "known@example.com", "password": _PASSWORD}
    (await client.post("/api/auth/register", json=body)).raise_for_status()
    answer = (await client.post("/api/auth/login", json=body)).raise_for_status()
    return str(answer.json()["refresh_token"]).partition(".")[0]


async def measure(client: AsyncClient, attempt: Attempt, tries: int) -> dict[str, list[float]]:
    """Milliseconds of each group's refusals."""
    taken: dict[str, list[float]] = {group: [] for group in _GROUPS}
    dice = random.Random(7)  # noqa: S311  (an order, not a secret)
    for number in range(tries + _WARM_UP):
        for group in dice.sample(_GROUPS, len(_GROUPS)):
            started = time.perf_counter()
            answer = await attempt(client, group)
            if answer.status_code != 401:
                raise RuntimeError(f"{group}: {answer.status_code} {answer.text}")
            if number >= _WARM_UP:
                taken[group].append((time.perf_counter() - started) * 1_000)
    return taken


def line(name: str, taken: dict[str, list[float]]) -> str:
    known, unknown, again = (median(taken[group]) for group in _GROUPS)
    return f"{name:<14} {known:>9.2f} {unknown:>9.2f} {unknown / known:>9.3f} {again / known:>9.3f}"


async def report(folder: Path, tries: int) -> None:
    async with application(folder) as client:
        attempts: dict[str, Attempt] = {
            "wrong password": wrong_password,
            "wrong refresh": WrongToken(await an_account(client)),
        }
        print(f"{tries} tries each, medians in ms")
        print(f"{'':<14} {'known':>9} {'unknown':>9} {'ratio':>9} {'noise':>9}")
        for title, attempt in attempts.items():
            print(line(title, await measure(client, attempt, tries)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tries", type=int, default=200)
    tries = parser.parse_args().tries
    folder = Path(tempfile.mkdtemp(prefix="vitaliq-bench-"))
    folder.chmod(0o711)  # the server's own user must be able to enter it
    try:
        asyncio.run(report(folder, tries))
    finally:
        remove(folder)


def remove(folder: Path) -> None:
    """The server outlives its last client by a moment, in which it still writes."""
    for _ in range(300):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.1)


if __name__ == "__main__":
    main()
