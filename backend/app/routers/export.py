"""Taking everything along, and bringing it back: /api/export and /api/import/vitaliq."""

import io
from collections.abc import Iterator
from typing import IO

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from app.dependencies import CurrentUser, Session
from app.errors import InvalidInputError
from app.routers.owner import TOO_MANY, WRONG_PASSWORD, Owner, failure
from app.schemas.auth import ConfirmationIn
from app.schemas.export import AccountImportOut
from app.services.account_import import import_account
from app.services.export import in_pieces
from app.strict_route import StrictRoute

ZIP = "application/zip"
_ARCHIVE = {"content": {ZIP: {"schema": {"type": "string", "format": "binary"}}}}

router = APIRouter(tags=["Your data"], route_class=StrictRoute)


def as_archive(archive: IO[bytes]) -> Response:
    def read() -> Iterator[bytes]:
        with archive:
            yield from in_pieces(archive)

    disposition = {"Content-Disposition": 'attachment; filename="vitaliq-export.zip"'}
    return StreamingResponse(read(), media_type=ZIP, headers=disposition)


async def read_archive(request: Request) -> IO[bytes]:
    """The body, which FastAPI would not read as it is."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != ZIP:
        raise InvalidInputError.at(("header", "Content-Type"), f"send {ZIP}")
    return io.BytesIO(await request.body())


@router.post(
    "/api/export",
    summary="Take everything along",
    response_class=Response,
    responses={200: {"description": "A zip archive.", **_ARCHIVE}} | WRONG_PASSWORD | TOO_MANY,
)
async def export(confirmation: ConfirmationIn, owner: Owner) -> Response:
    """Asks for the password, then gives all that is kept of you: `vitaliq.json` with everything,
    one CSV a table, the measured values as a Bundle of FHIR R4, and the meanings and units of the
    columns. `POST /api/import/vitaliq` takes it
    back. It takes no `Idempotency-Key`, with which the answer would be kept a second time."""
    return as_archive(await owner.export(confirmation.password))


@router.post(
    "/api/import/vitaliq",
    status_code=201,
    summary="Bring an export back",
    responses=failure(409, "The account has entries already."),
    openapi_extra={"requestBody": {"required": True, **_ARCHIVE}},
)
async def import_export(request: Request, session: Session, user: CurrentUser) -> AccountImportOut:
    """Stores an archive of `POST /api/export` in an account that is still empty: entries, batches,
    findings, the profile and your limits, all of it or nothing. Sign-ins, consents, second factors
    and the audit trail stay with the account that they belong to. Sent again, it is refused: the
    account is no longer empty."""
    stored = await import_account(session, user, await read_archive(request))
    return AccountImportOut(stored=dict(stored))
