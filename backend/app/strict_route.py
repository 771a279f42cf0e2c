"""Routes that read a body only of those who show a token, and only as what it must be."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from app.dependencies import bearer, get_claims, get_tokens


class Utf8Request(Request):
    """JSON between systems is UTF-8 (RFC 8259, 8.1); Python would read UTF-16 and UTF-32 too."""

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            self._json = json.loads((await self.body()).decode("utf-8-sig"))
        return self._json


class StrictRoute(APIRoute):
    """FastAPI parses the body before any dependency runs, and so would work for people without a
    token, and tell them what is wrong with their JSON. Here the token is looked at first; whether
    its session still lives is asked later, as ever."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        is_for_people = _asks_for_token(self.dependant)

        async def look_and_handle(request: Request) -> Response:
            if is_for_people:
                await get_claims(request, await get_tokens(request), await bearer(request))
            return await handle(Utf8Request(request.scope, request.receive))

        return look_and_handle


def _asks_for_token(dependant: Dependant) -> bool:
    return dependant.call is get_claims or any(map(_asks_for_token, dependant.dependencies))
