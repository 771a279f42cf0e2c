"""The audit trail, as it is read."""

import datetime as dt
from typing import Any
from uuid import UUID

from app.schemas.base import ReadSchema
from app.utils.enums import AuditKind, AuditOutcome


class AuditEventOut(ReadSchema):
    """`detail` names fields, routes and counts. `date` is the day in UTC. `session_id` is the
    sign-in that it happened in, `request_id` the `X-Request-ID` of the answer."""

    id: UUID
    date: dt.date
    occurred_at: dt.datetime
    kind: AuditKind
    outcome: AuditOutcome
    detail: dict[str, Any]
    request_id: str | None
    session_id: UUID | None
