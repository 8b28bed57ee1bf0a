"""What was last read of billing and of the helpdesk."""

from sqlalchemy import BigInteger, Column, String, Table, Text

from sidebar_app.adapters.store.tables.base import Instant, metadata

mirror = Table(
    "billing_mirror",
    metadata,
    Column("customer_id", String(255), primary_key=True),
    Column("section", String(32), primary_key=True),
    Column("facts", Text, nullable=False),
    Column("read_at", Instant, nullable=False),
    Column("stale_at", Instant),
)

mirror_customers = Table(
    "billing_customers",
    metadata,
    Column("email", String(320), primary_key=True),
    Column("found", Text, nullable=False),
    Column("read_at", Instant, nullable=False),
)

helpdesk = Table(
    "helpdesk_mirror",
    metadata,
    Column("kind", String(32), primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("facts", Text, nullable=False),
    Column("read_at", Instant, nullable=False),
)
