"""Connections and transactions, the same promises on SQLite and PostgreSQL."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from sidebar_app.adapters.store.transaction import SqlTransaction
from sidebar_app.ports.store import StoreUnavailable, Transaction

_BUSY_SECONDS = 10
_POOL = {"pool_size": 24, "max_overflow": 16, "pool_timeout": _BUSY_SECONDS}


class SqlStore:
    """The store. `transaction()` serialises writers on SQLite (BEGIN IMMEDIATE); on PostgreSQL writers that
    lock the same name, or append to the audit log, wait for each other."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with self._connection() as connection, connection.begin():
            yield SqlTransaction(connection)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        with self._connection() as connection:
            reader = connection.execution_options(reading=True)
            with reader.begin() as deal:
                yield SqlTransaction(reader)
                deal.rollback()

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        try:
            with self.engine.connect() as connection:
                yield connection
        except (OperationalError, PoolTimeout) as error:
            raise StoreUnavailable(_without_values(error)) from None

    def ping(self) -> None:
        with self._connection() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        self.engine.dispose()


def _without_values(error: Exception) -> str:
    """The driver's words only: SQLAlchemy's own text would quote statement and parameters."""
    return str(error.orig) if isinstance(error, DBAPIError) else type(error).__name__


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    return create_engine(parsed, hide_parameters=True, pool_pre_ping=True, **_POOL)


def _sqlite(url: str) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
        **_POOL,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")  # NORMAL may lose the last commits when power fails
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
