"""Runs migrations on the connection that app.migrations hands over."""

from alembic import context

from app.models import Base

connection = context.config.attributes["connection"]
if connection is None:
    raise SystemExit("Run migrations with `vitaliq migrate`, which knows the database.")

context.configure(
    connection=connection, target_metadata=Base.metadata, transaction_per_migration=False
)
with context.begin_transaction():
    context.run_migrations()
