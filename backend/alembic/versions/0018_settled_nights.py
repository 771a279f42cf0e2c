"""A memory knows what has changed since, so that nights touch nothing that stands.

Whoever takes notes of changed days away says so to the memory, in the same transaction. What is
learned once a week lies apart from what every day adds.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("detection_memories", sa.Column("learned", sa.LargeBinary(), nullable=True))
    op.add_column("detection_memories", sa.Column("changed_from", sa.Date(), nullable=True))
    op.add_column("detection_memories", sa.Column("settled_by", sa.LargeBinary(), nullable=True))
    op.add_column("detection_memories", sa.Column("conditions", sa.JSON(), nullable=True))
    # Mostly numbers as they are, which compressing makes little smaller.
    for column in ("content", "learned"):
        op.execute(f"ALTER TABLE detection_memories ALTER COLUMN {column} SET STORAGE EXTERNAL")


def downgrade() -> None:
    op.execute("ALTER TABLE detection_memories ALTER COLUMN content SET STORAGE EXTENDED")
    for column in ("conditions", "settled_by", "changed_from", "learned"):
        op.drop_column("detection_memories", column)
