"""Card numbers that were found, and the scanning of tickets."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from sidebar_app.adapters.store.tables.base import Instant, metadata

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
