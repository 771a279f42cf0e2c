"""How a person's tables are to be read: kept once a table has been stored so, by its header."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any
from uuid import UUID

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import NotFoundError
from app.importers.registry import HEAD_BYTES
from app.models import ImportTemplate
from app.schemas.import_template import ImportTemplateOut
from app.services.people import Person
from app.utils.identifiers import uuid7

TEMPLATES: Table = ImportTemplate.__table__  # type: ignore[assignment]  # a mapped class has a Table
MOST_KEPT = 200
ANSWERS = ("zone", "day_first", "decimal_comma", "delimiter", "encoding", "units", "mapping")
"""The options of an import that are answers about how a table is written."""
_MARK = b"\xef\xbb\xbf"
_SHOWN = [TEMPLATES.c[name] for name in ImportTemplateOut.model_fields]


@dataclass(frozen=True, slots=True)
class Recalled:
    """The options to read a file with, and the template that some of them are from."""

    options: dict[str, Any]
    template: dict[str, str] | None = None


class ImportTemplateService:
    """One person's templates."""

    def __init__(self, session: AsyncSession, person: Person) -> None:
        self._session = session
        self._person = person

    async def all(self) -> list[ImportTemplateOut]:
        """Those that were made or changed last, first."""
        found = await self._session.execute(
            select(*_SHOWN)
            .where(TEMPLATES.c.user_id == self._person.id)
            .order_by(TEMPLATES.c.updated_at.desc(), TEMPLATES.c.id.desc())
            .limit(MOST_KEPT)
        )
        return [ImportTemplateOut.model_validate(row) for row in found]

    async def rename(self, template_id: UUID, name: str) -> ImportTemplateOut:
        """Raises NotFoundError for an id that is not this person's."""
        changed = await self._session.execute(
            update(TEMPLATES).where(self._is(template_id)).values(name=name).returning(*_SHOWN)
        )
        if (row := changed.one_or_none()) is None:
            raise NotFoundError("There is no such template among yours.")
        return ImportTemplateOut.model_validate(row)

    async def forget(self, template_id: UUID) -> None:
        """Raises NotFoundError for an id that is not this person's."""
        gone = await self._session.execute(
            delete(TEMPLATES).where(self._is(template_id)).returning(TEMPLATES.c.id)
        )
        if gone.one_or_none() is None:
            raise NotFoundError("There is no such template among yours.")

    async def recall(self, content: IO[bytes], said: Mapping[str, Any]) -> Recalled:
        """What is said about the file now goes before what was answered about its header."""
        if said.get("template") is False:
            return Recalled(dict(said))
        found = await self._session.execute(
            select(*_SHOWN).where(
                TEMPLATES.c.user_id == self._person.id,
                TEMPLATES.c.signature == signature_of(content),
            )
        )
        row = found.one_or_none()
        if row is None:
            return Recalled(dict(said))
        return Recalled(_over(row.options, said), {"id": str(row.id), "name": row.name})

    async def keep(self, name: str, content: IO[bytes], said: Mapping[str, Any]) -> None:
        """Remember the answers about the file's header; where there are none, nothing changes."""
        answers = {key: said[key] for key in ANSWERS if said.get(key) not in (None, {})}
        if not answers:
            return
        kept = insert(TEMPLATES).values(
            user_id=self._person.id,
            id=uuid7(),
            name=name,
            signature=signature_of(content),
            options=answers,
        )
        changed = {"options": kept.excluded.options, "updated_at": func.now()}
        await self._session.execute(
            kept.on_conflict_do_update(
                constraint="uq_import_templates_signature",
                set_=changed,
                where=TEMPLATES.c.options != kept.excluded.options,
            )
        )
        await self._make_room()

    async def _make_room(self) -> None:
        mine = TEMPLATES.c.user_id == self._person.id
        newest = (
            select(TEMPLATES.c.id)
            .where(mine)
            .order_by(TEMPLATES.c.updated_at.desc(), TEMPLATES.c.id.desc())
            .limit(MOST_KEPT)
        )
        await self._session.execute(delete(TEMPLATES).where(mine, TEMPLATES.c.id.not_in(newest)))

    def _is(self, template_id: UUID) -> Any:
        return (TEMPLATES.c.user_id == self._person.id) & (TEMPLATES.c.id == template_id)


def signature_of(content: IO[bytes]) -> str:
    """The same for all files whose first line is the same, however they are to be read."""
    content.seek(0)
    head = content.read(HEAD_BYTES).removeprefix(_MARK).lstrip()
    content.seek(0)
    first = head.replace(b"\r", b"\n").partition(b"\n")[0]
    return hashlib.sha256(first.strip()).hexdigest()


def _over(kept: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Units and mappings column by column."""
    merged = {**kept, **said}
    for key in ("units", "mapping"):
        if isinstance(kept.get(key), dict) and isinstance(said.get(key), dict):
            merged[key] = kept[key] | said[key]
    return merged
