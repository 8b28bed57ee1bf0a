"""Who stands in for whom, who is suspended apart from the people file, and confirmed chat accounts"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _approvals()
    _suspensions()
    _delegations()
    _links()


def downgrade() -> None:
    for table in ("chat_links", "delegations", "people_suspensions"):
        op.drop_table(table)
    op.drop_index("approvals_once_represented", "approvals")
    for column in ("for_name", "for_id"):
        op.drop_column("approvals", column)


def _approvals() -> None:
    op.add_column("approvals", sa.Column("for_id", sa.String(64), nullable=True))
    op.add_column("approvals", sa.Column("for_name", sa.Text(), nullable=False, server_default=""))
    op.create_index(
        "approvals_once_represented", "approvals", ["request_id", "version", "for_id"], unique=True
    )


def _suspensions() -> None:
    op.create_table(
        "people_suspensions",
        sa.Column("person_id", sa.String(64), primary_key=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
    )


def _delegations() -> None:
    op.create_table(
        "delegations",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("delegator_id", sa.String(64), nullable=False),
        sa.Column("delegate_id", sa.String(64), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
    )
    op.create_index("delegations_by_end", "delegations", ["ends_at"])


def _links() -> None:
    op.create_table(
        "chat_links",
        sa.Column("person_id", sa.String(64), primary_key=True),
        sa.Column("slack_team", sa.String(32), nullable=False),
        sa.Column("slack_user", sa.String(32), nullable=False),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_by", sa.Text(), nullable=False),
        sa.UniqueConstraint("slack_team", "slack_user"),
    )
