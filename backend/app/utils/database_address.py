"""Whether the way to a database is encrypted, told from its address."""

import os
from collections.abc import Iterator, Mapping
from ipaddress import ip_address

from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import make_url

ENCRYPTED = ("require", "verify-ca", "verify-full")


def goes_in_the_clear(url: str) -> bool:
    """Whether a connection could leave this machine unencrypted. libpq's default, `prefer`, falls
    back to that without a word."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    told = conninfo_to_dict(plain)
    mode = told.get("sslmode") or os.environ.get("PGSSLMODE")
    return mode not in ENCRYPTED and any(not _is_local(host) for host in _hosts(told))


def _hosts(told: Mapping[str, object]) -> Iterator[str]:
    for name, variable in (("hostaddr", "PGHOSTADDR"), ("host", "PGHOST")):
        hosts = told.get(name) or os.environ.get(variable)
        if hosts:
            yield from str(hosts).split(",")
            return


def _is_local(host: str) -> bool:
    if host in ("", "localhost") or host.startswith(("/", "@")):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
