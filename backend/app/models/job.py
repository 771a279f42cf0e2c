"""Work that a person has asked for and that a worker does, with what it is done from or makes."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Owned, enum_column
from app.utils.enums import JobKind, JobStatus


class Job(Owned, Base):
    """`session_id` is the sign-in that asked for it, which alone may fetch an archive. `result`
    holds counts; `problem` says why it failed."""

    __tablename__ = "jobs"

    kind: Mapped[JobKind] = mapped_column(enum_column(JobKind))
    status: Mapped[JobStatus] = mapped_column(
        enum_column(JobStatus), server_default=text("'queued'")
    )
    session_id: Mapped[uuid.UUID | None]
    options: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    problem: Mapped[str | None] = mapped_column(Text())
    finished_at: Mapped[dt.datetime | None]


class JobPart(Base):
    """A piece of the file that a job reads, or of the archive that it has made: in pieces, so that
    none of it is ever held whole."""

    __tablename__ = "job_parts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "job_id"],
            ["jobs.user_id", "jobs.id"],
            name="fk_job_parts_job",
            ondelete="CASCADE",
        ),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    job_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
