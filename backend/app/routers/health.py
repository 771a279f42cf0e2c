"""Whether the process lives, and whether it can serve."""

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.errors import UnavailableError
from app.migrations import head

router = APIRouter(tags=["Health"])


class HealthOut(BaseModel):
    """`ok`, or the request fails."""

    status: str = "ok"


@router.get("/healthz", summary="Process is alive")
async def healthz() -> HealthOut:
    """Answers as long as the process runs; touches nothing else."""
    return HealthOut()


@router.get("/readyz", summary="Database answers")
async def readyz(request: Request) -> HealthOut:
    """Answers once the database does and its schema is the one this program knows; else 503."""
    try:
        async with request.app.state.database.session() as session:
            version = await session.scalar(text("SELECT version_num FROM alembic_version"))
    except ProgrammingError:  # no such table: nothing was ever migrated here
        version = None
    if version != head():
        raise UnavailableError("The database has another schema version: run `vitaliq migrate`.")
    return HealthOut()
