"""A memory knows what has changed since, so that nights touch nothing that stands.

Whoever takes notes of changed days away says so to the memory, in the same transaction.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("detection_memories", sa.Column("changed_from", sa.Date(), nullable=True))
    op.add_column("detection_memories", sa.Column("settled_by", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("detection_memories", "settled_by")
    op.drop_column("detection_memories", "changed_from")
