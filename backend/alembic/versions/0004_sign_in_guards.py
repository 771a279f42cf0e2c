"""Limits to guessing that hold across processes, and the second factor."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APP_ROLE = "vitaliq_app"
OWNED = ("recovery_codes", "totp_secrets")
FUNCTIONS = (
    "app.take_guess(bytea, interval, interval)",
    "app.give_back_guess(bytea, interval)",
)


def upgrade() -> None:
    _limits()
    _second_factor()


def _limits() -> None:
    op.create_table(
        "guess_limits",
        sa.Column("bucket", sa.LargeBinary(length=32), nullable=False),
        sa.Column("full_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_guess_limits")),
        prefixes=["UNLOGGED"],
    )
    op.create_index(op.f("ix_guess_limits_full_at"), "guess_limits", ["full_at"], unique=False)
    # The upsert decides alone, so of parallel guesses no two take the same token. Full buckets
    # are swept afterwards and past locked rows, so that nobody who holds a lock waits for one.
    op.execute(
        """
        CREATE FUNCTION app.take_guess(wanted bytea, per_guess interval, whole interval)
        RETURNS double precision
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
        AS $$
        DECLARE
            missing interval;
        BEGIN
            INSERT INTO public.guess_limits AS l (bucket, full_at)
            VALUES (wanted, now() + per_guess)
            ON CONFLICT (bucket) DO UPDATE
            SET full_at = greatest(l.full_at, now()) + per_guess
            WHERE greatest(l.full_at, now()) + per_guess <= now() + whole;
            IF NOT FOUND THEN
                SELECT full_at + per_guess - now() - whole INTO missing
                FROM public.guess_limits WHERE bucket = wanted;
                RETURN greatest(extract(epoch FROM missing), 1);
            END IF;
            DELETE FROM public.guess_limits WHERE bucket IN (
                SELECT bucket FROM public.guess_limits WHERE full_at < now()
                ORDER BY full_at LIMIT 5 FOR UPDATE SKIP LOCKED
            );
            RETURN 0;
        END
        $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION app.give_back_guess(wanted bytea, per_guess interval) RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
        AS $$
            UPDATE public.guess_limits SET full_at = full_at - per_guess WHERE bucket = wanted
        $$
        """
    )
    for function in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {APP_ROLE}")


def _second_factor() -> None:
    op.create_table(
        "recovery_codes",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "code_hash", name=op.f("pk_recovery_codes")),
    )
    op.create_table(
        "totp_secrets",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(length=100), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_totp_secrets_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_totp_secrets")),
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
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(OWNED)} TO {APP_ROLE}")


def downgrade() -> None:
    for table in reversed(OWNED):
        op.drop_table(table)
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    op.drop_index(op.f("ix_guess_limits_full_at"), table_name="guess_limits")
    op.drop_table("guess_limits")
