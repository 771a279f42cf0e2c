"""Installed versions are past the holes that are known (T53)."""

from importlib.metadata import PackageNotFoundError, version

import pytest
from packaging.version import Version

# Each is the first version without a published hole, or the oldest that VitalIQ was made for.
FLOORS = {
    "argon2-cffi": "25.1.0",
    "fastapi": "0.163.2",
    "psycopg": "3.3.9",
    "pyjwt": "2.15.0",
    "python-multipart": "0.0.31",
    "sqlalchemy": "2.1.9",
    "starlette": "1.3.1",
    "uvicorn": "0.54",
}
REFUSED = ("python-jose", "passlib", "psycopg2", "slowapi")


@pytest.mark.parametrize(("package", "floor"), FLOORS.items(), ids=FLOORS)
def test_t53_it_is_new_enough(package: str, floor: str) -> None:
    assert Version(version(package)) >= Version(floor)


@pytest.mark.parametrize("package", REFUSED)
def test_t53_what_is_known_to_be_broken_is_not_there(package: str) -> None:
    with pytest.raises(PackageNotFoundError):
        version(package)
