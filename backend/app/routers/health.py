"""Whether the process lives, and whether it can serve."""

from fastapi import APIRouter, Request
from pydantic import BaseModel

from app.services.readiness import check_ready

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
    """Answers once the database does and its schema is not older than this program; else, and as
    soon as the process is told to stop, 503."""
    await check_ready(request.app.state.database)
    return HealthOut()
