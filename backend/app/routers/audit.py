"""What happened to the account: /api/audit."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from app.dependencies import AppTokens, CurrentUser, Page, Session
from app.routers.responses import as_json
from app.schemas.audit import AuditEventOut
from app.schemas.base import PageOut
from app.services.audit import AuditService

router = APIRouter(tags=["Your data"])


async def get_audit(session: Session, user: CurrentUser, tokens: AppTokens) -> AuditService:
    return AuditService(session, user, tokens)


Audit = Annotated[AuditService, Depends(get_audit)]


@router.get("/api/audit", summary="Your audit trail", response_model=PageOut[AuditEventOut])
async def list_audit_events(audit: Audit, page: Page) -> Response:
    """Sign-ins, changes of your account, exports and refused attempts, newest first. Nobody can
    change the trail; it goes when your account goes."""
    return as_json(await audit.page(page))
