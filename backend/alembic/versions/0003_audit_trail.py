"""The audit trail, which only grows, and the tombstones of deleted accounts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APP_ROLE = "vitaliq_app"


def upgrade() -> None:
    op.create_table(
        "audit_events",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "date",
            sa.Date(),
            sa.Computed("(occurred_at AT TIME ZONE 'UTC')::date", persisted=True),
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "success",
                "failure",
                name="auditoutcome_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "detail",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("request_id", sa.String(length=36), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind ~ '^[a-z_]+$'", name=op.f("ck_audit_events_kind_plain")),
        sa.CheckConstraint(
            "jsonb_typeof(detail) = 'object'", name=op.f("ck_audit_events_detail_object")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_audit_events_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_audit_events")),
    )
    op.create_index("ix_audit_events_user_id_date_id", "audit_events", ["user_id", "date", "id"])
    op.create_table(
        "deleted_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "deleted_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deleted_accounts")),
    )
    for table, owner in (("audit_events", "user_id"), ("deleted_accounts", "id")):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"""
            CREATE POLICY own ON {table}
            USING ({owner} = (SELECT app.uid())) WITH CHECK ({owner} = (SELECT app.uid()))
            """
        )
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {APP_ROLE}")
    # The tombstones' owner reads them past the policy, to apply them after a restore.
    op.execute("ALTER TABLE audit_events FORCE ROW LEVEL SECURITY")
    op.execute(
        """
        CREATE FUNCTION app.apply_tombstones() RETURNS bigint LANGUAGE sql
        SET search_path = pg_catalog, pg_temp
        AS $$
            WITH gone AS (
                DELETE FROM public.users u USING public.deleted_accounts d WHERE u.id = d.id
                RETURNING u.id
            )
            SELECT count(*) FROM gone
        $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION app.apply_tombstones() FROM PUBLIC")


def downgrade() -> None:
    op.execute("DROP FUNCTION app.apply_tombstones()")
    op.drop_table("deleted_accounts")
    op.drop_table("audit_events")
