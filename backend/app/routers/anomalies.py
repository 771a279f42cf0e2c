"""What is unusual, and why: the routes under /api/anomalies, and /api/insights."""

import datetime as dt
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Depends, Query, Request, Response

from app.dependencies import AppCatalogue, AppTokens, CurrentUser, Page, Session
from app.errors import InvalidInputError
from app.idempotency import Idempotent, IdempotentRoute
from app.routers.episodes import AsOf, Hindsight
from app.routers.responses import as_json
from app.schemas.anomaly import (
    AcknowledgeIn,
    AnomalyOut,
    BudgetIn,
    BudgetOut,
    DetectIn,
    DetectOut,
    FeedbackIn,
    FeedbackOut,
    ThresholdsBody,
)
from app.schemas.base import PageOut
from app.schemas.insights import InsightsOut
from app.services.anomaly_service import AnomalyFilters, AnomalyService
from app.services.budget import BudgetService
from app.services.detection import Detection, DetectionService, detection_json
from app.services.insights_service import InsightsService
from app.services.people import Person
from app.services.thresholds import set_thresholds
from app.utils.enums import Severity

router = APIRouter(tags=["Anomalies"], route_class=IdempotentRoute)

DEFAULT_DAYS = 30
MOST_DAYS = 400


async def get_anomalies(
    session: Session, user: CurrentUser, catalogue: AppCatalogue, tokens: AppTokens
) -> AnomalyService:
    return AnomalyService(session, user, catalogue, tokens)


async def get_detection(
    session: Session, user: CurrentUser, catalogue: AppCatalogue
) -> DetectionService:
    return DetectionService(session, user, catalogue)


async def get_budgets(
    session: Session, user: CurrentUser, catalogue: AppCatalogue
) -> BudgetService:
    return BudgetService(session, user, catalogue)


async def get_insights(
    session: Session, user: CurrentUser, catalogue: AppCatalogue, tokens: AppTokens
) -> InsightsService:
    return InsightsService(session, user, catalogue, tokens)


async def get_filters(
    severity: Severity | None = None,
    metric: Annotated[str | None, Query(max_length=60, pattern="^[a-z0-9_]+$")] = None,
    acknowledged: bool | None = None,
) -> AnomalyFilters:
    return AnomalyFilters(severity=severity, metric=metric, acknowledged=acknowledged)


Anomalies = Annotated[AnomalyService, Depends(get_anomalies)]
Detections = Annotated[DetectionService, Depends(get_detection)]
Budgets = Annotated[BudgetService, Depends(get_budgets)]
Insights = Annotated[InsightsService, Depends(get_insights)]
Filters = Annotated[AnomalyFilters, Depends(get_filters)]


@router.get("/api/anomalies", summary="List detected anomalies", response_model=PageOut[AnomalyOut])
async def list_anomalies(
    anomalies: Anomalies, hindsight: Hindsight, page: Page, filters: Filters, as_of: AsOf = None
) -> Response:
    """Findings, newest first, each with its evidence and with what was logged and tagged that day.
    With `as_of` the days up to it are judged anew from the entries up to it, and nothing is kept:
    what would have been told on that day. What you wish of detection is what you wish now."""
    if as_of is not None:
        return as_json(await hindsight.anomalies(as_of, page, filters))
    return as_json(await anomalies.page(page, filters))


@router.post(
    "/api/anomalies/detect",
    summary="Trigger detection",
    response_model=DetectOut,
    dependencies=[Idempotent],
)
async def detect(
    request: Request,
    tasks: BackgroundTasks,
    anomalies: Anomalies,
    detections: Detections,
    user: CurrentUser,
    wanted: DetectIn | None = None,
) -> Response:
    """Test each day of the span against the days before it. Running it again changes nothing unless
    entries have changed; what you have acknowledged stays so."""
    first, last = span_of(wanted or DetectIn(), user)
    detection = await detections.detect(first, last)
    _word_later(request, tasks, user, detection)
    return as_json(detection_json(detection, await anomalies.ranked(first, last)))


@router.get(
    "/api/anomalies/thresholds", summary="Your detection limits", response_model=ThresholdsBody
)
async def get_thresholds(user: CurrentUser) -> ThresholdsBody:
    """Your own limits; metrics that are not listed keep those of `GET /api/metrics`."""
    return ThresholdsBody(thresholds=dict(user.thresholds))


