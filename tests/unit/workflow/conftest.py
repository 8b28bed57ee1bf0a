from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from sidebar_app.adapters.store import SqlStore
from tests.fakes.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(f"sqlite:///{tmp_path}/world.db")
    yield made
    made.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def any_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty one, for promises that a database has to keep when several processes write at once."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/world.db"
    url = str(request.getfixturevalue("postgres_url"))
    _empty(url)
    return url


@pytest.fixture
def any_world(any_database: str) -> Iterator[World]:
    made = World(any_database)
    yield made
    made.close()


def _empty(url: str) -> None:
    store = SqlStore(url)
    with store.engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    store.close()
