"""Real Celery worker processes for tests marked ``worker``."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from celery import current_app
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
StartWorker = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def worker_env(tmp_path: Path, transactional_db: None) -> Iterator[dict[str, str]]:
    """The environment of a worker that shares this test's database and a broker of its own.

    The broker is the REDIS_URL given to the run, else a folder. Messages sent by the test go there.
    """
    place = settings.DATABASES["default"]
    user = quote(place["USER"]) + (f":{quote(place['PASSWORD'])}" if place["PASSWORD"] else "")
    host, port = str(place["HOST"]), str(place["PORT"])
    name = connection.settings_dict["NAME"]
    tail = f"?host={quote(host)}&port={port}" if host.startswith("/") else ""
    server = "" if tail else f"{host}:{port or 5432}"
    env = {
        **os.environ,
        "DATABASE_URL": f"postgres://{user}@{server}/{name}{tail}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    conf = current_app.conf
    before = (conf.broker_url, conf.broker_transport_options, conf.task_default_queue)
    if settings.REDIS_URL:
        conf.broker_url = settings.REDIS_URL
    else:
        env["MODUS_BROKER_DIR"] = str(tmp_path)
        queue, control = tmp_path / "queue", tmp_path / "control"
        queue.mkdir()
        control.mkdir()
        conf.broker_url = "filesystem://"
        conf.broker_transport_options = {
            "data_folder_in": str(queue),
            "data_folder_out": str(queue),
            "control_folder": str(control),
        }
    _reconnect()
    yield env
    if settings.REDIS_URL:
        current_app.control.purge()
    conf.broker_url, conf.broker_transport_options, conf.task_default_queue = before
    _reconnect()


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


def _reconnect() -> None:
    """Forget connections to the broker before."""
    pool = current_app.pool
    pool.force_close_all()
    current_app._pool = None
    current_app.amqp._producer_pool = None
