"""Readings that wait for their owner's word."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

APP_ROLE = "vitaliq_app"
OWNED = ("held_groups", "held_readings")
# What `app.enqueue_import` lets people ask for, here and in the version before.
_ASKED = "'read_import', 'commit_import', 'expire_import'"


def upgrade() -> None:
    op.create_table(
        "held_groups",
        *_owned(),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("guess", sa.String(40), nullable=True),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.String(40), nullable=True),
        sa.Column("stored", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        _created(),
        _of_user("held_groups"),
        sa.ForeignKeyConstraint(
            ["user_id", "batch_id"],
            ["batches.user_id", "batches.id"],
            name="fk_held_groups_batch",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_held_groups")),
        sa.UniqueConstraint(
            "user_id", "batch_id", "kind", "source", "unit", name="uq_held_groups_strand"
        ),
    )
    op.create_table(
        "held_readings",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("identity", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("censor", sa.SmallInteger(), nullable=True),
        _of_user("held_readings"),
        sa.ForeignKeyConstraint(
            ["user_id", "group_id"],
            ["held_groups.user_id", "held_groups.id"],
            name="fk_held_readings_group",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "user_id", "group_id", "at", "identity", name=op.f("pk_held_readings")
        ),
    )
    for table in OWNED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"""
            CREATE POLICY own ON {table}
            USING (user_id = (SELECT app.uid())) WITH CHECK (user_id = (SELECT app.uid()))
            """
        )
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP_ROLE}")
    _let_ask_for(f"{_ASKED}, 'rework_readings', 'detect_days'")


def _owned() -> tuple[sa.Column[object], sa.Column[object]]:
    return (
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
    )


def _created() -> sa.Column[object]:
    return sa.Column(
        "created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
    )


def _of_user(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_user_id")
    return sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=name, ondelete="CASCADE")


def _let_ask_for(tasks: str) -> None:
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION app.enqueue_import(
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
    for table in reversed(OWNED):
        op.drop_table(table)
