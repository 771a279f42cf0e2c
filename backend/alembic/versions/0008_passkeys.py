"""Passkeys, and the challenges that they sign."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

APP_ROLE = "vitaliq_app"
FUNCTIONS = ("app.give_challenge(bytea, interval)", "app.use_challenge(bytea)")


def upgrade() -> None:
    _passkeys()
    _challenges()


def _passkeys() -> None:
    op.create_table(
        "passkeys",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(length=1023), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=1200), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_passkeys_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_passkeys")),
    )
    op.create_index(
        "uq_passkeys_credential_id", "passkeys", ["user_id", "credential_id"], unique=True
    )
    op.execute("ALTER TABLE passkeys ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE passkeys FORCE ROW LEVEL SECURITY")
    op.execute(
        """
        CREATE POLICY own ON passkeys
        USING (user_id = (SELECT app.uid())) WITH CHECK (user_id = (SELECT app.uid()))
        """
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON passkeys TO {APP_ROLE}")


def _challenges() -> None:
    op.create_table(
        "passkey_challenges",
        sa.Column("challenge", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("challenge", name=op.f("pk_passkey_challenges")),
        prefixes=["UNLOGGED"],
    )
    op.create_index(
        op.f("ix_passkey_challenges_expires_at"), "passkey_challenges", ["expires_at"], unique=False
    )
    # Challenges are given to people who are not known yet, so no policy can tell whose they are:
    # the application can neither list them nor bring one back. Old ones are swept by new ones.
    op.execute(
        """
        CREATE FUNCTION app.give_challenge(given bytea, lifetime interval) RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
        AS $$
            INSERT INTO public.passkey_challenges (challenge, expires_at)
            VALUES (given, now() + lifetime);
            DELETE FROM public.passkey_challenges WHERE challenge IN (
                SELECT challenge FROM public.passkey_challenges WHERE expires_at < now()
                ORDER BY expires_at LIMIT 5 FOR UPDATE SKIP LOCKED
            )
        $$
        """
    )
    # One statement decides, so of parallel uses of one challenge one wins.
    op.execute(
        """
        CREATE FUNCTION app.use_challenge(used bytea) RETURNS boolean
        LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
        AS $$
            WITH gone AS (
                DELETE FROM public.passkey_challenges WHERE challenge = used RETURNING expires_at
            )
            SELECT coalesce(bool_and(expires_at >= now()), false) FROM gone
        $$
        """
    )
    for function in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {APP_ROLE}")


def downgrade() -> None:
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    op.drop_index(op.f("ix_passkey_challenges_expires_at"), table_name="passkey_challenges")
    op.drop_table("passkey_challenges")
    op.drop_table("passkeys")
