"""The demo for real: on an empty data folder, from the first line to the last process gone."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from config.launch import cluster
from config.launch.pgplace import Place
from config.launch.ports import free_port
from tests.launch.helpers import ROOT, wait_until

# Given services would be shared with other tests; the demo here has its own.
LEFT_OUT = {"DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "MODUS_BROKER_DIR", "BIND", "PORT"}


class Demo:
    """A running `make demo`, its lines, and every process below it."""

    def __init__(self, data: Path) -> None:
        self.port, self.lines = free_port(0), list[str]()
        env = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
        env |= {"MODUS_DATA_DIR": str(data), "PORT": str(self.port)}
        self.popen = subprocess.Popen(
            [sys.executable, "config/launch", "demo"],
            cwd=ROOT,
            env=env | {"SIMULATOR_PORT": str(free_port(0))},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        assert self.popen.stdout is not None
        self.lines.extend(self.popen.stdout)

    @property
    def text(self) -> str:
        return "".join(self.lines)

    def wait_for(self, words: str) -> None:
        wait_until(
            lambda: words in self.text or self.popen.poll() is not None, f"{words}\n{self.text}"
        )
        assert words in self.text, self.text

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.popen.pid).children(recursive=True)

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}") as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def end(self, number: int = signal.SIGINT) -> int:
        self.popen.send_signal(number)
        self.reader.join(timeout=60)
        with self.popen:
            return self.popen.wait(timeout=60)


@pytest.fixture
def data() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="modus-demo-"))
    folder.chmod(0o755)
    yield folder / "data"
    cluster.stop(Place(folder / "data"))
    shutil.rmtree(folder)


@pytest.mark.once
def test_demo_starts_answers_stops_and_starts_again(data: Path) -> None:
    demo = Demo(data)
    try:
        demo.wait_for("database, broker, worker and beat are well")
        assert f"Modus is at http://127.0.0.1:{demo.port}/" in demo.text
        assert re.search(r"modus +\| .*@.*", demo.text), "no login was printed"
        status, body = demo.get("/healthz")
        state = json.loads(body)
        assert status == 200, state
        parts = ("database", "broker", "worker", "beat")
        assert [state[name]["state"] for name in parts] == ["ok"] * 4, state
        assert demo.get("/account/login/")[0] == 200
        family = demo.family()
        assert len(family) > 4  # the workers' own children are among them
        assert cluster.answers(Place(data))
    finally:
        code = demo.end()
    assert code == 0, demo.text
    _, alive = psutil.wait_procs(family, timeout=30)
    assert alive == []
    assert not cluster.answers(Place(data))

    again = Demo(data)
    try:
        again.wait_for("Ctrl-C stops everything.")
    finally:
        code = again.end(signal.SIGTERM)
    assert code == 0, again.text
