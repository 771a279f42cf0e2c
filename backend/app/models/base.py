"""What all tables share: naming, keys that begin with the user, and the columns of an entry."""

import datetime as dt
import uuid
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    CheckConstraint,
    Date,
    DateTime,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    String,
    Text,
    func,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from app.catalog import QUANTITIES
from app.utils.identifiers import uuid7

TEXT_LIMIT = 4_000
NAME_LIMIT = 200


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        dt.datetime: DateTime(timezone=True),
        dt.date: Date(),
    }


def enum_column(kind: type[StrEnum]) -> Enum:
    """The enumeration as text with a check, so that a value can be added without a type change."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=f"{kind.__name__.lower()}_known",
        values_callable=lambda members: [member.value for member in members],
    )


class Owned:
    """A row that belongs to one user. The key begins with the user, so rows of a user lie
    together and the table can be partitioned or distributed by user."""

    @declared_attr
    def user_id(cls) -> Mapped[uuid.UUID]:  # noqa: N805  (SQLAlchemy calls it on the class)
        return mapped_column(
            ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, sort_order=-10
        )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7, sort_order=-9)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now(), sort_order=90)


class Entry(Owned):
    """One line of a tracker, on a day of the user's own calendar.

    `batch_id` names the import or invention that wrote it, `external_id` the record it came from
    (unique per user, so that nothing is imported twice), `version` counts its changes.
    """

    tracker: ClassVar[str]

    date: Mapped[dt.date] = mapped_column(sort_order=-8)
    updated_at: Mapped[dt.datetime] = mapped_column(server_default=func.now(), sort_order=91)
    version: Mapped[int] = mapped_column(server_default=text("1"), sort_order=92)
    batch_id: Mapped[uuid.UUID | None] = mapped_column(sort_order=93)
    external_id: Mapped[str | None] = mapped_column(String(NAME_LIMIT), sort_order=94)

    @classmethod
    def extra_constraints(cls) -> Sequence[CheckConstraint | Index]:
        """Rules of the one table, added to those that every entry has."""
        return ()

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805  (SQLAlchemy calls it on the class)
        table: str = cls.__tablename__  # type: ignore[attr-defined]  # set by each table
        return (
            *_plausible_checks(cls.tracker),
            *cls.extra_constraints(),
            CheckConstraint("date BETWEEN '1900-01-01' AND '2100-12-31'", name="date_plausible"),
            ForeignKeyConstraint(
                ["user_id", "batch_id"],
                ["batches.user_id", "batches.id"],
                name=f"fk_{table}_batch",
                ondelete="CASCADE",
            ),
            Index(f"ix_{table}_user_id_date_id", "user_id", "date", "id"),
            Index(
                f"ix_{table}_batch",
                "user_id",
                "batch_id",
                postgresql_where=text("batch_id IS NOT NULL"),
            ),
            Index(
                f"uq_{table}_external_id",
                "user_id",
                "external_id",
                unique=True,
                postgresql_where=text("external_id IS NOT NULL"),
            ),
        )


class Timed:
    """An entry that may know its instant."""

    occurred_at: Mapped[dt.datetime | None] = mapped_column(sort_order=-7)


class Noted:
    """An entry with room for the user's own words."""

    notes: Mapped[str | None] = mapped_column(Text(), sort_order=80)


def _plausible_checks(tracker: str) -> tuple[CheckConstraint, ...]:
    """The catalogue's bounds as checks; BETWEEN also refuses NaN, which sorts above infinity."""
    return tuple(
        CheckConstraint(
            f"{row.column} BETWEEN {row.plausible.low:g} AND {row.plausible.high:g}",
            name=f"{row.column}_plausible",
        )
        for row in QUANTITIES
        if row.tracker == tracker
    )


def at_least_one(columns: Sequence[str]) -> CheckConstraint:
    """An entry that says nothing is refused."""
    return CheckConstraint(f"num_nonnulls({', '.join(columns)}) >= 1", name="says_something")
