"""A Matomo to talk to: the channel simulator on loopback, on a fixed day."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from kpis.register.connectors.base import Account, Connector
from kpis.register.connectors.matomo import MatomoConnector
from kpis.simulator import Play as VendorPlay
from kpis.simulator import Simulator
from tests.register.connectors.helpers import NOW, TODAY, TOKEN, Connect, Play, Serve
from tests.register.connectors.staged import Stage, Staged


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A connector read without a database does not depend on the services given."""
    here = Path(__file__).parent
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if here in item.path.parents and not {"db", "transactional_db"} & set(fixtures):
            item.add_marker("once")


@pytest.fixture(autouse=True)
def loopback_at_a_fixed_time(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HTTP_ALLOW_LOOPBACK = True
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def play() -> Iterator[Play]:
    """Starts simulators with faults; stops them after the test."""
    started: list[Simulator] = []

    def start(*faults: str, drip: float = 0.05) -> Simulator:
        simulator = Simulator(port=0, faults=faults, today=TODAY, drip=drip)
        simulator.start()
        started.append(simulator)
        return simulator

    yield start
    for simulator in started:
        simulator.stop()


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Makes connectors to an address; closes them after the test."""
    opened: list[MatomoConnector] = []

    def make(url: str, *, token: str = TOKEN, **settings: object) -> MatomoConnector:
        base = {"base_url": url, "site_id": 1, "ecommerce": True, "campaigns": True}
        connector = MatomoConnector(Account({**base, **settings}, {"token_auth": token}))
        opened.append(connector)
        return connector

    yield make
    for connector in opened:
        connector.close()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server that answers every POST with the same bytes, or with what was posted."""
    started: list[ThreadingHTTPServer] = []

    def start(status: int, body: bytes, *, echo: bool = False, **headers: str) -> str:
        class Fixed(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                posted = self.rfile.read(int(self.headers["content-length"]))
                answer = body.replace(b"POSTED", posted) if echo else body
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Fixed)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        started.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in started:
        server.shutdown()
        server.server_close()


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Starts the contract server of a connector; stops it after the test."""
    started: list[Simulator] = []

    def start(connector: type[Connector], play: type[VendorPlay]) -> Staged:
        simulator = Simulator(port=0, plays=[play], now=lambda: NOW, today=TODAY, drip=0.05)
        simulator.start()
        started.append(simulator)
        mounted = simulator.mounts[play.kind].play
        return Staged(
            simulator, mounted, connector, mounted.source_settings(), mounted.source_secrets()
        )

    yield start
    for simulator in started:
        simulator.stop()
