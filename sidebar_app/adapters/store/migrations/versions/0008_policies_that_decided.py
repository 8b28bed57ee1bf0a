"""The policies that decided, and what one person asked for lately found quickly"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "policies",
        sa.Column("version", sa.String(64), primary_key=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("in_force_at", sa.BigInteger(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
    )
    op.create_index("requests_by_requester", "requests", ["requester_id", "created_at"])


def downgrade() -> None:
    op.drop_index("requests_by_requester", "requests")
    op.drop_table("policies")
