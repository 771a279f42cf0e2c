"""Work for later: exports and imports that a worker does, under /api/jobs."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse

from app.dependencies import CurrentUser, Session
from app.idempotency import Idempotent, IdempotentRoute
from app.routers.export import ZIP, read_archive
from app.routers.owner import TOO_MANY, WRONG_PASSWORD, Owner, failure
from app.schemas.auth import ConfirmationIn
from app.schemas.job import DaysImportIn, JobOut, JobsOut
from app.services.export import in_pieces
from app.services.job_service import JobService, send_file
from app.utils.enums import JobKind

_ARCHIVE = {"content": {ZIP: {"schema": {"type": "string", "format": "binary"}}}}
_BUSY = failure(409, "Too many jobs of yours are waiting.")

router = APIRouter(prefix="/api/jobs", tags=["Your data"], route_class=IdempotentRoute)


async def get_jobs(session: Session, user: CurrentUser) -> JobService:
    return JobService(session, user)


Jobs = Annotated[JobService, Depends(get_jobs)]


@router.get("", summary="List jobs")
async def list_jobs(jobs: Jobs) -> JobsOut:
    """What you have asked a worker for, newest first. A job is forgotten a day after its end."""
    return JobsOut(items=await jobs.all())


@router.post(
    "/export",
    status_code=202,
    summary="Have an export made",
    responses=_BUSY | WRONG_PASSWORD | TOO_MANY,
)
async def export_later(confirmation: ConfirmationIn, owner: Owner) -> JobOut:
    """Asks for the password, and has a worker make what `POST /api/export` gives at once. Ask for
    the job until it is `done`, then fetch its archive, which is kept for a day."""
    return await owner.export_later(confirmation.password)


@router.post(
    "/import/vitaliq",
    status_code=202,
    summary="Have an export brought back",
    responses=_BUSY,
    openapi_extra={"requestBody": {"required": True, **_ARCHIVE}},
)
async def import_export_later(request: Request, jobs: Jobs) -> JobOut:
    """What `POST /api/import/vitaliq` does at once, done by a worker. What does not fit is the
    job's `problem`."""
    archive = await read_archive(request)
    return await jobs.ask(JobKind.IMPORT_ACCOUNT, file=in_pieces(archive))


@router.post(
    "/import/days",
    status_code=202,
    summary="Have a table of days imported",
    responses=_BUSY,
    dependencies=[Idempotent],
)
async def import_days_later(wanted: DaysImportIn, jobs: Jobs) -> JobOut:
    """Has a worker import a table with a line a day, all of it or nothing, and never twice; then
    detection runs over its days. Rows that do not fit fail the job, unless `skip_rejected`."""
    options = wanted.model_dump(mode="json", exclude={"table"})
    return await jobs.ask(JobKind.IMPORT_DAYS, file=[wanted.table.encode()], options=options)


@router.get("/{job_id}", summary="Get a job")
async def get_job(job_id: UUID, jobs: Jobs) -> JobOut:
    """How far it is: `queued`, `running`, `done` or `failed`."""
    return await jobs.get(job_id)


@router.get(
    "/{job_id}/archive",
    summary="Fetch an archive",
    response_class=Response,
    responses={200: {"description": "A zip archive.", **_ARCHIVE}},
)
async def get_archive(request: Request, job_id: UUID, jobs: Jobs, user: CurrentUser) -> Response:
    """What an export that is `done` has made. It is there for the sign-in that asked for it with
    the password, and for no other."""
    await jobs.require_archive(job_id)
    disposition = {"Content-Disposition": 'attachment; filename="vitaliq-export.zip"'}
    pieces = send_file(request.app.state.database, user.id, job_id)
    return StreamingResponse(pieces, media_type=ZIP, headers=disposition)
