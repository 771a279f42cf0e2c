"""The `Idempotency-Key` header: a dependency claims it, a route class keeps the answer."""

import json
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response
from fastapi.routing import APIRoute

from app.dependencies import CurrentUser, Session
from app.services.idempotency import Answer, IdempotencyService


class Replayed(Exception):  # noqa: N818  (not an error: the answer was given before)
    """Ends the request early with an answer that was given before."""

    def __init__(self, answer: Answer) -> None:
        self.response = Response(
            answer.body,
            status_code=answer.status,
            media_type="application/json" if answer.body else None,
            headers={"Idempotent-Replayed": "true"},
        )


async def claim_idempotency_key(
    request: Request,
    session: Session,
    user: CurrentUser,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=200,
            description="Makes repeating safe: the same key with the same body is carried out "
            "once and answered the same for 24 hours; with another body it is refused.",
        ),
    ] = None,
) -> None:
    if idempotency_key is None:
        return
    service = IdempotencyService(session, user)
    operation = f"{request.method} {request.url.path}?{request.url.query}"
    answer = await service.claim(idempotency_key, operation=operation, body=await request.body())
    if answer is not None:
        raise Replayed(answer)

    async def keep(response: Response) -> None:
        await service.settle(idempotency_key, Answer(response.status_code, bytes(response.body)))

    request.state.keep_answer = keep


Idempotent = Depends(claim_idempotency_key, scope="function")


class Utf8Request(Request):
    """JSON between systems is UTF-8 (RFC 8259, 8.1); Python would read UTF-16 and UTF-32 too."""

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            self._json = json.loads((await self.body()).decode("utf-8-sig"))
        return self._json


class IdempotentRoute(APIRoute):
    """Keeps the answer of a request that claimed a key, in the request's own transaction."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_and_keep(request: Request) -> Response:
            response: Response = await handle(Utf8Request(request.scope, request.receive))
            keep = getattr(request.state, "keep_answer", None)
            if keep is not None:
                await keep(response)
            return response

        return handle_and_keep
