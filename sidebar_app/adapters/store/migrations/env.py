"""Run by Alembic with an engine handed in by `migrate.upgrade`."""

from alembic import context
from sqlalchemy import text

from sidebar_app.adapters.store.tables import metadata

_MIGRATION_LOCK = 0x5B1_0DB


def run() -> None:
    with context.config.attributes["engine"].connect() as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
        context.run_migrations()


run()
