from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from config.launch.errors import LaunchError
from config.launch.ports import free_port, is_free, parse_port, require_free


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_busy_port_is_refused_with_another_proposed(busy_port: int) -> None:
    with pytest.raises(LaunchError, match=f"Port {busy_port} is taken .*PORT={busy_port + 1}"):
        require_free("PORT", busy_port)


def test_free_port_avoids_a_busy_one(busy_port: int) -> None:
    found = free_port(busy_port)
    assert found != busy_port
    assert is_free(found)


@pytest.mark.parametrize("raw", ["0", "65536", "-1", "http", "80.5", "²"])
def test_port_that_is_no_port_is_refused(raw: str) -> None:
    with pytest.raises(LaunchError, match="PORT must be a port number"):
        parse_port("PORT", raw, 8000)


@pytest.mark.parametrize(("raw", "port"), [(None, 8000), ("", 8000), ("8080", 8080)])
def test_port_is_read(raw: str | None, port: int) -> None:
    assert parse_port("PORT", raw, 8000) == port
