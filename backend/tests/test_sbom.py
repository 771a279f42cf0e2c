"""docs/sbom.json names what the lock file does, each with its licence (T53)."""

import json
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from app.generated_docs import ROOT
from app.postgres import find_binaries
from app.sbom import ITSELF, document, read_lock
from tests.test_lock import BACKEND, locked_in

LOCK = (BACKEND / "requirements.txt").read_text(encoding="utf-8")
SBOM: dict[str, Any] = json.loads((ROOT / "docs" / "sbom.json").read_text(encoding="utf-8"))


def components(parent: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for component in parent.get("components", ()):
        yield component
        yield from components(component)


def test_t53_it_lists_the_lock_file_and_nothing_else_of_python() -> None:
    purls = {component.get("purl", "") for component in components(SBOM)}
    wanted = {
        f"pkg:pypi/{name}@{version}" for name, version in locked_in("requirements.txt").items()
    }
    assert len(wanted) > 20
    assert {purl for purl in purls if purl.startswith("pkg:pypi/")} == wanted


def test_t53_it_changes_with_the_lock_and_with_nothing_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    assert document() == document() == SBOM
    changed = tmp_path / "requirements.txt"
    changed.write_text(LOCK.replace("alembic==", "alembic==9", 1))
    monkeypatch.setattr("app.sbom.LOCK", changed)
    assert document()["serialNumber"] != SBOM["serialNumber"]
    assert document() != SBOM


def test_t53_each_component_states_its_licence() -> None:
    for component in (SBOM["metadata"]["component"], *components(SBOM)):
        for licence in component["licenses"]:
            assert licence.get("expression") or licence["license"].values(), component
        assert component["licenses"], component


def test_t53_what_depends_on_what_is_told_of_everything() -> None:
    top = {component["bom-ref"] for component in SBOM["components"]} | {ITSELF}
    assert {entry["ref"] for entry in SBOM["dependencies"]} == top
    needed = {reference for entry in SBOM["dependencies"] for reference in entry["dependsOn"]}
    assert needed == top - {ITSELF}
    assert sum(len(pin.wanted_by) for pin in read_lock(LOCK)) > len(needed)


def test_t53_the_server_inside_the_wheel_is_named_with_its_version() -> None:
    program = find_binaries() / "bin" / "postgres"
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    (version,) = re.findall(r"[0-9]+\.[0-9]+", said.stdout)
    assert f"postgresql@{version}" in {one["bom-ref"] for one in components(SBOM)}


def test_t53_files_of_others_in_this_project_are_listed() -> None:
    assert [one["name"] for one in SBOM["components"] if one["purl"].startswith("pkg:npm/")] == [
        "swagger-ui-dist"
    ]
