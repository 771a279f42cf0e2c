"""Services of Apprise, as far as the operator lists them. The library is loaded on first use."""

import importlib
from collections.abc import Sequence
from typing import Any

from app.errors import ForbiddenError, InvalidInputError


def require_allowed(url: str, allowed: Sequence[str]) -> str:
    """What may be shown of the address. Raises ForbiddenError or InvalidInputError.

    A service that takes any host must be listed with it. Nothing may follow a `?`, where several
    services take another host.
    """
    scheme = url.partition("://")[0].lower()
    if scheme not in {name.partition("://")[0] for name in allowed}:
        raise ForbiddenError(
            "Whoever runs this server must list the service in NOTIFY_SERVICES first.",
            code="service-not-listed",
        )
    try:
        service = None if "?" in url else instance(url)
    except ImportError as error:
        raise ForbiddenError(
            "Whoever runs this server must install vitaliq[notify].", code="notify-not-installed"
        ) from error
    if service is None:
        raise InvalidInputError.at(
            ("body", "url"), "not an address of that service", code="no-such-address"
        )
    shown = scheme
    if _takes_any_host(service):
        shown = f"{scheme}://{service.host}"
    if shown not in allowed:
        raise ForbiddenError(
            "Whoever runs this server must list the service with its host first.",
            code="host-not-listed",
        )
    return f"{shown}/…" if "://" in shown else f"{shown}://…"


def instance(url: str) -> Any:
    """Apprise's own object for the address; None for what it does not know."""
    return importlib.import_module("apprise").Apprise.instantiate(url, suppress_exceptions=True)


def _takes_any_host(service: Any) -> bool:
    return any("{host}" in template for template in service.templates)


def tell(url: str, title: str, body: str) -> bool:
    """Whether the service took it. It blocks: run it in a thread."""
    service = instance(url)
    return service is not None and bool(service.notify(title=title, body=body))
