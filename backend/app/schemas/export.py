"""What an import of an export stored."""

from app.schemas.base import ReadSchema


class AccountImportOut(ReadSchema):
    """Rows by table."""

    stored: dict[str, int]
