"""A file as its format reads it, in a thread of its own, some steps ahead of whoever takes it."""

import asyncio
import logging
import threading
import traceback
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any, TypeVar

from app.importers.kinds import KINDS
from app.importers.protocol import (
    Format,
    Logged,
    Options,
    Problem,
    Question,
    UnreadableFileError,
)
from app.importers.registry import format_of, opened
from app.services.people import Person
from app.services.reading_sheets import Gathering, Sheet, Withheld
from app.utils.time import zone_of

logger = logging.getLogger("vitaliq.imports")

LOGGED_AT_ONCE = 500
MOST_QUESTIONS = 50
_AHEAD = 2
_PLAIN = ("day_first", "decimal_comma", "delimiter", "encoding", "units", "mapping")

T = TypeVar("T")
Part = Sheet | Withheld | list[Logged]


def options_of(said: Mapping[str, Any], person: Person) -> Options:
    """What its owner said about a file, as readers take it."""
    zone = said.get("zone")
    plain = {name: said[name] for name in _PLAIN if said.get(name) is not None}
    return Options(zone=person.zone if zone is None else zone_of(zone), **plain)


@dataclass(slots=True, kw_only=True)
class FileReading:
    """One passage through a file. `format` is known once the first part is there."""

    content: IO[bytes]
    name: str
    options: Options
    gathering: Gathering
    format: Format | None = None
    questions: list[Question] = field(default_factory=list)

    def parts(self) -> Iterator[Part]:
        """Raises UnreadableFileError, also for what its reader did not expect."""
        try:
            yield from self._parts()
        except (UnreadableFileError, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001  (a reader's own; it must not be tried for ever)
            told = "".join(traceback.format_tb(error.__traceback__))
            logger.error("a reader failed: %s\n%s", type(error).__name__, told)
            raise UnreadableFileError("This file could not be read: it is damaged.") from None

    def _parts(self) -> Iterator[Part]:
        file = opened(self.content, self.name)
        self.format = format_of(file)
        logged: list[Logged] = []
        for item in self.format.read(file, self.options):
            if isinstance(item, Problem):
                self.gathering.note(item)
            elif isinstance(item, Question):
                self._ask(item)
            elif isinstance(item, Logged):
                logged.append(item)
                if len(logged) == LOGGED_AT_ONCE:
                    yield logged
                    logged = []
            elif item.kind in KINDS:
                yield from self.gathering.take(item)
        yield from self.gathering.rest()
        if logged:
            yield logged

    def _ask(self, question: Question) -> None:
        if question not in self.questions and len(self.questions) < MOST_QUESTIONS:
            self.questions.append(question)


async def ahead(make: Callable[[], Iterator[T]]) -> AsyncIterator[T]:
    """What the iterator gives, made in a thread while what came before is being dealt with."""
    loop = asyncio.get_running_loop()
    waiting: asyncio.Queue[T | BaseException | None] = asyncio.Queue(_AHEAD)
    unwanted = threading.Event()

    def hand_over(one: T | BaseException | None) -> None:
        asyncio.run_coroutine_threadsafe(waiting.put(one), loop).result()

    def work() -> None:
        end: BaseException | None = None
        try:
            for one in make():
                if unwanted.is_set():
                    return
                hand_over(one)
        except BaseException as error:  # noqa: BLE001  (raised again where it is taken)
            end = error
        if not unwanted.is_set():
            hand_over(end)

    working = asyncio.create_task(asyncio.to_thread(work))
    try:
        while (one := await waiting.get()) is not None:
            if isinstance(one, BaseException):
                raise one
            yield one
    finally:
        unwanted.set()
        while not working.done():
            if not waiting.empty():
                waiting.get_nowait()
            await asyncio.wait((working,), timeout=0.01)
