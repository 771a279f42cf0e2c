"""Episodes: findings of one story, told once."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APP_ROLE = "vitaliq_app"


def upgrade() -> None:
    op.create_table(
        "episodes",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("peak", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column(
            "severity",
            sa.Enum(
                "low",
                "medium",
                "high",
                name="severity_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("metrics", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("notified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("peak BETWEEN date AND last", name=op.f("ck_episodes_days_in_order")),
        sa.CheckConstraint("days BETWEEN 1 AND last - date + 1", name=op.f("ck_episodes_days_fit")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_episodes_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_episodes")),
    )
    op.create_index("ix_episodes_user_id_date_id", "episodes", ["user_id", "date", "id"])
    op.execute("ALTER TABLE episodes ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE episodes FORCE ROW LEVEL SECURITY")
    op.execute(
        """
        CREATE POLICY own ON episodes
        USING (user_id = (SELECT app.uid())) WITH CHECK (user_id = (SELECT app.uid()))
        """
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON episodes TO {APP_ROLE}")
    op.add_column("anomalies", sa.Column("episode_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("anomalies", "episode_id")
    op.drop_table("episodes")
