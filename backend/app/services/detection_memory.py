"""What detection remembers of a person, kept between runs.

It is derived from entries and made anew wherever it is missing or does not hold, so that nothing is
lost with it.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.ml.memory import Memory
from app.ml.memory_bytes import read, written
from app.services.people import Person

_LOAD = text("SELECT content FROM detection_memories WHERE user_id = :user_id")
_KEEP = text(
    """
    INSERT INTO detection_memories (user_id, content) VALUES (:user_id, :content)
    ON CONFLICT (user_id) DO UPDATE SET content = excluded.content
    """
)


async def load_memory(session: AsyncSession, person: Person) -> Memory | None:
    content = await session.scalar(_LOAD, {"user_id": person.id})
    return None if content is None else read(content)


async def keep_memory(session: AsyncSession, person: Person, memory: Memory) -> None:
    await session.execute(_KEEP, {"user_id": person.id, "content": written(memory)})
