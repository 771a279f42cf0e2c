"""Where a person wants to be told of findings, and what was sent there."""

import datetime as dt
import uuid

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import NAME_LIMIT, Base, Owned, enum_column
from app.utils.enums import ChannelKind, DeliveryKind, DeliveryStatus


class Channel(Owned, Base):
    """`sealed` holds the address and its secrets, encrypted; `shown` is what of the address may be
    read. `detailed`: figures may be sent, not only ids. `off_at` is when the other side said that
    there is nobody any more."""

    __tablename__ = "channels"

    kind: Mapped[ChannelKind] = mapped_column(enum_column(ChannelKind))
    shown: Mapped[str] = mapped_column(String(NAME_LIMIT))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    detailed: Mapped[bool] = mapped_column(server_default=text("false"))
    off_at: Mapped[dt.datetime | None]


class Delivery(Owned, Base):
    """One thing that is told over one channel, an episode at most once. Those that went out in one
    message share a `message_id`. `problem` and `answered` are of the last try; no health value is
    in any column."""

    __tablename__ = "deliveries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "channel_id"],
            ["channels.user_id", "channels.id"],
            name="fk_deliveries_channel",
            ondelete="CASCADE",
        ),
        Index(
            "uq_deliveries_episode",
            "user_id",
            "channel_id",
            "episode_id",
            unique=True,
            postgresql_where=text("episode_id IS NOT NULL"),
        ),
    )

    channel_id: Mapped[uuid.UUID]
    kind: Mapped[DeliveryKind] = mapped_column(enum_column(DeliveryKind))
    episode_id: Mapped[uuid.UUID | None]
    status: Mapped[DeliveryStatus] = mapped_column(
        enum_column(DeliveryStatus), server_default=text("'waiting'")
    )
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    due_at: Mapped[dt.datetime | None]
    message_id: Mapped[uuid.UUID | None]
    answered: Mapped[int | None]
    problem: Mapped[str | None] = mapped_column(String(NAME_LIMIT))
    finished_at: Mapped[dt.datetime | None]
