"""New findings, put before everyone who is to be told: in the transaction that makes them."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.services.people import Person
from app.services.work import Task, ask_for

NEWS_DAYS = 7
"""What was over before so many days is no news: an import of years tells of none of them."""
_ANNOUNCE = text(
    """
    INSERT INTO deliveries (user_id, id, channel_id, kind, episode_id)
    SELECT c.user_id, gen_random_uuid(), c.id, 'finding', e
    FROM channels c, unnest(CAST(:episodes AS uuid[])) e
    WHERE c.user_id = :user_id AND c.off_at IS NULL
    ON CONFLICT DO NOTHING
    RETURNING channel_id
    """
)


async def announce(session: AsyncSession, person: Person, episodes: Sequence[UUID]) -> None:
    """Have each episode told over each of the person's channels, once however often it is found."""
    if not episodes:
        return
    wanted = {"user_id": person.id, "episodes": list(episodes)}
    for channel_id in sorted(set(await session.scalars(_ANNOUNCE, wanted))):
        await ask_for(session, person, Task.DELIVER, channel_id=str(channel_id))


def is_news(last: dt.date, person: Person) -> bool:
    """Whether something that ended on that day is."""
    return last > person.today() - dt.timedelta(NEWS_DAYS)
