"""A store on real SQLite and on real PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from sidebar_app.adapters.store import SqlStore
from sidebar_app.adapters.store.migrate import upgrade

BACKENDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    on_postgres = request.param == "postgresql"
    made = SqlStore(
        request.getfixturevalue("postgres_url") if on_postgres else f"sqlite:///{tmp_path}/store.db"
    )
    if on_postgres:
        with made.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    upgrade(made.engine)
    yield made
    made.close()
