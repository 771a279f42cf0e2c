"""Nothing that a route depends on goes through a thread: that costs more than most of it does."""

import asyncio
import inspect
from collections.abc import Callable, Iterator
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from app.routers import ROUTERS


def _calls(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    for part in dependant.dependencies:
        if part.call is not None:
            yield part.call
        yield from _calls(part)


def _waits(call: Callable[..., Any]) -> bool:
    called = call if inspect.isroutine(call) else type(call).__call__
    return asyncio.iscoroutinefunction(called) or inspect.isasyncgenfunction(called)


def test_every_dependency_is_asynchronous() -> None:
    routes = [it for router in ROUTERS for it in router.routes if isinstance(it, APIRoute)]
    known = {call for route in routes for call in _calls(route.dependant)}
    assert len(known) > 20
    assert [call for call in known if not _waits(call)] == []
