"""Files that you bring: the routes under /api/imports."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.datastructures import State

from app.config import Settings
from app.dependencies import AppSettings, CurrentUser, Session
from app.idempotency import Idempotent, IdempotentRoute
from app.routers.owner import failure
from app.schemas.file_import import CommitIn, ImportIn, ImportOptions, ImportOut, ImportsOut
from app.services.file_imports import FileImportService
from app.services.people import Person
from app.utils.enums import ImportStatus

POLL_SECONDS = 0.5
LONGEST_SECONDS = 600
QUIET_SECONDS = 15
_MOVING = (ImportStatus.READING, ImportStatus.COMMITTING)
_BYTES: dict[str, Any] = {
    "required": True,
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}
# OpenAPI before 3.2 describes a stream by each of its events.
_EVENT = {
    "type": "object",
    "properties": {"event": {"type": "string"}, "data": {"type": "string"}},
    "required": ["data"],
}
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A stream of server-sent events.",
        "content": {"text/event-stream": {"schema": _EVENT}},
    }
}
_NOT_NOW = failure(409, "It is not the moment for that; the answer says what is.")
_NO_ROOM = failure(403, "There is no room for so many bytes.")

router = APIRouter(prefix="/api/imports", tags=["Imports"], route_class=IdempotentRoute)


async def get_imports(
    session: Session, user: CurrentUser, settings: AppSettings
) -> FileImportService:
    return FileImportService(session, user, settings)


Imports = Annotated[FileImportService, Depends(get_imports)]


@router.get("", summary="List imports")
async def list_imports(imports: Imports) -> ImportsOut:
    """The files that you have brought, newest first: how far each is, and what was found in it."""
    return ImportsOut(items=await imports.all())


@router.post(
    "",
    status_code=201,
    summary="Announce a file",
    responses=_NOT_NOW | _NO_ROOM,
    dependencies=[Idempotent],
)
async def begin_import(wanted: ImportIn, imports: Imports) -> ImportOut:
    """Begins to bring in a file, of any kind that is known: an export of Apple Health, a table,
    FHIR, and others; it is known by its content. Then send its bytes. Nothing is stored among your
    entries before you have seen the preview and said so."""
    return await imports.begin(wanted)


@router.get("/{import_id}", summary="Get an import")
async def get_import(import_id: UUID, imports: Imports) -> ImportOut:
    """How far it is, and once it is `ready` its preview: what was found by kind, source and unit,
    how much of it you have already, what cannot be read, and what is held back because it cannot be
    what it says."""
    return await imports.get(import_id)


@router.put(
    "/{import_id}/content",
    summary="Send a part of the file",
    responses=_NOT_NOW,
    openapi_extra={"requestBody": _BYTES},
)
async def put_content(
    request: Request,
    import_id: UUID,
    imports: Imports,
    start: Annotated[
        int, Query(ge=0, le=2**40, description="Where in the file these bytes begin.")
    ] = 0,
) -> ImportOut:
    """Parts are sent in order; each is kept once it is answered. After an interruption go on at
    `received`; a part that is there already changes nothing. With the last one a worker begins to
    read. A part may be as large as any request (`MAX_BODY_BYTES`)."""
    return await imports.take_part(import_id, start, await request.body())


@router.post(
    "/{import_id}/read",
    status_code=202,
    summary="Read the file anew",
    responses=_NOT_NOW,
    dependencies=[Idempotent],
)
async def read_again(import_id: UUID, options: ImportOptions, imports: Imports) -> ImportOut:
    """Has it read with other options, where the preview asked or guessed wrong."""
    return await imports.read_again(import_id, options)


@router.post(
    "/{import_id}/commit",
    status_code=202,
    summary="Store what was found",
    responses=_NOT_NOW,
    dependencies=[Idempotent],
)
async def commit_import(import_id: UUID, wanted: CommitIn, imports: Imports) -> ImportOut:
    """Has a worker store all of the preview or nothing, and never anything twice; then your daily
    entries follow from the readings, and detection runs over their days. `DELETE
    /api/batches/{batch_id}` takes all of it back."""
    return await imports.commit(import_id, wanted)


@router.delete("/{import_id}", status_code=204, summary="Cancel an import", responses=_NOT_NOW)
async def cancel_import(import_id: UUID, imports: Imports) -> None:
    """Forgets the file, before anything of it is stored."""
    await imports.cancel(import_id)


@router.get(
    "/{import_id}/events",
    summary="Follow an import",
    response_class=Response,
    responses=_STREAM,
)
async def follow_import(
    request: Request, import_id: UUID, imports: Imports, user: CurrentUser, settings: AppSettings
) -> Response:
    """The import as a server-sent event, and again each time it has changed, until no worker is at
    work on it any more."""
    await imports.get(import_id)
    state = request.app.state
    pieces = _events(state, user, settings, import_id)
    return StreamingResponse(pieces, media_type="text/event-stream")


async def _events(
    state: State, user: Person, settings: Settings, import_id: UUID
) -> AsyncIterator[str]:
    """Looked up in short transactions: whoever listens holds no connection."""
    told, quiet = None, 0.0
    for _ in range(round(LONGEST_SECONDS / POLL_SECONDS)):
        async with state.database.session(user.id) as session:
            one = await FileImportService(session, user, settings).get(import_id)
        if one != told:
            yield f"event: import\ndata: {one.model_dump_json()}\n\n"
            told, quiet = one, 0.0
        elif quiet >= QUIET_SECONDS:
            yield ": still at it\n\n"
            quiet = 0.0
        if one.status not in _MOVING or state.stop.is_told:
            return
        await asyncio.sleep(POLL_SECONDS)
        quiet += POLL_SECONDS
