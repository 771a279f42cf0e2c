"""Daily values are kept, and every change of entries notes the days that it touches.

Triggers note them, so that it makes no difference who writes and how: an older process, an import
by COPY, a batch that is removed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

APP_ROLE = "vitaliq_app"
ENTRIES = (
    "body_metrics",
    "chronic_metrics",
    "exercise_entries",
    "food_entries",
    "sleep_entries",
    "vital_signs",
)
CHANGES = {
    "insert": "NEW TABLE AS changed",
    "update": "OLD TABLE AS before NEW TABLE AS changed",
    "delete": "OLD TABLE AS changed",
}
# A deleted account takes its entries along, and its days are nobody's then. Asked apart, since
# deletions are carried over to a restored database by an owner who may not touch stale_days.
NOTES = {
    "insert": """
        INSERT INTO public.stale_days (user_id, day)
        SELECT DISTINCT user_id, date FROM changed;
        """,
    "update": """
        INSERT INTO public.stale_days (user_id, day)
        SELECT user_id, date FROM before UNION SELECT user_id, date FROM changed;
        """,
    "delete": """
        IF EXISTS (SELECT FROM changed AS c JOIN public.users AS u ON u.id = c.user_id) THEN
            INSERT INTO public.stale_days (user_id, day)
            SELECT DISTINCT c.user_id, c.date
            FROM changed AS c JOIN public.users AS u ON u.id = c.user_id;
        END IF;
        """,
}


def upgrade() -> None:
    op.create_table(
        "day_pages",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("layout", sa.BigInteger(), nullable=False),
        sa.Column("known", sa.LargeBinary(), nullable=False),
        sa.Column("cells", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "first BETWEEN '1890-01-01' AND '2110-12-31'", name=op.f("ck_day_pages_first_plausible")
        ),
        sa.CheckConstraint(
            "(first - '1900-01-01') % 7 = 0", name=op.f("ck_day_pages_first_is_a_monday")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_day_pages_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "first", name=op.f("pk_day_pages")),
    )
    op.create_table(
        "stale_days",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_stale_days_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "day", "id", name=op.f("pk_stale_days")),
    )
    # A week is small, and compressing it would cost more than reading it.
    op.execute("ALTER TABLE day_pages ALTER COLUMN known SET STORAGE EXTERNAL")
    op.execute("ALTER TABLE day_pages ALTER COLUMN cells SET STORAGE EXTERNAL")
    for table in ("day_pages", "stale_days"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"""
            CREATE POLICY own ON {table}
            USING (user_id = (SELECT app.uid())) WITH CHECK (user_id = (SELECT app.uid()))
            """
        )
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP_ROLE}")
    for change, transition in CHANGES.items():
        op.execute(
            f"""
            CREATE FUNCTION app.note_days_of_{change}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                {NOTES[change]}
                RETURN NULL;
            END $$
            """
        )
        op.execute(f"REVOKE ALL ON FUNCTION app.note_days_of_{change}() FROM PUBLIC")
        for table in ENTRIES:
            op.execute(
                f"""
                CREATE TRIGGER note_days_of_{change} AFTER {change} ON {table}
                REFERENCING {transition} FOR EACH STATEMENT
                EXECUTE FUNCTION app.note_days_of_{change}()
                """
            )
    # Row-level security lets one person be seen at a time, and so each is looked at in turn.
    op.execute(
        """
        CREATE FUNCTION app.day_pages_of(people uuid[], since date, until date, wanted bigint)
        RETURNS TABLE (number int, firsts date[], known bytea, cells bytea, is_stale boolean)
        LANGUAGE plpgsql AS $$
        DECLARE
            whose text := coalesce(current_setting('app.user_id', true), '');
        BEGIN
            FOR number IN 1 .. cardinality(people) LOOP
                PERFORM set_config('app.user_id', people[number]::text, true);
                RETURN QUERY
                SELECT number, array_agg(p.first), string_agg(p.known, ''::bytea),
                    string_agg(p.cells, ''::bytea),
                    EXISTS (SELECT FROM public.stale_days AS s WHERE s.user_id = people[number])
                FROM (
                    SELECT d.first, d.known, d.cells FROM public.day_pages AS d
                    WHERE d.user_id = people[number] AND d.layout = wanted
                        AND d.first BETWEEN since AND until
                    ORDER BY d.first
                ) AS p;
            END LOOP;
            PERFORM set_config('app.user_id', whose, true);
        END $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION app.day_pages_of(uuid[], date, date, bigint) FROM PUBLIC")
    op.execute(
        f"GRANT EXECUTE ON FUNCTION app.day_pages_of(uuid[], date, date, bigint) TO {APP_ROLE}"
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION app.day_pages_of(uuid[], date, date, bigint)")
    for change in CHANGES:
        for table in ENTRIES:
            op.execute(f"DROP TRIGGER note_days_of_{change} ON {table}")
        op.execute(f"DROP FUNCTION app.note_days_of_{change}()")
    op.drop_table("stale_days")
    op.drop_table("day_pages")
