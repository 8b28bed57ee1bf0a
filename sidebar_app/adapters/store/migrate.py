"""Bringing the database to the newest schema."""

from pathlib import Path

from sqlalchemy import Engine

_HERE = Path(__file__).parent / "migrations"


def upgrade(engine: Engine) -> None:
    """Applies every migration that is missing; safe to call at each start, also by several processes."""
    from alembic import command  # late: only this one call needs it, and it takes a while to load
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.attributes["engine"] = engine
    command.upgrade(config, "head")
