"""Where people want to be told of findings, what was sent there, and how they wish to be told."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

APP_ROLE = "vitaliq_app"
_JSONB = postgresql.JSONB(astext_type=sa.Text())
_NOW = sa.text("now()")
# What `app.enqueue` lets people ask for, here and in the version before.
_ASKED = "'account_job', 'expire_job', 'word'"


def upgrade() -> None:
    op.add_column(
        "users",
        sa.Column("telling", _JSONB, server_default=sa.text("'{}'::jsonb"), nullable=False),
    )
    op.create_table(
        "channels",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _enum("kind", "channelkind_known", "webhook", "push", "service"),
        sa.Column("shown", sa.String(length=200), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("detailed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_channels_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_channels")),
    )
    op.create_table(
        "deliveries",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        _enum("kind", "deliverykind_known", "finding", "test"),
        sa.Column("episode_id", sa.Uuid(), nullable=True),
        _enum(
            "status",
            "deliverystatus_known",
            *("waiting", "sent", "failed", "dropped"),
            default="waiting",
        ),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("answered", sa.Integer(), nullable=True),
        sa.Column("problem", sa.String(length=200), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_deliveries_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "channel_id"],
            ["channels.user_id", "channels.id"],
            name="fk_deliveries_channel",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_deliveries")),
    )
    op.create_index(
        "uq_deliveries_episode",
        "deliveries",
        ["user_id", "channel_id", "episode_id"],
        unique=True,
        postgresql_where=sa.text("episode_id IS NOT NULL"),
    )
    for table in ("channels", "deliveries"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"""
            CREATE POLICY own ON {table}
            USING (user_id = (SELECT app.uid())) WITH CHECK (user_id = (SELECT app.uid()))
            """
        )
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP_ROLE}")
    _let_ask_for(f"{_ASKED}, 'deliver'")


def _enum(column: str, name: str, *values: str, default: str | None = None) -> sa.Column[str]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
    server_default = None if default is None else sa.text(f"'{default}'")
    return sa.Column(column, kind, server_default=server_default, nullable=False)


def _let_ask_for(tasks: str) -> None:
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION app.enqueue(
            task text, arguments jsonb, priority integer, run_at timestamptz
        ) RETURNS bigint
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, queue, pg_temp
        AS $$ BEGIN
            IF app.uid() IS NULL OR arguments ->> 'user_id' IS DISTINCT FROM app.uid()::text
                OR task NOT IN ({tasks})
            THEN
                RAISE insufficient_privilege USING MESSAGE = 'not for you to ask for';
            END IF;
            RETURN (procrastinate_defer_jobs_v1(ARRAY[ROW(
                'default', task, priority, NULL, NULL, arguments, run_at
            )::procrastinate_job_to_defer_v1]))[1];
        END $$
        """
    )


def downgrade() -> None:
    _let_ask_for(_ASKED)
    op.drop_table("deliveries")
    op.drop_table("channels")
    op.drop_column("users", "telling")
