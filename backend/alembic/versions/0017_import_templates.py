"""How a person's tables are to be read, as they answered once about a header."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

APP_ROLE = "vitaliq_app"
_NOW = sa.text("now()")


def upgrade() -> None:
    op.create_table(
        "import_templates",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("signature", sa.String(64), nullable=False),
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_import_templates_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_import_templates")),
        sa.UniqueConstraint("user_id", "signature", name="uq_import_templates_signature"),
    )
    op.execute("ALTER TABLE import_templates ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE import_templates FORCE ROW LEVEL SECURITY")
    op.execute(
        """
        CREATE POLICY own ON import_templates
        USING (user_id = (SELECT app.uid())) WITH CHECK (user_id = (SELECT app.uid()))
        """
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON import_templates TO {APP_ROLE}")


def downgrade() -> None:
    op.drop_table("import_templates")
