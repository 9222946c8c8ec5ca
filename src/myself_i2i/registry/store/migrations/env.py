"""How Alembic runs here: on the connection that `open_database` gives it, inside its transaction."""

from alembic import context

from myself_i2i.registry.store.schema import METADATA

connection = context.config.attributes["connection"]
if connection.dialect.name == "postgresql":
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7244120623)")  # two servers may start at once
context.configure(connection=connection, target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
