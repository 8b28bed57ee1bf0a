"""The store port on SQLAlchemy Core: SQLite by default, PostgreSQL in production."""

from sidebar_app.adapters.store.engine import SqlStore

__all__ = ["SqlStore"]
