"""Runs migrations on the connection that `storage.schema` hands over."""

from __future__ import annotations

from alembic import context

from campaignbot.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite cannot alter most of a table in place: batch mode copies it.
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
