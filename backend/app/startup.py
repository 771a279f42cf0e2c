"""From settings to a running database and an application over it."""

import contextlib
import importlib
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from fastapi import FastAPI
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.config import Settings
from app.database import APP_ROLE, Database, role_option
from app.errors import InvalidInputError
from app.main import create_app
from app.migrations import UnusableDatabaseError, check_app_role, upgrade
from app.ml.priors import use_priors
from app.postgres import DatabaseUrls, EmbeddedPostgres
from app.services.wording import Rewriter
from app.utils.database_address import goes_in_the_clear
from app.utils.secret_file import read_or_create_secret
from app.utils.security import Tokens

logger = logging.getLogger("vitaliq")


@contextmanager
def running_database(settings: Settings) -> Iterator[DatabaseUrls]:
    """The configured server, or the embedded one for as long as the block lasts; migrated."""
    _use_priors(settings)
    with running_server(settings) as urls:
        _connect(urls)
        yield urls


def _use_priors(settings: Settings) -> None:
    try:
        use_priors(settings.priors_file)
    except (OSError, ValueError) as error:
        raise InvalidInputError(
            f"PRIORS_FILE ({settings.priors_file}) cannot be used: write one with `vitaliq detect "
            "learn`, or leave it out."
        ) from error


@contextmanager
def running_server(settings: Settings) -> Iterator[DatabaseUrls]:
    """The same, its database as it is: perhaps empty, of an older version, or out of reach."""
    with contextlib.ExitStack() as stack:
        if settings.database_url is not None:
            app_url = settings.database_url.get_secret_value()
            owner = settings.database_owner_url
            _refuse_in_the_clear(settings)
            _refuse_other_user(settings, app_url)
            urls = DatabaseUrls(owner=owner.get_secret_value() if owner else app_url, app=app_url)
        else:
            logger.info("starting PostgreSQL in %s", settings.data_dir)
            urls = stack.enter_context(EmbeddedPostgres(settings.data_dir))
        yield urls


def _refuse_other_user(settings: Settings, app_url: str) -> None:
    """Through a pooler nobody can step down into the role that row-level security binds."""
    if settings.database_pooler and role_option(app_url):
        raise UnusableDatabaseError(
            f"DATABASE_POOLER needs a DATABASE_URL of the user {APP_ROLE} itself, and a "
            "DATABASE_OWNER_URL past the pooler; see docs/operations.md"
        )


def _refuse_in_the_clear(settings: Settings) -> None:
    urls = (settings.database_url, settings.database_owner_url, settings.backup_database_url)
    given = [url.get_secret_value() for url in urls if url is not None]
    if settings.database_tls_required and any(map(goes_in_the_clear, given)):
        raise UnusableDatabaseError(
            "the database is on another host and its connection not encrypted: add "
            "?sslmode=verify-full (or require) to DATABASE_URL; see DATABASE_TLS_REQUIRED"
        )


def _connect(urls: DatabaseUrls) -> None:
    try:
        upgrade(urls.owner)
    except OperationalError as error:
        raise UnusableDatabaseError(
            "the database cannot be reached: check DATABASE_URL, and that the server runs"
        ) from error
    except ProgrammingError as error:
        raise UnusableDatabaseError(
            "the database cannot be set up by this user: it must own the database and be allowed "
            f"to create the role {APP_ROLE} (or a superuser creates it: CREATE ROLE {APP_ROLE})"
        ) from error
    check_app_role(urls.app)


def database_of(settings: Settings, urls: DatabaseUrls) -> Database:
    return Database(
        urls.app,
        pool_size=settings.database_pool_size,
        statement_timeout=settings.statement_timeout_seconds,
        shared=settings.database_pooler,
    )


@asynccontextmanager
async def opened_database(settings: Settings, urls: DatabaseUrls) -> AsyncIterator[Database]:
    """For a command's own use."""
    database = database_of(settings, urls)
    try:
        yield database
    finally:
        await database.close()


def secret_of(settings: Settings) -> str:
    """The configured key, or the one that was made at first start."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    return read_or_create_secret(settings.data_dir / "secret_key")


def tokens_of(settings: Settings) -> Tokens:
    return Tokens(secret_of(settings))


def app_of(settings: Settings, urls: DatabaseUrls) -> FastAPI:
    return create_app(
        settings,
        database_of(settings, urls),
        secret=secret_of(settings),
        rewriter=rewriter_of(settings),
    )


def rewriter_of(settings: Settings) -> Rewriter | None:
    """What words explanations, where a language-model server is configured."""
    if settings.openai_base_url is None or settings.openai_model is None:
        return None
    # The SDK takes a second to import, which a server without a model need not spend.
    explainer = importlib.import_module("app.services.explainer")
    key = settings.openai_api_key
    rewriter: Rewriter = explainer.Explainer(
        base_url=settings.openai_base_url,
        api_key=key.get_secret_value() if key else "none",
        model=settings.openai_model,
        timeout=settings.openai_timeout_seconds,
    )
    return rewriter
