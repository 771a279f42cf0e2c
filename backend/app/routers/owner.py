"""What routes about an account share: who asks from where, and the password once more."""

from typing import Annotated, Any

from fastapi import Depends, Request

from app.dependencies import AppSettings, AppTokens, CurrentClaims
from app.services.confirmation import OwnerService
from app.utils.client_address import client_address


async def get_client_address(request: Request, settings: AppSettings) -> str:
    return client_address(
        request.client and request.client.host,
        request.headers.getlist("x-forwarded-for"),
        settings.trusted_proxies,
    )


ClientAddress = Annotated[str, Depends(get_client_address)]


async def get_owner(
    request: Request,
    tokens: AppTokens,
    settings: AppSettings,
    claims: CurrentClaims,
    client: ClientAddress,
) -> OwnerService:
    database = request.app.state.database
    return OwnerService(database, tokens, settings, claims=claims, client=client)


Owner = Annotated[OwnerService, Depends(get_owner)]


def failure(status: int, text: str) -> dict[int | str, dict[str, Any]]:
    """A failure of one route, for the API's description."""
    schema = {"$ref": "#/components/schemas/Problem"}
    content = {"application/problem+json": {"schema": schema}}
    return {status: {"description": text, "content": content}}


WRONG_PASSWORD = failure(403, "The password is wrong.")
TOO_MANY = failure(429, "Too many tries; try again after `Retry-After` seconds.")
