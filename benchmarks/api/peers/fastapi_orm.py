"""FastAPI with SQLAlchemy's ORM and response models."""

import datetime as dt
import uuid
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, ClassVar

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import DateTime, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.utils.enums import MealType
from benchmarks.api.peers.settings import CONNECTIONS, DATABASE_URL, PAGE, SECRET

engine = create_async_engine(
    DATABASE_URL.replace("postgresql://", "postgresql+asyncpg://"),
    pool_size=CONNECTIONS,
    max_overflow=0,
    connect_args={"server_settings": {"search_path": "peer"}},
)
sessions = async_sessionmaker(engine, expire_on_commit=False)
bearer = OAuth2PasswordBearer("token")
app = FastAPI()


class Base(DeclarativeBase):
    type_annotation_map: ClassVar = {dt.datetime: DateTime(timezone=True)}


class FoodEntry(Base):
    __tablename__ = "food_entries"

    user_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    date: Mapped[dt.date]
    occurred_at: Mapped[dt.datetime | None]
    meal_type: Mapped[str]
    food_name: Mapped[str]
    calories: Mapped[float | None]
    protein_g: Mapped[float | None]
    carbs_g: Mapped[float | None]
    fats_g: Mapped[float | None]
    sugar_g: Mapped[float | None]
    fiber_g: Mapped[float | None]
    sodium_mg: Mapped[float | None]
    notes: Mapped[str | None]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    version: Mapped[int] = mapped_column(server_default="1")
    batch_id: Mapped[uuid.UUID | None]


class FoodIn(BaseModel):
    date: dt.date
    occurred_at: dt.datetime | None = None
    meal_type: MealType
    food_name: str = Field(min_length=1, max_length=200)
    calories: float | None = Field(None, ge=0, le=10_000)
    protein_g: float | None = Field(None, ge=0, le=1_000)
    carbs_g: float | None = Field(None, ge=0, le=2_000)
    fats_g: float | None = Field(None, ge=0, le=1_000)
    sugar_g: float | None = Field(None, ge=0, le=2_000)
    fiber_g: float | None = Field(None, ge=0, le=500)
    sodium_mg: float | None = Field(None, ge=0, le=50_000)
    notes: str | None = Field(None, max_length=4_000)


class FoodOut(FoodIn):
    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    created_at: dt.datetime
    updated_at: dt.datetime
    version: int
    batch_id: uuid.UUID | None


async def get_session() -> AsyncIterator[AsyncSession]:
    async with sessions() as session:
        yield session


async def get_user(token: Annotated[str, Depends(bearer)]) -> uuid.UUID:
    try:
        return uuid.UUID(jwt.decode(token, SECRET, algorithms=["HS256"])["sub"])
    except jwt.InvalidTokenError:
        raise HTTPException(401) from None


SessionOf = Annotated[AsyncSession, Depends(get_session)]
User = Annotated[uuid.UUID, Depends(get_user)]


@app.get("/food", response_model=list[FoodOut])
async def list_food(session: SessionOf, user: User) -> Sequence[FoodEntry]:
    found = await session.scalars(
        select(FoodEntry)
        .where(FoodEntry.user_id == user)
        .order_by(FoodEntry.date.desc(), FoodEntry.id.desc())
        .limit(PAGE)
    )
    return found.all()


@app.post("/food", response_model=FoodOut, status_code=201)
async def create_food(entry: FoodIn, session: SessionOf, user: User) -> FoodEntry:
    row = FoodEntry(user_id=user, **entry.model_dump())
    session.add(row)
    await session.commit()
    await session.refresh(row)
    return row
