"""Every failure as problem+json (RFC 9457); the input is never repeated."""

import logging
import traceback
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.database import translate
from app.errors import (
    AppError,
    BadRequestError,
    FieldError,
    InvalidInputError,
    NotFoundError,
    TooLargeError,
)
from app.idempotency import Replayed
from app.schemas.base import misfit
from app.schemas.fhir import FHIR_JSON

logger = logging.getLogger("vitaliq")

_LONGEST_NAME = 100


# Of what the framework refuses.
_CODES = {kind.status: kind.code for kind in (NotFoundError, TooLargeError)}
_FHIR_PATHS = "/fhir/"
_OUTCOMES = {
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    408: "timeout",
    413: "too-long",
    422: "invalid",
    503: "transient",
}


class ProblemResponse(JSONResponse):
    media_type = "application/problem+json"


class OutcomeResponse(JSONResponse):
    media_type = FHIR_JSON


def problem(
    request: Request,
    *,
    status: int,
    title: str,
    detail: str,
    code: str,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "errors": [error._asdict() | {"loc": _shortened(error.loc)} for error in errors],
        "request_id": getattr(request.state, "request_id", ""),
    }
    if request.scope["path"].startswith(_FHIR_PATHS):
        return OutcomeResponse(_outcome(body), status_code=status, headers=dict(headers or {}))
    return ProblemResponse(body, status_code=status, headers=dict(headers or {}))


def _outcome(problem: Mapping[str, Any]) -> Mapping[str, Any]:
    """A problem in the words of FHIR R4."""
    wrong = [f"{'.'.join(map(str, part['loc']))}: {part['msg']}" for part in problem["errors"]]
    kind = {
        "severity": "error",
        "code": _OUTCOMES.get(problem["status"], "exception"),
    }
    issues = [kind | {"diagnostics": text} for text in wrong or [problem["detail"]]]
    return {"resourceType": "OperationOutcome", "id": problem["request_id"], "issue": issues}


def _shortened(loc: Sequence[str | int]) -> list[str | int]:
    """Unknown fields are named by what the caller called them, at whatever length."""
    return [part[:_LONGEST_NAME] if isinstance(part, str) else part for part in loc]


def app_problem(request: Request, error: AppError) -> Response:
    return problem(
        request,
        status=error.status,
        title=error.title,
        detail=error.detail,
        code=error.code,
        errors=error.errors,
        headers=error.headers,
    )


def _invalid_request(request: Request, error: RequestValidationError) -> Response:
    errors = [misfit(e) for e in error.errors()]
    plural = "part" if len(errors) == 1 else "parts"
    detail = f"{len(errors)} {plural} of the request do{'es' * (len(errors) == 1)} not fit."
    return app_problem(request, InvalidInputError(detail, errors=errors))


def http_problem(request: Request, error: HTTPException) -> Response:
    """What the framework itself refuses: unknown paths, wrong methods, large bodies."""
    title = HTTPStatus(error.status_code).phrase
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_methods_of(request))
    return problem(
        request,
        status=error.status_code,
        title=title,
        detail=f"{title}. See /docs for what there is.",
        code=_CODES.get(error.status_code, BadRequestError.code),
        headers=headers,
    )


def _methods_of(request: Request) -> list[str]:
    """What the path takes: the router names the first of its routes alone."""
    routes, scope = request.app.router.routes, dict(request.scope)
    return [
        method
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if any(route.matches(scope | {"method": method})[0] is Match.FULL for route in routes)
    ]


def _database_error(request: Request, error: Exception) -> Response:
    known = translate(error)
    if known is None:
        return _bug(request, error)
    return app_problem(request, known)


def _bug(request: Request, error: Exception) -> Response:
    # Where it happened, without the message: that may quote a value.
    where = "".join(traceback.format_tb(error.__traceback__))
    request_id = getattr(request.state, "request_id", "")
    logger.error(
        "%s in request %s\n%s",
        type(error).__name__,
        request_id,
        where,
        extra={"request_id": request_id},
    )
    return problem(
        request,
        status=500,
        title="Internal error",
        detail="This is a fault of the server. Report it with the request id.",
        code=AppError.code,
    )


def _replayed(_: Request, replayed: Replayed) -> Response:
    return replayed.response


class LastResort:
    """Answers what nothing else has, inside the other middleware, so that this too has its headers
    and the connection lives on."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def send_and_note(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, send_and_note)
        except Exception as error:
            if scope["type"] != "http" or started:
                raise
            await _bug(Request(scope), error)(scope, receive, send)


def install(app: FastAPI) -> None:
    """Answer all failures of the application here."""
    handlers = {
        AppError: app_problem,
        Replayed: _replayed,
        RequestValidationError: _invalid_request,
        HTTPException: http_problem,
        SQLAlchemyError: _database_error,
        OSError: _database_error,
        TimeoutError: _database_error,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)  # type: ignore[arg-type]  # narrower argument
