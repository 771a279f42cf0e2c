"""Runs migrations on the connection that app.migrations hands over, or writes them as SQL."""

from alembic import context
from sqlalchemy import text

from app.migrations import LOCK_MILLISECONDS
from app.models import Base

# Who waits for a lock on a table makes everybody queue who comes after. So a migration waits
# briefly, gives up whole, and is tried again.
LOCK_TIMEOUT = f"SET LOCAL lock_timeout = {LOCK_MILLISECONDS}"

if context.is_offline_mode():
    context.configure(
        dialect_name="postgresql", target_metadata=Base.metadata, transaction_per_migration=False
    )
else:
    connection = context.config.attributes["connection"]
    if connection is None:
        raise SystemExit("Run migrations with `vitaliq migrate`, which knows the database.")
    connection.execute(text(LOCK_TIMEOUT))
    context.configure(
        connection=connection, target_metadata=Base.metadata, transaction_per_migration=False
    )

with context.begin_transaction():
    if context.is_offline_mode():
        context.execute(LOCK_TIMEOUT)
    context.run_migrations()
