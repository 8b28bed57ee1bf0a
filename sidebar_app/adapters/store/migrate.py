"""Bringing the database to the newest schema."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

_HERE = Path(__file__).parent / "migrations"


def upgrade(engine: Engine) -> None:
    """Applies every migration that is missing; safe to call at each start, also by several processes."""
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.attributes["engine"] = engine
    command.upgrade(config, "head")
