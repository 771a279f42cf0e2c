"""The lock files hold what pyproject.toml asks for, with hashes and without addresses."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

BACKEND = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((BACKEND / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]


def locked_in(name: str) -> dict[str, str]:
    text = (BACKEND / name).read_text()
    pins = re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)", text, flags=re.MULTILINE)
    return {canonicalize_name(package): pin for package, pin in pins}


def _reachable(wanted: list[str]) -> set[str]:
    """Every package that the requirements pull in on this platform."""
    found: set[str] = set()
    queue = [Requirement(text) for text in wanted]
    while queue:
        requirement = queue.pop()
        environments = [default_environment() | {"extra": e} for e in requirement.extras or {""}]
        name = canonicalize_name(requirement.name)
        marker = requirement.marker
        if marker is not None and not marker.evaluate():
            continue
        known = name in found
        found.add(name)
        try:
            below = requires(requirement.name) or []
        except PackageNotFoundError:
            continue
        for text in below:
            part = Requirement(text)
            if part.marker is None:
                needed = not known
            else:
                needed = any(part.marker.evaluate(dict(e)) for e in environments)  # type: ignore[arg-type]
            if needed and (canonicalize_name(part.name) not in found or part.extras):
                part.marker = None
                queue.append(part)
    return found


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.txt", PROJECT["dependencies"]),
        ("requirements-dev.txt", PROJECT["dependencies"] + EXTRAS["dev"]),
    ],
)
def test_lock_is_what_the_project_asks_for(lock: str, wanted: list[str]) -> None:
    locked = locked_in(lock)
    for text in wanted:
        requirement = Requirement(text)
        assert locked[canonicalize_name(requirement.name)] in requirement.specifier, text
    assert set(locked) == _reachable(wanted)


@pytest.mark.parametrize(
    "lock",
    [
        "requirements.txt",
        "requirements-dev.txt",
        "requirements-bench.txt",
        "requirements-dask.txt",
        "requirements-extras.txt",
        "requirements-fuzz.txt",
    ],
)
def test_every_pin_has_a_hash_and_no_address(lock: str) -> None:
    text = (BACKEND / lock).read_text()
    blocks = re.split(r"^(?=\S+==)", text, flags=re.MULTILINE)
    assert all("--hash=sha256:" in block for block in blocks if "==" in block)
    assert "://" not in text
    assert "--index" not in text


def test_the_two_locks_agree() -> None:
    runtime, dev = locked_in("requirements.txt"), locked_in("requirements-dev.txt")
    assert {name: dev.get(name) for name in runtime} == runtime


def test_the_rivals_of_the_benchmark_replace_no_version() -> None:
    others, bench = locked_in("requirements-dev.txt"), locked_in("requirements-bench.txt")
    assert canonicalize_name("pyod") in bench
    assert {name: pin for name, pin in bench.items() if others.get(name, pin) != pin} == {}


def test_what_is_installed_is_what_is_locked() -> None:
    locked = locked_in("requirements-dev.txt")
    assert {name: version(name) for name in locked} == locked
