"""Files in memory for readers, and what they yield."""

import datetime as dt
import io
from typing import Any
from zoneinfo import ZoneInfo

from app.importers.protocol import (
    File,
    Format,
    Item,
    Logged,
    Options,
    Problem,
    Question,
    Reading,
    Strip,
)

HEAD = 64 * 1024
BERLIN = ZoneInfo("Europe/Berlin")


def file_of(content: bytes, name: str = "file") -> File:
    return File(content=io.BytesIO(content), name=name, head=content[:HEAD])


def read(form: Format, content: bytes, **options: Any) -> list[Item]:
    settings = Options(**({"zone": BERLIN} | options))
    return list(form.read(file_of(content), settings))


def readings(items: list[Item], *kinds: str) -> list[Reading]:
    return [i for i in items if isinstance(i, Reading) and (not kinds or i.kind in kinds)]


def logged(items: list[Item]) -> list[Logged]:
    return [i for i in items if isinstance(i, Logged)]


def problems(items: list[Item]) -> list[Problem]:
    return [i for i in items if isinstance(i, Problem)]


def questions(items: list[Item]) -> dict[str, str]:
    """What was assumed, by option."""
    return {i.option: i.assumed for i in items if isinstance(i, Question)}


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def strips(items: list[Item]) -> list[Strip]:
    return [i for i in items if isinstance(i, Strip)]
