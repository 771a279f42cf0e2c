"""The application: settings in, an ASGI app out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from app import api_docs, problems
from app.catalog import CATALOGUE, Catalogue
from app.config import Settings
from app.database import Database
from app.fast_lane import FastLane
from app.metering import Metered
from app.middleware import BodyLimit, ReceiveDeadline, RequestContext
from app.openapi import DESCRIPTION, TAGS, document
from app.page import PageFiles
from app.page_session import PageSession
from app.routers import ROUTERS
from app.services.model_budget import ModelBudget
from app.services.wording import Rewriter, WordingService
from app.stopping import Stop, Stopping
from app.utils.security import Tokens

VERSION = "0.1.0"


def create_app(
    settings: Settings,
    database: Database,
    *,
    secret: str,
    catalogue: Catalogue = CATALOGUE,
    rewriter: Rewriter | None = None,
) -> FastAPI:
    """The application over a migrated database. It closes what it was given when it shuts down."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        if rewriter is not None:
            await rewriter.aclose()
        await database.close()

    app = FastAPI(
        title="VitalIQ",
        version=VERSION,
        description=DESCRIPTION,
        openapi_tags=TAGS,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,  # as a generated client names it
        redirect_slashes=False,  # the redirect would lead to whatever Host says
        telemetry={"tracing": False, "metrics": False, "logs": False},  # spans hold queries
    )
    app.state.settings = settings
    app.state.database = database
    app.state.catalogue = catalogue
    app.state.tokens = Tokens(secret)
    app.state.stop = Stop()
    budget = ModelBudget(database, app.state.tokens, settings)
    app.state.wording = rewriter and WordingService(database, rewriter, budget, catalogue)
    for router in ROUTERS:
        app.include_router(router)
    problems.install(app)
    api_docs.install(app)
    app.add_middleware(FastLane)
    app.add_middleware(PageFiles)
    app.add_middleware(problems.LastResort)
    app.add_middleware(ReceiveDeadline, seconds=settings.receive_timeout_seconds)
    app.add_middleware(BodyLimit, most_bytes=settings.max_body_bytes)
    app.add_middleware(Stopping, stop=app.state.stop)
    app.add_middleware(PageSession, tokens=app.state.tokens)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=[
                "Authorization",
                "Content-Type",
                "Idempotency-Key",
                "If-Match",
                "If-None-Match",
            ],
            expose_headers=["ETag", "X-Request-ID"],
        )
    app.add_middleware(RequestContext, trusted_proxies=settings.trusted_proxies)
    if settings.metrics_listen is not None:
        app.add_middleware(Metered)
    app.openapi = lambda: _documented(app)  # type: ignore[method-assign]  # FastAPI's own way
    return app


def _documented(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        app.openapi_schema = document(app)
    return app.openapi_schema
