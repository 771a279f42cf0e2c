"""Lists and summaries build no ORM object per row: PostgreSQL builds the JSON."""

from collections.abc import Iterator

import pytest
from sqlalchemy import event

from app.models import Base
from tests.people import Account

PATHS = (
    "/api/nutrition",
    "/api/sleep",
    "/api/exercise",
    "/api/vitals",
    "/api/body",
    "/api/chronic",
    "/api/anomalies",
    "/api/batches",
    "/api/nutrition/daily-summary",
    "/api/sleep/stats",
    "/api/exercise/weekly-summary",
    "/api/chronic/trends?condition_type=diabetes",
    "/api/chronic/trends?condition_type=hypertension",
    "/api/chronic/trends?condition_type=heart",
    "/api/dashboard",
    "/api/dashboard?period=weekly",
    "/api/insights",
    "/api/metrics/series",
)


@pytest.fixture
def loaded() -> Iterator[list[str]]:
    """The names of the mapped classes of which an object is built from a row."""
    names: list[str] = []

    def note(target: object, _context: object) -> None:
        names.append(type(target).__name__)

    event.listen(Base, "load", note, propagate=True)
    yield names
    event.remove(Base, "load", note)


async def test_lists_and_summaries_build_no_orm_objects(ada: Account, loaded: list[str]) -> None:
    made = await ada.post("/api/mock/generate", json={"days": 40})
    assert made.status_code == 201
    await ada.post("/api/anomalies/detect")
    for path in PATHS:
        loaded.clear()
        answer = await ada.get(path)
        assert answer.status_code == 200, (path, answer.text)
        assert loaded == [], path


async def test_the_watch_would_notice_one(ada: Account, loaded: list[str]) -> None:
    await ada.patch("/api/auth/me", json={"name": "Ada"})
    assert "User" in loaded
