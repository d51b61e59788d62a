from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from config.launch.healthcheck import is_well
from tests.launch.helpers import ROOT

OK, LATE, DOWN = ({"state": state} for state in ("ok", "late", "down"))


class _Site(BaseHTTPRequestHandler):
    """Answers as the site does while its worker is stopped; knows one host name only."""

    def do_GET(self) -> None:
        known = self.headers["Host"] == "modus.example"
        body = json.dumps({"database": OK, "broker": OK, "worker": DOWN, "beat": OK}).encode()
        self.send_response(503 if known else 400)
        self.end_headers()
        self.wfile.write(body if known else b"Bad Request")

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _check(url: str, part: str) -> int:
    env = {"HEALTH_URL": url, "ALLOWED_HOSTS": "*.example, modus.example"}
    command = [sys.executable, "config/launch/healthcheck.py", part]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True).returncode


def test_each_part_is_asked_for_itself(site: str) -> None:
    assert [_check(site, part) for part in ("web", "worker", "beat")] == [0, 1, 0]


def test_site_that_cannot_be_reached_is_not_well() -> None:
    assert _check("http://127.0.0.1:9", "web") == 1


@pytest.mark.parametrize(
    ("part", "status", "state", "well"),
    [
        ("web", 200, {}, True),
        ("web", 500, {}, False),
        ("web", 503, {"database": DOWN}, False),
        ("worker", 200, {"worker": LATE}, True),
        ("beat", 200, {}, False),
        ("beat", 503, {"beat": OK}, True),
    ],
)
def test_what_is_well(part: str, status: int, state: dict[str, object], well: bool) -> None:
    assert is_well(part, status, state) is well
