"""What the demo says, in one line, when it cannot start; and `make reset`."""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.launch import cluster
from config.launch.pgplace import Place
from config.launch.postgres import ensure_running, release
from tests.launch.helpers import ROOT


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.fixture
def held_demo(tmp_path: Path) -> Iterator[Path]:
    """A data folder whose demo is running, as far as its lock says."""
    lock = tmp_path / "run" / "demo.lock"
    lock.parent.mkdir()
    with lock.open("w") as file:
        file.write("4711\n")
        file.flush()
        fcntl.flock(file, fcntl.LOCK_EX)
        yield tmp_path


def _launch(command: str, data: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name not in {"PORT", "BIND"}}
    env |= {"MODUS_DATA_DIR": str(data), **variables}
    return subprocess.run(
        [sys.executable, "config/launch", command],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
    )


def _refusal(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 1, result.stdout
    assert result.stderr.count("\n") == 1, result.stderr
    return result.stderr


def test_busy_port(tmp_path: Path, busy_port: int) -> None:
    line = _refusal(_launch("demo", tmp_path, PORT=str(busy_port)))
    assert f"Port {busy_port} is taken by another program" in line


def test_another_copy(held_demo: Path) -> None:
    line = _refusal(_launch("demo", held_demo))
    assert "The demo is already running here (process 4711)" in line


def test_database_that_does_not_answer(tmp_path: Path) -> None:
    url = "postgres://somebody:secret@127.0.0.1:9/modus"
    line = _refusal(_launch("demo", tmp_path, DATABASE_URL=url, REDIS_URL=""))
    assert "The PostgreSQL of DATABASE_URL (postgres://127.0.0.1:9/modus) cannot be used" in line
    assert "secret" not in line


def test_broker_that_does_not_answer(tmp_path: Path) -> None:
    line = _refusal(_launch("demo", tmp_path, REDIS_URL="redis://:secret@127.0.0.1:9/0"))
    assert "The Redis of REDIS_URL (redis://127.0.0.1:9/0) cannot be used" in line
    assert "secret" not in line


def test_port_that_is_no_port(tmp_path: Path) -> None:
    assert "PORT must be a port number" in _refusal(_launch("demo", tmp_path, PORT="eight"))


def test_reset_of_a_running_demo_is_refused(held_demo: Path) -> None:
    assert "already running" in _refusal(_launch("reset", held_demo))
    assert held_demo.exists()


def test_reset_stops_the_server_and_removes_the_data(tmp_path: Path) -> None:
    place = Place(tmp_path / "data")
    ensure_running(place)
    result = _launch("reset", place.data)
    assert result.returncode == 0, result.stderr
    assert not place.data.exists()
    assert not place.outside.exists()
    assert not cluster.answers(place)
    release(place)
    assert not place.outside.exists()


def test_reset_of_nothing_says_so(tmp_path: Path) -> None:
    result = _launch("reset", tmp_path / "nothing")
    assert result.returncode == 0
    assert "nothing to remove" in result.stdout
