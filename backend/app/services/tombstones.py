"""Deleted accounts stay deleted, also where an older backup still knows them.

`SELECT app.apply_tombstones()`, run by the owner of the tables after a restore, deletes again every
account that a tombstone names, and says how many. The application may only add tombstones.
"""

from uuid import UUID

from sqlalchemy import Connection, insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import DeletedAccount


async def keep(session: AsyncSession, user_id: UUID) -> None:
    """Remember that the account is gone, in the transaction that deletes it."""
    await session.execute(insert(DeletedAccount).values(id=user_id))


def apply(owner: Connection) -> int:
    """Delete again what was deleted before; how many accounts there were."""
    return int(owner.execute(text("SELECT app.apply_tombstones()")).scalar_one())
