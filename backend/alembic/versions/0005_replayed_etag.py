"""The ETag of an answer that is given again."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("idempotency_keys", sa.Column("etag", sa.String(length=40), nullable=True))


def downgrade() -> None:
    op.drop_column("idempotency_keys", "etag")
