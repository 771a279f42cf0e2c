"""The catalogue: the route /api/metrics."""

from functools import lru_cache

from fastapi import APIRouter, Response

from app.catalog import Catalogue
from app.dependencies import AppCatalogue
from app.schemas.metrics import MetricOut, MetricsOut

router = APIRouter(prefix="/api/metrics", tags=["Metrics"])

_AN_HOUR = "public, max-age=3600"


@router.get("", summary="List all metrics", response_model=MetricsOut)
async def list_metrics(catalogue: AppCatalogue) -> Response:
    """Every daily metric with its unit, ranges, limits and source. It holds nothing personal, so
    nobody need sign in and caches may keep it."""
    return Response(
        _document(catalogue),
        media_type="application/json",
        headers={"Cache-Control": _AN_HOUR},
    )


@lru_cache(maxsize=2)
def _document(catalogue: Catalogue) -> str:
    metrics = [MetricOut.of(metric) for metric in catalogue.metrics]
    return MetricsOut(metrics=metrics).model_dump_json()
