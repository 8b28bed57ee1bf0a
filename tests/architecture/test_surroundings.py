"""The servers and fences that other tests rely on."""

import socket

import pytest
from redis import Redis
from sqlalchemy import create_engine, text


def test_the_valkey_is_a_private_socket_with_an_append_only_file(valkey_url: str) -> None:
    with Redis.from_url(valkey_url) as client:
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("port") == {"port": "0"}


@pytest.mark.postgres
def test_the_postgresql_is_a_real_one(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version()")).scalar_one().startswith("PostgreSQL")
    engine.dispose()


def test_a_connection_that_would_leave_this_machine_is_refused(request: pytest.FixtureRequest) -> None:
    fence = request.getfixturevalue("_fence")
    with pytest.raises(OSError, match="stay on this machine"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(OSError, match="stay on this machine"):
        socket.getaddrinfo("service.invalid", 443)
    assert fence.tried == ["192.0.2.1", "service.invalid"]
    fence.tried.clear()
