"""The API in its own words, one file a resource."""

from app.routers import (
    anomalies,
    auth,
    body,
    chronic,
    dashboard,
    exercise,
    health,
    metrics,
    mock_data,
    nutrition,
    sleep,
    vitals,
)

ROUTERS = (
    auth.router,
    nutrition.router,
    sleep.router,
    exercise.router,
    vitals.router,
    body.router,
    chronic.router,
    anomalies.router,
    mock_data.router,
    dashboard.router,
    metrics.router,
    health.router,
)
