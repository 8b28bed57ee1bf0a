"""The audit chain."""

from sqlalchemy import BigInteger, Column, String, Table, Text

from sidebar_app.adapters.store.tables.base import metadata

audit = Table(
    "audit_log",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("prev_hash", String(64), nullable=False, unique=True),
    Column("hash", String(64), nullable=False, unique=True),
    Column("canonical", Text, nullable=False),
)
