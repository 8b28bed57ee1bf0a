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
def any_world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """For promises that a database has to keep when several processes write at once."""
    url = f"sqlite:///{tmp_path}/world.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
        _empty(url)
    made = World(url)
    yield made
    made.close()


def _empty(url: str) -> None:
    store = SqlStore(url)
    with store.engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    store.close()
