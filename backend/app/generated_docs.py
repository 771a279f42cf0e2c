"""The pages that repeat what the code says: written from it, and checked against it."""

import json
from collections.abc import Iterable
from pathlib import Path

from pydantic_core import PydanticUndefined

from app import sbom
from app.catalog import CATALOGUE, Catalogue, Column, Lag, Metric
from app.config import Settings
from app.database import Database
from app.main import create_app
from app.utils.units import display_unit

ROOT = Path(__file__).resolve().parents[2]


def write(*, check: bool, folder: Path = ROOT) -> tuple[str, ...]:
    """Write what is stale, or with `check` only say so; the names of stale pages."""
    stale = []
    for name, text in pages().items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    return tuple(stale)


def pages() -> dict[str, str]:
    """The text of each page, by its path in the project."""
    return {
        "docs/metrics.md": metrics_page(CATALOGUE),
        "docs/settings.md": settings_page(),
        "docs/openapi.json": openapi_document(),
        "docs/sbom.json": json.dumps(sbom.document(), indent=1) + "\n",
        "backend/.env.example": example_settings(),
    }


def metrics_page(catalogue: Catalogue) -> str:
    """The catalogue as a table."""
    head = (
        "| key | what | unit | from | plausible | clinical range | watched |\n"
        "|---|---|---|---|---|---|---|\n"
    )
    guidelines = [f"- `{m.key}`: {text}" for m in catalogue.metrics for text in _guidelines(m)]
    return (
        "# Metrics\n\n"
        "Written by `vitaliq docs` from `backend/app/catalog/metrics.py`; do not edit.\n\n"
        "A value outside the plausible range is refused as a typing error. Outside the clinical\n"
        "range it is said, never diagnosed. Watched metrics are tested every day against your own\n"
        "past; the number is the limit in standard deviations, which you can change.\n\n"
        + head
        + "".join(_metric_row(metric) for metric in catalogue.metrics)
        + "\n## Guidelines and limits that always tell\n\n"
        + "\n".join(guidelines)
        + "\n"
    )


def _metric_row(metric: Metric) -> str:
    clinical = metric.clinical
    cells = (
        f"`{metric.key}`" + "".join(f" (`{alias}`)" for alias in metric.aliases),
        metric.label,
        display_unit(metric.unit) or "-",
        _source(metric),
        f"{metric.plausible.low:g} to {metric.plausible.high:g}",
        f"{clinical.low:g} to {clinical.high:g}" if clinical else "-",
        f"{metric.watch.z:g}" if metric.watch else "-",
    )
    return f"| {' | '.join(cells)} |\n"


def _source(metric: Metric) -> str:
    source = metric.source
    if isinstance(source, Column):
        where = "".join(f", {value}" for value in source.where.values())
        return f"{source.tracker}: {source.aggregation.value} of {source.column}{where}"
    inputs = (
        f"{part.key} {part.days} days before" if isinstance(part, Lag) else part
        for part in source.inputs
    )
    return f"computed from {', '.join(inputs)}"


def _guidelines(metric: Metric) -> Iterable[str]:
    if metric.guideline:
        yield metric.guideline
    for limit in metric.limits:
        sides = [
            f"below {limit.below:g}" if limit.below is not None else "",
            f"above {limit.above:g}" if limit.above is not None else "",
        ]
        people = f", with {limit.condition}" if limit.condition else ""
        people += f", without {limit.unless}" if limit.unless else ""
        side = " or ".join(filter(None, sides))
        yield f"{side}{people}: {limit.severity} ({limit.guideline})"


def settings_page() -> str:
    """The settings as a table."""
    rows = "".join(
        f"| `{name.upper()}` | {_default(name)} | {field.description} |\n"
        for name, field in Settings.model_fields.items()
    )
    return (
        "# Settings\n\n"
        "Written by `vitaliq docs` from `backend/app/config.py`; do not edit.\n\n"
        "Each is an environment variable, or a line in a file `.env` in the folder that the\n"
        "program is started from (`backend/.env.example` has them all).\n\n"
        "| name | default | what it does |\n|---|---|---|\n" + rows
    )


def _default(name: str) -> str:
    field = Settings.model_fields[name]
    default = field.default
    if field.default_factory is not None or default is None or default is PydanticUndefined:
        return "-"
    if default == ():
        return "none"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def example_settings() -> str:
    """Every setting as a commented line."""
    lines = [
        "# Copy to .env in the folder that VitalIQ is started from, and uncomment what you set.\n"
    ]
    for name in Settings.model_fields:
        shown = _default(name).strip("`")
        value = "" if shown in ("-", "none") else shown
        lines.append(f"\n# {Settings.model_fields[name].description}\n# {name.upper()}={value}\n")
    return "".join(lines)


def openapi_document() -> str:
    """The API's description, without a database."""
    database = Database("postgresql://unused", pool_size=1, statement_timeout=1)
    settings = Settings(_env_file=None, mock_data_enabled=True)
    app = create_app(settings, database, secret="unused")  # noqa: S106  (nothing is signed)
    return json.dumps(app.openapi(), indent=1, sort_keys=True) + "\n"
