"""Real Celery worker processes for tests marked ``worker``."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

import pytest
from celery import current_app
from django.conf import settings
from django.db import connection
from kombu import pools

ROOT = Path(__file__).resolve().parent.parent
StartWorker = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def worker_env(tmp_path: Path, transactional_db: None) -> Iterator[dict[str, str]]:
    """The environment of a worker that shares this test's database and a broker of its own.

    The broker is the REDIS_URL given to the run, else a folder. Messages sent by the test go there.
    """
    env = {**os.environ, "DATABASE_URL": _test_database_url(), "MODUS_BROKER_DIR": str(tmp_path)}
    if settings.REDIS_URL:
        # Tests of other processes use the same Redis: each has its own queues.
        prefix = f"modus-test-{uuid4().hex}-"
        env["BROKER_KEY_PREFIX"] = prefix
        _use_broker(settings.REDIS_URL, {"global_keyprefix": prefix})
    else:
        queue, control = tmp_path / "queue", tmp_path / "control"
        queue.mkdir()
        control.mkdir()
        folders = {"data_folder_in": queue, "data_folder_out": queue, "control_folder": control}
        _use_broker("filesystem://", {name: str(path) for name, path in folders.items()})
    yield env
    if settings.REDIS_URL:
        current_app.control.purge()
    _use_broker("memory://", {})


@pytest.fixture
def start_worker(worker_env: dict[str, str], tmp_path: Path) -> Iterator[StartWorker]:
    """``start_worker(**more_env)`` starts a worker process; all are killed when the test ends.

    Its output is in ``worker-1.log``, ``worker-2.log`` … of the test's ``tmp_path``.
    """
    started: list[subprocess.Popen[bytes]] = []

    def start(**more_env: str) -> subprocess.Popen[bytes]:
        log = tmp_path / f"worker-{len(started) + 1}.log"
        command = [sys.executable, "-m", "celery", "-A", "config", "worker"]
        command += ["-Q", "default,sync", "--pool", "solo", "--loglevel", "INFO"]
        command += ["-n", f"test{len(started)}@{tmp_path.name}"]
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, cwd=ROOT, env={**worker_env, **more_env}, stdout=output, stderr=output
            )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait(timeout=30)


def wait_until(condition: Callable[[], bool], seconds: int = 60) -> None:
    """Poll until ``condition`` holds; the limit only keeps a broken run from hanging."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "what the test waits for did not happen"
        time.sleep(0.1)


def _test_database_url() -> str:
    place = connection.settings_dict
    user, password = quote(str(place["USER"])), quote(str(place["PASSWORD"]))
    host, port = str(place["HOST"]), str(place["PORT"])
    login = f"{user}:{password}" if password else user
    query = urlencode({"host": host, **({"port": port} if port else {})})
    return f"postgres://{login}@/{place['NAME']}?{query}"


def _use_broker(url: str, options: dict[str, str]) -> None:
    """Send to another broker from now on."""
    app: Any = current_app  # pools have no public reset
    app.conf.update(broker_url=url, broker_transport_options=options)
    pools.reset()
    app._pool = None
    app.amqp._producer_pool = None
