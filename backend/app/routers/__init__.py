"""The API in its own words, one file a resource."""

from app.routers import body, chronic, exercise, health, nutrition, sleep, vitals

ROUTERS = (
    nutrition.router,
    sleep.router,
    exercise.router,
    vitals.router,
    body.router,
    chronic.router,
    health.router,
)
