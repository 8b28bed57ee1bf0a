"""When a number came in, who signed entries off, and which numbers are allowed"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("redactions", sa.Column("came_in", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute("UPDATE redactions SET came_in = COALESCE(written_at, at)")
    op.create_index("redactions_by_coming", "redactions", ["came_in", "id"])
    op.create_table(
        "redaction_sign_offs",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("person_id", sa.String(64), nullable=False),
        sa.Column("person_name", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
    )
    op.create_table(
        "redactions_signed_off",
        sa.Column("entry_id", sa.String(64), sa.ForeignKey("redactions.id"), primary_key=True),
        sa.Column("sign_off_id", sa.String(64), sa.ForeignKey("redaction_sign_offs.id"), primary_key=True),
        sa.Column("outcome", sa.String(16), nullable=False),
    )
    _allowances()


def _allowances() -> None:
    op.create_table(
        "card_allowances",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("value", sa.String(128), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("added_by", sa.String(64), nullable=False),
        sa.Column("added_by_name", sa.Text(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.String(64), nullable=False),
        sa.Column("removed_by", sa.String(64), nullable=False),
        sa.Column("removed_by_name", sa.Text(), nullable=False),
        sa.Column("removed_at", sa.BigInteger()),
    )
    op.create_index("card_allowances_by_entry", "card_allowances", ["entry_id"])


def downgrade() -> None:
    for table in ("card_allowances", "redactions_signed_off", "redaction_sign_offs"):
        op.drop_table(table)
    op.drop_index("redactions_by_coming", "redactions")
    op.drop_column("redactions", "came_in")
