"""How far a file that a person brings is, as a worker sees it."""

from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.services.file_imports import IMPORTS


async def settle(session: AsyncSession, row: Row[Any], **columns: object) -> None:
    """Note how far an import is, unless its owner has decided otherwise meanwhile."""
    await session.execute(
        update(IMPORTS)
        .where(
            IMPORTS.c.user_id == row.user_id,
            IMPORTS.c.id == row.id,
            IMPORTS.c.status == row.status,
        )
        .values(**columns)
    )


async def state_of(session: AsyncSession, row: Row[Any]) -> str | None:
    state: str | None = await session.scalar(
        select(IMPORTS.c.status).where(IMPORTS.c.user_id == row.user_id, IMPORTS.c.id == row.id)
    )
    return state
