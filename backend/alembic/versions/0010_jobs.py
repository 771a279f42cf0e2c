"""A queue of work beside the data, the jobs that people ask for, and whose night was looked at."""

from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

APP_ROLE = "vitaliq_app"
# As procrastinate 3.10.0 ships it (MIT licence); a test compares it with what is installed.
QUEUE = Path(__file__).parents[1] / "procrastinate" / "schema_3_10_0.sql"


def upgrade() -> None:
    op.add_column("users", sa.Column("nightly_on", sa.Date(), nullable=True))
    _make_queue()
    _make_jobs()
    _make_doors()


def _make_queue() -> None:
    """In a schema of its own, into which the role that serves requests may not even look."""
    op.execute("CREATE SCHEMA queue")
    op.execute("SET LOCAL search_path TO queue")
    for statement in _statements(QUEUE.read_text(encoding="utf-8")):
        op.execute(sa.text(statement.replace(":", r"\:")))
    op.execute("SET LOCAL search_path TO DEFAULT")
    op.execute(
        "CREATE INDEX ix_procrastinate_jobs_user_id ON queue.procrastinate_jobs"
        " ((args ->> 'user_id')) WHERE args ->> 'user_id' IS NOT NULL"
    )
    op.execute(
        "CREATE TABLE queue.plans (is_one boolean PRIMARY KEY DEFAULT true CHECK (is_one),"
        " planned_at timestamptz)"
    )
    op.execute("INSERT INTO queue.plans DEFAULT VALUES")


def _statements(script: str) -> Iterator[str]:
    """One by one: the driver takes no two at once. What stands between $$ is not looked into."""
    statement = ""
    for number, piece in enumerate(script.split("$$")):
        if number % 2:
            statement += f"$${piece}$$"
            continue
        *ended, rest = piece.split(";")
        for part in ended:
            yield statement + part
            statement = ""
        statement += rest


def _make_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _enum("kind", "jobkind_known", "export", "import_account", "import_days"),
        _enum("status", "jobstatus_known", "queued", "running", "done", "failed", default="queued"),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("options", _JSONB, server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("result", _JSONB, nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_jobs_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_jobs")),
    )
    op.create_table(
        "job_parts",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_job_parts_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "job_id"],
            ["jobs.user_id", "jobs.id"],
            name="fk_job_parts_job",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "job_id", "number", name=op.f("pk_job_parts")),
    )
    for table in ("jobs", "job_parts"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"""
            CREATE POLICY own ON {table}
            USING (user_id = (SELECT app.uid())) WITH CHECK (user_id = (SELECT app.uid()))
            """
        )
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP_ROLE}")


_JSONB = postgresql.JSONB(astext_type=sa.Text())


def _enum(column: str, name: str, *values: str, default: str | None = None) -> sa.Column[str]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
    server_default = None if default is None else sa.text(f"'{default}'")
    return sa.Column(column, kind, server_default=server_default, nullable=False)


def _make_doors() -> None:
    # Who serves a request may ask for work for whom it acts, and for nobody else.
    op.execute(
        """
        CREATE FUNCTION app.enqueue(
            task text, arguments jsonb, priority integer, run_at timestamptz
        ) RETURNS bigint
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, queue, pg_temp
        AS $$ BEGIN
            IF app.uid() IS NULL OR arguments ->> 'user_id' IS DISTINCT FROM app.uid()::text
                OR task NOT IN ('account_job', 'expire_job', 'word')
            THEN
                RAISE insufficient_privilege USING MESSAGE = 'not for you to ask for';
            END IF;
            RETURN (procrastinate_defer_jobs_v1(ARRAY[ROW(
                'default', task, priority, NULL, NULL, arguments, run_at
            )::procrastinate_job_to_defer_v1]))[1];
        END $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION app.enqueue(text, jsonb, integer, timestamptz) FROM PUBLIC")
    op.execute(
        f"GRANT EXECUTE ON FUNCTION app.enqueue(text, jsonb, integer, timestamptz) TO {APP_ROLE}"
    )
    # Whoever is gone leaves no work behind.
    op.execute(
        """
        CREATE FUNCTION app.forget_work() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, queue, pg_temp
        AS $$ BEGIN
            DELETE FROM procrastinate_jobs
            WHERE args ->> 'user_id' = OLD.id::text AND status <> 'doing';
            RETURN NULL;
        END $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION app.forget_work() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER forget_work AFTER DELETE ON users"
        " FOR EACH ROW EXECUTE FUNCTION app.forget_work()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER forget_work ON users")
    op.execute("DROP FUNCTION app.forget_work()")
    op.execute("DROP FUNCTION app.enqueue(text, jsonb, integer, timestamptz)")
    op.drop_table("job_parts")
    op.drop_table("jobs")
    op.execute("DROP SCHEMA queue CASCADE")
    op.drop_column("users", "nightly_on")
