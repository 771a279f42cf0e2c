"""Readings of a day, finer than the trackers keep them, and the files that they come from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

APP_ROLE = "vitaliq_app"
OWNED = ("reading_series", "readings", "imports", "import_parts")
YEARS = range(2005, 2041)
# Where each year's part lies; whoever serves requests reaches it through the whole table alone.
PARTS = "parts"


def upgrade() -> None:
    op.add_column(
        "users",
        sa.Column("source_order", _JSONB, server_default=sa.text("'[]'::jsonb"), nullable=False),
    )
    _make_imports()
    _make_readings()
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
    _forget_readings()
    _open_door()


_JSONB = postgresql.JSONB(astext_type=sa.Text())


def _created() -> sa.Column[object]:
    return sa.Column(
        "created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
    )


def _make_imports() -> None:
    op.create_table(
        "imports",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "receiving",
                "reading",
                "ready",
                "committing",
                "committed",
                "cancelled",
                "failed",
                name="importstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default=sa.text("'receiving'"),
            nullable=False,
        ),
        sa.Column("options", _JSONB, server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("progress", sa.Float(), server_default=sa.text("0"), nullable=False),
        sa.Column("preview", _JSONB, nullable=True),
        sa.Column("result", _JSONB, nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        _created(),
        sa.CheckConstraint("received BETWEEN 0 AND bytes", name=op.f("ck_imports_received_fits")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_imports_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_imports")),
    )
    op.create_table(
        "import_parts",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_import_parts_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "import_id"],
            ["imports.user_id", "imports.id"],
            name="fk_import_parts_import",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "import_id", "start", name=op.f("pk_import_parts")),
    )
    # What people bring is compressed already, more often than not.
    op.execute("ALTER TABLE import_parts ALTER COLUMN content SET STORAGE EXTERNAL")


def _make_readings() -> None:
    op.create_table(
        "reading_series",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("unit", sa.String(40), nullable=False),
        _created(),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_reading_series_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_reading_series")),
        sa.UniqueConstraint("user_id", "kind", "source", "unit", name="uq_reading_series_strand"),
    )
    op.create_table(
        "readings",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("series", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("identity", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("original", sa.Float(), nullable=True),
        sa.Column("censor", sa.SmallInteger(), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "series", "at", "identity", name=op.f("pk_readings")),
        postgresql_partition_by="RANGE (at)",
    )
    op.execute(f"CREATE SCHEMA {PARTS}")
    for year in YEARS:
        op.execute(
            f"CREATE TABLE {PARTS}.readings_{year} PARTITION OF readings"
            f" FOR VALUES FROM ('{year}-01-01Z') TO ('{year + 1}-01-01Z')"
        )
    op.execute(f"CREATE TABLE {PARTS}.readings_other PARTITION OF readings DEFAULT")


def _forget_readings() -> None:
    """A reference from each reading would be looked up for each; a series takes its readings
    along instead. Whoever removes an account acts for nobody, or for somebody else; a restore does
    with row security off, which refuses what a policy would bind."""
    op.execute(
        """
        CREATE FUNCTION app.forget_readings() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = pg_catalog, pg_temp SET row_security = on
        AS $$
        DECLARE
            whose text := coalesce(current_setting('app.user_id', true), '');
        BEGIN
            PERFORM set_config('app.user_id', OLD.user_id::text, true);
            DELETE FROM public.readings WHERE user_id = OLD.user_id AND series = OLD.id;
            PERFORM set_config('app.user_id', whose, true);
            RETURN NULL;
        END $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION app.forget_readings() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER forget_readings AFTER DELETE ON reading_series"
        " FOR EACH ROW EXECUTE FUNCTION app.forget_readings()"
    )


def _open_door() -> None:
    """Work on imports may be asked for, as all other work may, for oneself alone."""
    op.execute(
        """
        CREATE FUNCTION app.enqueue_import(
            task text, arguments jsonb, priority integer, run_at timestamptz
        ) RETURNS bigint
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, queue, pg_temp
        AS $$ BEGIN
            IF app.uid() IS NULL OR arguments ->> 'user_id' IS DISTINCT FROM app.uid()::text
                OR task NOT IN ('read_import', 'commit_import', 'expire_import')
            THEN
                RAISE insufficient_privilege USING MESSAGE = 'not for you to ask for';
            END IF;
            RETURN (procrastinate_defer_jobs_v1(ARRAY[ROW(
                'default', task, priority, NULL, NULL, arguments, run_at
            )::procrastinate_job_to_defer_v1]))[1];
        END $$
        """
    )
    named = "app.enqueue_import(text, jsonb, integer, timestamptz)"
    op.execute(f"REVOKE ALL ON FUNCTION {named} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {named} TO {APP_ROLE}")


def downgrade() -> None:
    op.execute("DROP FUNCTION app.enqueue_import(text, jsonb, integer, timestamptz)")
    op.drop_table("readings")
    op.execute(f"DROP SCHEMA {PARTS}")
    op.drop_table("reading_series")
    op.execute("DROP FUNCTION app.forget_readings()")
    op.drop_table("import_parts")
    op.drop_table("imports")
    op.drop_column("users", "source_order")
