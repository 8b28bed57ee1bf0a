"""The tables. Money is minor units plus currency, time is UTC microseconds, structures are JSON text."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """A moment as whole microseconds since 1970 UTC: compares alike on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else _EPOCH + timedelta(microseconds=value)


metadata = MetaData()

requests = Table(
    "requests",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("idempotency_key", String(255), nullable=False),
    Column("body_hash", String(64), nullable=False),
    Column("ticket_id", BigInteger, nullable=False),
    Column("customer_id", String(255), nullable=False),
    Column("customer_name", Text, nullable=False),
    Column("action", String(64), nullable=False),
    Column("params", Text, nullable=False),
    Column("payment_id", String(255), nullable=False),
    Column("amount_minor", BigInteger),
    Column("currency", String(3)),
    Column("summary", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("requester_id", String(64), nullable=False),
    Column("requester_name", Text, nullable=False),
    Column("requester_email", Text, nullable=False),
    Column("requester_role", String(32), nullable=False),
    Column("decision", Text, nullable=False),
    Column("policy_version", String(64), nullable=False),
    Column("question", Text),
    Column("state", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("approved_at", Instant),
    Column("first_sent_at", Instant),
    Column("attempts", Integer, nullable=False),
    Column("reference", String(255), nullable=False),
    Column("outcome", Text, nullable=False),
    Column("outcome_code", String(64), nullable=False),
    Column("needs_human", Boolean, nullable=False),
    UniqueConstraint("requester_id", "idempotency_key"),
    Index("requests_by_ticket", "ticket_id", "created_at"),
    Index("requests_by_customer", "customer_id", "action", "created_at"),
    Index("requests_by_requester", "requester_id", "created_at"),
    Index("requests_by_state", "state", "expires_at"),
)

approvals = Table(
    "approvals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("request_id", String(64), ForeignKey("requests.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("role", String(32), nullable=False),
    Column("person_id", String(64), nullable=False),
    Column("person_name", Text, nullable=False),
    Column("choice", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("for_id", String(64)),
    Column("for_name", Text, nullable=False),
    UniqueConstraint("request_id", "version", "person_id"),
    Index("approvals_once_represented", "request_id", "version", "for_id", unique=True),
)

tasks = Table(
    "tasks",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("topic", String(32), nullable=False),
    Column("subject", String(128), nullable=False),
    Column("detail", String(128), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("finished_at", Instant),
    Column("problem", Text, nullable=False),
    UniqueConstraint("topic", "subject", "detail"),
    Index("tasks_due", "finished_at", "due_at"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("source", String(32), primary_key=True),
    Column("delivery", String(255), primary_key=True),
    Column("at", Instant, nullable=False),
)

cards = Table(
    "chat_cards",
    metadata,
    Column("request_id", String(64), ForeignKey("requests.id"), primary_key=True),
    Column("channel", String(64), nullable=False),
    Column("ts", String(64), nullable=False),
)

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

policies = Table(
    "policies",
    metadata,
    Column("version", String(64), primary_key=True),
    Column("text", Text, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    Column("in_force_at", Instant, nullable=False),
    Column("turn", Integer, nullable=False),
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

redactions = Table(
    "redactions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("ticket_id", BigInteger, nullable=False),
    Column("comment_id", BigInteger, nullable=False),
    Column("brand", String(32), nullable=False),
    Column("last4", String(4), nullable=False),
    Column("detector_version", String(64), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    Column("place", String(16), nullable=False),
    Column("place_id", String(64), nullable=False),
    Column("place_name", Text, nullable=False),
    Column("channel", String(32), nullable=False),
    Column("written_at", Instant),
    Column("source", String(16), nullable=False),
    Column("rule", String(64), nullable=False),
    Column("remains", Text, nullable=False),
    Column("came_in", Instant, nullable=False),
    Column("told", Boolean, nullable=False),
    Index("redactions_by_ticket", "ticket_id", "at"),
    Index("redactions_by_time", "at"),
    Index("redactions_by_coming", "came_in", "id"),
)

sign_offs = Table(
    "redaction_sign_offs",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person_id", String(64), nullable=False),
    Column("person_name", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("comment", Text, nullable=False),
)

# Which entries a sign-off is about, and the outcome that was looked at: one that changed since is not signed off.
signed_entries = Table(
    "redactions_signed_off",
    metadata,
    Column("entry_id", String(64), ForeignKey("redactions.id"), primary_key=True),
    Column("sign_off_id", String(64), ForeignKey("redaction_sign_offs.id"), primary_key=True),
    Column("outcome", String(16), nullable=False),
)

allowances = Table(
    "card_allowances",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("value", String(128), nullable=False),
    Column("comment", Text, nullable=False),
    Column("added_by", String(64), nullable=False),
    Column("added_by_name", Text, nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("entry_id", String(64), nullable=False),
    Column("removed_by", String(64), nullable=False),
    Column("removed_by_name", Text, nullable=False),
    Column("removed_at", Instant),
    Index("card_allowances_by_entry", "entry_id"),
)

scanned_tickets = Table(
    "scanned_tickets",
    metadata,
    Column("ticket_id", BigInteger, primary_key=True, autoincrement=False),
    Column("changed_at", Instant, nullable=False),
    Column("read_at", Instant, nullable=False),
)

bookmarks = Table(
    "bookmarks",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

backscans = Table(
    "backscans",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("since", Instant, nullable=False),
    Column("until", Instant),
    Column("dry_run", Boolean, nullable=False),
    Column("state", String(16), nullable=False),
    Column("bookmark", Text, nullable=False),
    Column("listed_all", Boolean, nullable=False),
    Column("at_once", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("paused_until", Instant),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
)

backscan_tickets = Table(
    "backscan_tickets",
    metadata,
    Column("run_id", String(64), ForeignKey("backscans.id"), primary_key=True),
    Column("ticket_id", BigInteger, primary_key=True, autoincrement=False),
    Column("state", String(16), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("found", Integer, nullable=False),
    Column("redacted", Integer, nullable=False),
    Column("remaining", Integer, nullable=False),
    Column("review", Integer, nullable=False),
    Column("findings", Text, nullable=False),
    Index("backscan_tickets_by_state", "run_id", "state"),
)

audit = Table(
    "audit_log",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("prev_hash", String(64), nullable=False, unique=True),
    Column("hash", String(64), nullable=False, unique=True),
    Column("canonical", Text, nullable=False),
)
