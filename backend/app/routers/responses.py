"""Answers whose JSON the database has built already."""

from fastapi import Response

from app.services.entries import Stored

_JSON = "application/json"


def as_json(text: str, *, status: int = 200) -> Response:
    return Response(text, status_code=status, media_type=_JSON)


def as_entry(stored: Stored, *, status: int = 200) -> Response:
    """The entry, with its version as the ETag."""
    return Response(
        stored.json,
        status_code=status,
        media_type=_JSON,
        headers={"ETag": f'"{stored.version}"'},
    )
