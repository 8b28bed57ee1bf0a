"""People, who stands in for whom, and the policies that decided."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text, UniqueConstraint

from sidebar_app.adapters.store.tables.base import Instant, metadata

people = Table(
    "people",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", String(320), nullable=False),
    Column("roles", Text, nullable=False),
    Column("zendesk_id", BigInteger, unique=True),
    Column("slack_team", String(32)),
    Column("slack_user", String(32)),
    Column("active", Boolean, nullable=False),
    UniqueConstraint("slack_team", "slack_user"),
    Index("people_by_email", "email"),
)

suspensions = Table(
    "people_suspensions",
    metadata,
    Column("person_id", String(64), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False),
)

delegations = Table(
    "delegations",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("delegator_id", String(64), nullable=False),
    Column("delegate_id", String(64), nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Index("delegations_by_end", "ends_at"),
)

links = Table(
    "chat_links",
    metadata,
    Column("person_id", String(64), primary_key=True),
    Column("slack_team", String(32), nullable=False),
    Column("slack_user", String(32), nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("confirmed_at", Instant),
    Column("confirmed_by", Text, nullable=False),
    UniqueConstraint("slack_team", "slack_user"),
)

policies = Table(
    "policies",
    metadata,
    Column("version", String(64), primary_key=True),
    Column("text", Text, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    Column("in_force_at", Instant, nullable=False),
    Column("turn", Integer, nullable=False),
)
