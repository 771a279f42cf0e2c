"""What detection remembers of a person, so that a new day costs a day."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

APP_ROLE = "vitaliq_app"


def upgrade() -> None:
    op.create_table(
        "detection_memories",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_detection_memories_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_detection_memories")),
    )
    op.execute("ALTER TABLE detection_memories ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE detection_memories FORCE ROW LEVEL SECURITY")
    op.execute(
        """
        CREATE POLICY own ON detection_memories
        USING (user_id = (SELECT app.uid())) WITH CHECK (user_id = (SELECT app.uid()))
        """
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON detection_memories TO {APP_ROLE}")


def downgrade() -> None:
    op.drop_table("detection_memories")
