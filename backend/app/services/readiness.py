"""Whether this program can serve from the database as it is."""

from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from app.database import Database
from app.errors import UnavailableError
from app.migrations import head, knows


async def check_ready(database: Database) -> None:
    """Raise UnavailableError where the schema is older than this program needs, and what the
    database raises where it does not answer.

    A newer schema is fine: upgrades only add (CONTRIBUTING.md), so that this process goes on
    serving while newer ones start.
    """
    try:
        async with database.session() as session:
            version = await session.scalar(text("SELECT version_num FROM alembic_version"))
    except ProgrammingError:  # no such table: nothing was ever migrated here
        version = None
    if version is None or (version != head() and knows(version)):
        raise UnavailableError("The database has an older schema: run `vitaliq migrate`.")


async def is_ready(database: Database) -> bool:
    try:
        await check_ready(database)
    except (UnavailableError, SQLAlchemyError, OSError):
        return False
    return True
