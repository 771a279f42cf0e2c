"""The API in its own words, one file a resource."""

from app.routers import (
    anomalies,
    audit,
    auth,
    body,
    chronic,
    dashboard,
    exercise,
    export,
    health,
    metrics,
    mock_data,
    nutrition,
    sleep,
    tags,
    two_factor,
    vitals,
)

ROUTERS = (
    auth.router,
    two_factor.router,
    nutrition.router,
    sleep.router,
    exercise.router,
    vitals.router,
    body.router,
    chronic.router,
    tags.router,
    anomalies.router,
    mock_data.router,
    dashboard.router,
    metrics.router,
    audit.router,
    export.router,
    health.router,
)
