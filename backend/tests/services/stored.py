"""People and entries put straight into the database, for tests of what is read from it."""

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import Database, act_as
from app.models import Entry, User
from app.services.entries import table_of
from app.services.people import Person
from app.utils.identifiers import uuid7


@dataclass(frozen=True, slots=True)
class Diary:
    """A person, and a session that acts for them."""

    session: AsyncSession
    person: Person

    async def write(self, model: type[Entry], *entries: dict[str, object]) -> None:
        owned = [{"user_id": self.person.id, "id": uuid7()} | entry for entry in entries]
        for entry in owned:
            await self.session.execute(insert(table_of(model)).values(entry))


@asynccontextmanager
async def diary_of(database: Database, zone: str = "UTC") -> AsyncIterator[Diary]:
    """A new person with nothing logged."""
    person = Person(id=uuid7(), session_id=None, zone=ZoneInfo(zone), thresholds={})
    async with database.session() as session:
        await act_as(session, person.id)
        account = {"id": person.id, "email": f"{person.id}@example.com", "timezone": zone}
        await session.execute(insert(User).values(account | {"hashed_password": "-"}))
        yield Diary(session, person)


def stop_clock(monkeypatch: pytest.MonkeyPatch, instant: dt.datetime) -> None:
    """From here on it is this instant for everyone."""
    monkeypatch.setattr("app.services.people.now", lambda: instant)
