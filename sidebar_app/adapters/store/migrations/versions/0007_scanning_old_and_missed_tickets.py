"""Which tickets were scanned and when, how far the sweep and each back-scan came, and which findings were told"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("redactions", sa.Column("told", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_table(
        "scanned_tickets",
        sa.Column("ticket_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "bookmarks",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    _create_backscans()


def _create_backscans() -> None:
    op.create_table(
        "backscans",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("bookmark", sa.Text(), nullable=False),
        sa.Column("listed_all", sa.Boolean(), nullable=False),
        sa.Column("at_once", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("paused_until", sa.BigInteger(), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
    )
    op.create_table(
        "backscan_tickets",
        sa.Column("run_id", sa.String(64), sa.ForeignKey("backscans.id"), primary_key=True),
        sa.Column("ticket_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("state", sa.String(16), nullable=False),
        *[
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("tries", "found", "redacted", "remaining", "review")
        ],
        sa.Column("findings", sa.Text(), nullable=False),
    )
    op.create_index("backscan_tickets_by_state", "backscan_tickets", ["run_id", "state"])


def downgrade() -> None:
    for name in ("backscan_tickets", "backscans", "bookmarks", "scanned_tickets"):
        op.drop_table(name)
    op.drop_column("redactions", "told")
