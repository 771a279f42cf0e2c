"""The cookie of a page's session: its name, where it may be set, whose requests it counts in."""

import re
from collections.abc import Mapping
from ipaddress import ip_address

OVER_TLS = "__Host-vitaliq"
ON_THIS_MACHINE = "vitaliq-local"
"""Without TLS, on loopback addresses alone: there not every browser keeps a `Secure` cookie."""
_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:[0-9]+)?")
SEALED_FOR = "page session"
PAGE_HEADER = "x-vitaliq-page"
"""A request with the cookie carries it too: another origin's page cannot send it unasked."""


def is_loopback(host: str) -> bool:
    """Whether the `Host` of a request names the machine that the browser runs on."""
    match = _HOST.fullmatch(host)
    name = match["name"].strip("[]").lower() if match else ""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def cookie_name(host: str, *, is_secure: bool) -> str | None:
    """None where a cookie would travel in the clear."""
    if is_secure:
        return OVER_TLS
    return ON_THIS_MACHINE if is_loopback(host) else None


def cookie_with(name: str, value: str, *, days: int) -> str:
    """A `Set-Cookie`; with no days the browser forgets it."""
    secure = "; Secure" if name == OVER_TLS else ""
    return f"{name}={value}; Path=/; Max-Age={days * 86_400}; HttpOnly; SameSite=Strict{secure}"


def comes_from_elsewhere(headers: Mapping[str, str], *, is_secure: bool) -> bool:
    """Whether a browser says that another origin's page sent the request. One too old to say so is
    held by `SameSite` and `PAGE_HEADER`."""
    site = headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        return True
    origin = headers.get("origin")
    ours = f"{'https' if is_secure else 'http'}://{headers.get('host', '')}"
    return origin is not None and origin.lower() != ours.lower()
