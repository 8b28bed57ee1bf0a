"""Where a card number was found, how it came in, and what remains of it"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TEXTS = {
    "place_id": sa.String(64),
    "place_name": sa.Text(),
    "channel": sa.String(32),
    "rule": sa.String(64),
    "remains": sa.Text(),
}


def upgrade() -> None:
    _add("place", sa.String(16), "comment")
    _add("source", sa.String(16), "webhook")
    for name, kind in _TEXTS.items():
        _add(name, kind, "")
    op.add_column("redactions", sa.Column("written_at", sa.BigInteger(), nullable=True))
    op.create_index("redactions_by_time", "redactions", ["at"])


def downgrade() -> None:
    op.drop_index("redactions_by_time", "redactions")
    for name in ("written_at", *reversed(_TEXTS), "source", "place"):
        op.drop_column("redactions", name)


def _add(name: str, kind: sa.types.TypeEngine[str], default: str) -> None:
    op.add_column("redactions", sa.Column(name, kind, nullable=False, server_default=default))