@router.put("/api/anomalies/thresholds", summary="Set your detection limits")
async def put_thresholds(
    limits: ThresholdsBody, session: Session, user: CurrentUser, catalogue: AppCatalogue
) -> ThresholdsBody:
    """Replace your own limits, in standard deviations: lower means more findings."""
    kept = await set_thresholds(session, user, limits.thresholds, catalogue)
    return ThresholdsBody(thresholds=dict(kept))


@router.get("/api/anomalies/budget", summary="Your budget of alarms")
async def get_budget(budgets: Budgets) -> BudgetOut:
    """How many unusual days you asked to hear of, and how many came."""
    return BudgetOut.model_validate(await budgets.report())


@router.put("/api/anomalies/budget", summary="Set your budget of alarms")
async def put_budget(wanted: BudgetIn, budgets: Budgets) -> BudgetOut:
    """Ask for more or fewer alarms. The answer tells what this budget would have made of your last
    days; run detection to have them judged by it."""
    return BudgetOut.model_validate(await budgets.change(wanted.budget))


@router.get(
    "/api/anomalies/feedback",
    summary="Your answers in force",
    response_model=PageOut[FeedbackOut],
)
async def list_feedback(anomalies: Anomalies, page: Page) -> Response:
    """The answers that change what detection says: days that had a reason, and values that are not
    unusual for you. Newest first, by the day of the finding."""
    return as_json(await anomalies.answers(page))


@router.get("/api/anomalies/{anomaly_id}", summary="Get an anomaly", response_model=AnomalyOut)
async def get_anomaly(anomaly_id: UUID, anomalies: Anomalies) -> Response:
    """One finding with its evidence."""
    return as_json(await anomalies.get(anomaly_id))


@router.patch(
    "/api/anomalies/{anomaly_id}/acknowledge", summary="Mark as seen", response_model=AnomalyOut
)
async def acknowledge(
    anomaly_id: UUID, anomalies: Anomalies, wanted: AcknowledgeIn | None = None
) -> Response:
    """Mark a finding as seen, or with `{"acknowledged": false}` as not seen, which takes back any
    other answer too."""
    seen = (wanted or AcknowledgeIn()).acknowledged
    return as_json(await anomalies.acknowledge(anomaly_id, seen=seen))


@router.put(
    "/api/anomalies/{anomaly_id}/feedback", summary="Answer a finding", response_model=AnomalyOut
)
async def put_feedback(anomaly_id: UUID, wanted: FeedbackIn, anomalies: Anomalies) -> Response:
    """Say that you have seen it, that it had a reason, that it is not unusual for you, or that it
    was useful. It stays when detection runs again, which goes by it."""
    return as_json(await anomalies.answer(anomaly_id, wanted.feedback))


@router.get("/api/insights", summary="What stands out", response_model=InsightsOut)
async def insights(
    service: Insights, days: Annotated[int, Query(ge=1, le=365)] = DEFAULT_DAYS
) -> Response:
    """Findings, trends and gaps of the last days, each with its evidence. Findings are worded by a
    language model only where one is configured and you have agreed; every figure is checked."""
    return as_json(await service.insights(days))


def span_of(wanted: DetectIn, user: Person) -> tuple[dt.date, dt.date]:
    """The days to test. Raises InvalidInputError for a span that is empty or too long."""
    last = min(wanted.last or user.today(), user.today())
    first = wanted.first or last - dt.timedelta(days=DEFAULT_DAYS - 1)
    if first > last:
        raise InvalidInputError.at(("body", "first"), "lies after the last day, or in the future")
    if (last - first).days >= MOST_DAYS:
        raise InvalidInputError.at(("body", "first"), f"test at most {MOST_DAYS} days at once")
    return first, last


def _word_later(
    request: Request, tasks: BackgroundTasks, user: Person, detection: Detection
) -> None:
    """Once the answer is sent: detection neither waits for a model nor fails with it."""
    wording = request.app.state.wording
    if wording is not None and user.ai_consent and detection.new_ids:
        tasks.add_task(wording.reword, user.id, detection.new_ids)
