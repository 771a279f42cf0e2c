"""However readings come, in whatever order and how often: each is stored once."""

import datetime as dt
import random
from array import array
from collections.abc import AsyncIterator, Sequence

import pytest
from sqlalchemy import func, select

from app.database import Database
from app.importers.protocol import Strip
from app.models import Reading
from app.services import reading_staging
from app.services.reading_sheets import Gathering, Sheet
from app.services.reading_staging import Staging
from app.utils.identifiers import uuid7
from tests.services.stored import Diary, diary_of

START = dt.datetime(2023, 12, 31, 22, tzinfo=dt.UTC).timestamp()
Beat = tuple[int, int]
"""A second and a value."""


@pytest.fixture
async def diary(database: Database) -> AsyncIterator[Diary]:
    async with diary_of(database) as diary:
        yield diary


def sheet(source: str, beats: Sequence[Beat]) -> Sheet:
    cells = array("d", (cell for at, n in beats for cell in (START + at, START + at, 40.0 + n)))
    (only,) = Gathering(latest=START * 2).take(Strip("heart_rate", "/min", source, cells))
    assert isinstance(only, Sheet)
    return only


async def store(diary: Diary, *sheets: Sheet) -> int:
    staging = Staging(diary.session, diary.person.id)
    await staging.open()
    batch_id = uuid7()
    counts = [await staging.send_to_store(one, batch_id) for one in sheets]
    return sum(counts) + await staging.store(batch_id)


async def held(diary: Diary) -> int:
    counted = select(func.count()).where(Reading.user_id == diary.person.id)
    return int(await diary.session.scalar(counted) or 0)


DAY = [(60 * n, n % 50) for n in range(300)]


@pytest.mark.parametrize(
    "days",
    [
        [DAY],
        [DAY + DAY],
        [DAY, DAY],
        [DAY[:200], DAY[100:]],
        [DAY[100:], DAY[:101]],
        [DAY[200:], DAY[:100], DAY[100:200]],
        [DAY[::-1]],
        [DAY[::2], DAY[1::2]],
    ],
    ids=["once", "twice in one", "twice", "met", "met before", "a gap", "backwards", "in turns"],
)
@pytest.mark.parametrize("at_once", [1, 250, 100_000])
async def test_each_reading_is_stored_once(
    diary: Diary, days: list[list[Beat]], at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_staging, "MOST_GATHERED", at_once)
    sheets = [sheet(source, day) for day in days for source in ("watch", "ring")]
    assert await store(diary, *sheets) == await held(diary) == 2 * len(DAY)
    assert await store(diary, *sheets) == 0
    later = [(at + 3_600, n) for at, n in DAY]
    known = len(set(DAY) & set(later))
    assert await store(diary, sheet("watch", later)) == len(DAY) - known
    assert await held(diary) == 3 * len(DAY) - known


async def test_it_knows_how_far_readings_reach(diary: Diary) -> None:
    staging = Staging(diary.session, diary.person.id)
    await staging.open()
    assert staging.reach is None
    for day in (DAY[:10], DAY[:5]):
        await staging.send_to_store(sheet("watch", day), uuid7())
    first, last = (dt.datetime.fromtimestamp(START + at, dt.UTC) for at in (0, 540))
    assert staging.reach == (first, last)


async def test_readings_of_one_moment_that_differ_are_all_kept(diary: Diary) -> None:
    chance = random.Random(1)
    beats = [(chance.randrange(50), chance.randrange(50)) for _ in range(2_000)]
    assert await store(diary, *(sheet("watch", beats[n : n + 99]) for n in range(0, 2_000, 99)))
    assert await held(diary) == len(set(beats))
