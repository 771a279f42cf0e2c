"""Each user sees their own rows only: roles, policies and the one narrow door for signing in."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APP_ROLE = "vitaliq_app"
OWNED = (
    "anomalies",
    "batches",
    "body_metrics",
    "chronic_metrics",
    "exercise_entries",
    "food_entries",
    "idempotency_keys",
    "refresh_tokens",
    "sessions",
    "sleep_entries",
    "vital_signs",
)


def upgrade() -> None:
    op.execute("CREATE SCHEMA app")
    # After a transaction that set it locally the setting is '' and not null.
    op.execute(
        """
        CREATE FUNCTION app.uid() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
        AS $$ SELECT nullif(current_setting('app.user_id', true), '')::uuid $$
        """
    )
    # Signing in starts from an e-mail address, before anyone is known: the only way past the
    # policy on users, and it gives no more than it takes to check a password.
    op.execute(
        """
        CREATE FUNCTION app.credentials(address text)
        RETURNS TABLE (id uuid, hashed_password text)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
        AS $$ SELECT u.id, u.hashed_password FROM public.users u WHERE u.email = address $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION app.credentials(text) FROM PUBLIC")
    op.execute("ALTER TABLE users ENABLE ROW LEVEL SECURITY")
    op.execute(
        """
        CREATE POLICY own ON users
        USING (id = (SELECT app.uid())) WITH CHECK (id = (SELECT app.uid()))
        """
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
    op.execute(f"GRANT USAGE ON SCHEMA app, public TO {APP_ROLE}")
    op.execute(f"GRANT EXECUTE ON FUNCTION app.uid(), app.credentials(text) TO {APP_ROLE}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON users, {', '.join(OWNED)} TO {APP_ROLE}")
    op.execute(f"GRANT SELECT ON alembic_version TO {APP_ROLE}")


def downgrade() -> None:
    op.execute(f"REVOKE ALL ON alembic_version, users, {', '.join(OWNED)} FROM {APP_ROLE}")
    op.execute(f"REVOKE USAGE ON SCHEMA public FROM {APP_ROLE}")
    for table in OWNED:
        op.execute(f"DROP POLICY own ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.execute("DROP POLICY own ON users")
    op.execute("ALTER TABLE users DISABLE ROW LEVEL SECURITY")
    op.execute("DROP FUNCTION app.credentials(text)")
    op.execute("DROP SCHEMA app CASCADE")
