"""How your tables are read: the routes under /api/imports/templates."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from app.dependencies import CurrentUser, Session
from app.schemas.import_template import ImportTemplateIn, ImportTemplateOut, ImportTemplatesOut
from app.services.import_templates import ImportTemplateService
from app.strict_route import StrictRoute

router = APIRouter(prefix="/api/imports/templates", tags=["Imports"], route_class=StrictRoute)


async def get_templates(session: Session, user: CurrentUser) -> ImportTemplateService:
    return ImportTemplateService(session, user)


Templates = Annotated[ImportTemplateService, Depends(get_templates)]


@router.get("", summary="List templates of tables")
async def list_import_templates(templates: Templates) -> ImportTemplatesOut:
    """What you have answered about tables: their columns, units, order of day and month. It is kept
    when the table is stored, and holds for each later one with the same header."""
    return ImportTemplatesOut(items=await templates.all())


@router.put("/{template_id}", summary="Rename a template")
async def rename_import_template(
    template_id: UUID, wanted: ImportTemplateIn, templates: Templates
) -> ImportTemplateOut:
    """Gives it a name that you know it by."""
    return await templates.rename(template_id, wanted.name)


@router.delete("/{template_id}", status_code=204, summary="Forget a template")
async def forget_import_template(template_id: UUID, templates: Templates) -> None:
    """The next table with that header is asked about again."""
    await templates.forget(template_id)
