"""What a process counts about itself, for Prometheus. No label holds anything that a user sends:
labels are route templates, kinds of outcome and the like, of which there are few."""

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

Given = ParamSpec("Given")
Made = TypeVar("Made")

disable_created_metrics()  # type: ignore[no-untyped-call]  # half of all lines otherwise
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

REQUEST_SECONDS = Histogram(
    "vitaliq_http_request_seconds",
    "Time to answer a request, by route template and class of status.",
    ("method", "route", "status"),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)
REQUESTS_IN_FLIGHT = Gauge(
    "vitaliq_http_requests_in_flight", "Requests that are being answered.", registry=REGISTRY
)
CONNECTIONS = Gauge(
    "vitaliq_database_connections",
    "Connections of the pool to the database.",
    ("state",),
    registry=REGISTRY,
)
CONNECTIONS_MOST = Gauge(
    "vitaliq_database_connections_most", "How many the pool may have.", registry=REGISTRY
)
DETECTION_SECONDS = Histogram(
    "vitaliq_detection_seconds",
    "Time that a run of detection for one person took, by outcome.",
    ("outcome",),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=REGISTRY,
)
GUESSES_REFUSED = Counter(
    "vitaliq_guesses_refused",
    "Sign-ins and the like refused by the limit to guessing, by whose limit it was.",
    ("whose",),
    registry=REGISTRY,
)
READY = Gauge("vitaliq_ready", "1 where /readyz would answer 200.", registry=REGISTRY)


@contextmanager
def _timed(meter: Histogram) -> Iterator[None]:
    started, outcome = time.perf_counter(), "failed"
    try:
        yield
        outcome = "done"
    finally:
        meter.labels(outcome).observe(time.perf_counter() - started)


def detection(run: Callable[Given, Awaitable[Made]]) -> Callable[Given, Awaitable[Made]]:
    """Times each run."""

    @wraps(run)
    async def timed(*args: Given.args, **kwargs: Given.kwargs) -> Made:
        with _timed(DETECTION_SECONDS):
            return await run(*args, **kwargs)

    return timed
