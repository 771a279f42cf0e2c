"""The `Idempotency-Key` header: a dependency claims it, a route class keeps the answer."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response

from app.dependencies import CurrentUser, Session
from app.services.idempotency import Answer, IdempotencyService
from app.strict_route import StrictRoute


class Replayed(Exception):  # noqa: N818  (not an error: the answer was given before)
    """Ends the request early with an answer that was given before."""

    def __init__(self, answer: Answer) -> None:
        headers = {"Idempotent-Replayed": "true"}
        if answer.etag is not None:
            headers["ETag"] = answer.etag
        self.response = Response(
            answer.body,
            status_code=answer.status,
            media_type="application/json" if answer.body else None,
            headers=headers,
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
        answer = Answer(response.status_code, bytes(response.body), response.headers.get("etag"))
        await service.settle(idempotency_key, answer)

    request.state.keep_answer = keep


Idempotent = Depends(claim_idempotency_key, scope="function")


class IdempotentRoute(StrictRoute):
    """Keeps the answer of a request that claimed a key, in the request's own transaction."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_and_keep(request: Request) -> Response:
            response: Response = await handle(request)
            keep = getattr(request.state, "keep_answer", None)
            if keep is not None:
                await keep(response)
            return response

        return handle_and_keep
