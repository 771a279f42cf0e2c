"""Litestar with msgspec's structures, its own JWT authentication, and asyncpg."""

import datetime as dt
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import asyncpg
import msgspec
from litestar import Litestar, Request, get, post
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.security.jwt import JWTAuth, Token

from app.utils.enums import MealType
from benchmarks.api.peers.settings import CONNECTIONS, DATABASE_URL, PAGE, SECRET

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=4_000)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Grams = Annotated[float, msgspec.Meta(ge=0, le=2_000)]
Energy = Annotated[float, msgspec.Meta(ge=0, le=10_000)]
Milligrams = Annotated[float, msgspec.Meta(ge=0, le=50_000)]


class FoodIn(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    date: dt.date
    occurred_at: dt.datetime | None = None
    meal_type: MealType
    food_name: Name
    calories: Energy | None = None
    protein_g: Grams | None = None
    carbs_g: Grams | None = None
    fats_g: Grams | None = None
    sugar_g: Grams | None = None
    fiber_g: Grams | None = None
    sodium_mg: Milligrams | None = None
    notes: Text | None = None


class FoodOut(FoodIn, kw_only=True):
    id: uuid.UUID
    created_at: dt.datetime
    updated_at: dt.datetime
    version: int
    batch_id: uuid.UUID | None


SHOWN = ", ".join(FoodOut.__struct_fields__)
LIST = (
    f"SELECT {SHOWN} FROM food_entries WHERE user_id = $1 ORDER BY date DESC, id DESC LIMIT {PAGE}"  # noqa: S608
)
GIVEN = FoodIn.__struct_fields__
CREATE = (
    f"INSERT INTO food_entries (user_id, id, {', '.join(GIVEN)}) "  # noqa: S608
    f"VALUES ($1, $2, {', '.join(f'${n}' for n in range(3, 3 + len(GIVEN)))}) RETURNING {SHOWN}"
)


@get("/food")
async def list_food(request: Request[uuid.UUID, Token, State], state: State) -> list[FoodOut]:
    rows = await state.pool.fetch(LIST, request.user)
    return [FoodOut(**row) for row in rows]


@post("/food")
async def create_food(
    data: FoodIn, request: Request[uuid.UUID, Token, State], state: State
) -> FoodOut:
    values = (getattr(data, name) for name in GIVEN)
    row = await state.pool.fetchrow(CREATE, request.user, uuid.uuid4(), *values)
    return FoodOut(**row)


async def user_of(token: Token, _: ASGIConnection[Any, Any, Any, Any]) -> uuid.UUID:
    return uuid.UUID(token.sub)


@asynccontextmanager
async def pooled(app: Litestar) -> AsyncIterator[None]:
    async with asyncpg.create_pool(
        DATABASE_URL, min_size=1, max_size=CONNECTIONS, server_settings={"search_path": "peer"}
    ) as pool:
        app.state.pool = pool
        yield


app = Litestar(
    route_handlers=[list_food, create_food],
    on_app_init=[
        JWTAuth[uuid.UUID](retrieve_user_handler=user_of, token_secret=SECRET).on_app_init
    ],
    lifespan=[pooled],
    openapi_config=None,
)
