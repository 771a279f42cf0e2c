"""What people ask of detection: a budget of alarms, answers to findings, tagged stretches."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

APP_ROLE = "vitaliq_app"


def _known(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.add_column(
        "users",
        sa.Column(
            "alarm_budget",
            _known("alarmbudget_known", "weekly", "monthly", "gravest"),
            server_default=sa.text("'monthly'"),
            nullable=False,
        ),
    )
    op.add_column(
        "anomalies",
        sa.Column(
            "feedback",
            _known("feedback_known", "seen", "had_reason", "not_unusual", "useful"),
            nullable=True,
        ),
    )
    # Row-level security, while forced, hides every row from the owner too.
    op.execute("ALTER TABLE anomalies NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE anomalies SET feedback = 'seen' WHERE is_acknowledged")
    op.execute("ALTER TABLE anomalies FORCE ROW LEVEL SECURITY")
    op.create_table(
        "tags",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            _known("tagkind_known", "illness", "travel", "medication", "stress", "other"),
            nullable=False,
        ),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "first BETWEEN '1900-01-01' AND '2100-12-31'", name=op.f("ck_tags_first_plausible")
        ),
        sa.CheckConstraint(
            "last BETWEEN first AND first + 365", name=op.f("ck_tags_last_plausible")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_tags_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_tags")),
    )
    op.create_index("ix_tags_user_id_first_id", "tags", ["user_id", "first", "id"])
    op.execute("ALTER TABLE tags ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE tags FORCE ROW LEVEL SECURITY")
    op.execute(
        """
        CREATE POLICY own ON tags
        USING (user_id = (SELECT app.uid())) WITH CHECK (user_id = (SELECT app.uid()))
        """
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON tags TO {APP_ROLE}")


def downgrade() -> None:
    op.drop_table("tags")
    op.drop_column("anomalies", "feedback")
    op.drop_column("users", "alarm_budget")
