"""A person's tags: stretches of days, and why they were different."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, Text, cast, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import NotFoundError
from app.models import Tag
from app.schemas.tag import TagIn
from app.services.paging import KeysetPages, Window, json_object
from app.services.people import Person
from app.utils.enums import TagKind
from app.utils.identifiers import uuid7
from app.utils.security import Tokens

_TABLE: Table = Tag.__table__  # type: ignore[assignment]  # a mapped class has a Table
_SHOWN = tuple(column.name for column in _TABLE.c if column.name != "user_id")


class TagService:
    """One person's tags."""

    def __init__(self, session: AsyncSession, person: Person, tokens: Tokens) -> None:
        self._session = session
        self._person = person
        self._tokens = tokens

    async def page(self, window: Window, kind: TagKind | None) -> str:
        """Tags that touch the window, as JSON, the one that began last first."""
        tags = select(_TABLE, _TABLE.c.first.label("date")).subquery()
        conditions = [tags.c.user_id == self._person.id]
        if window.first is not None:
            conditions.append(tags.c.last >= window.first)
        if window.last is not None:
            conditions.append(tags.c.first <= window.last)
        if kind is not None:
            conditions.append(tags.c.kind == kind)
        scope = f"{self._person.id}/tags"
        pages = KeysetPages(self._session, tags, _SHOWN, tokens=self._tokens, scope=scope)
        return await pages.page(conditions, Window(limit=window.limit, cursor=window.cursor))

    async def get(self, tag_id: UUID) -> str:
        """Raises NotFoundError for an id that is not this person's."""
        return await self._one(select(_json()).where(*self._own(tag_id)))

    async def create(self, tag: TagIn) -> str:
        columns = {"user_id": self._person.id, "id": uuid7()} | tag.model_dump()
        return await self._one(insert(_TABLE).values(columns).returning(_json()))

    async def replace(self, tag_id: UUID, tag: TagIn) -> str:
        """Raises NotFoundError."""
        columns = tag.model_dump() | {"updated_at": func.now()}
        statement = update(_TABLE).where(*self._own(tag_id)).values(columns)
        return await self._one(statement.returning(_json()))

    async def remove(self, tag_id: UUID) -> None:
        """Raises NotFoundError."""
        await self._one(delete(_TABLE).where(*self._own(tag_id)).returning(_json()))

    async def _one(self, statement: Any) -> str:
        found = (await self._session.execute(statement)).scalar_one_or_none()
        if found is None:
            raise NotFoundError("There is no such tag among yours.")
        return str(found)

    def _own(self, tag_id: UUID) -> list[ColumnElement[bool]]:
        return [_TABLE.c.user_id == self._person.id, _TABLE.c.id == tag_id]


def _json() -> ColumnElement[str]:
    return cast(json_object(_TABLE, _SHOWN), Text)
