"""A server over the demo company, and people who walk through it."""

from __future__ import annotations

import itertools
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from kpis.simulator import Simulator
from tests.journeys import company
from tests.journeys.company import Demo
from tests.journeys.pages import EN_PHONE, RU_LAPTOP, Walk
from tests.plugin_browser import OpenPage, pages_at

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def simulator() -> Iterator[Simulator]:
    with Simulator(port=0, on_request=lambda line: None) as started:
        yield started


@pytest.fixture(scope="session")
def filled(
    browser: Browser,
    simulator: Simulator,
    django_db_setup: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The name of a database with the demo company in it."""
    before = settings.SIMULATOR_URL, settings.MEDIA_ROOT
    settings.SIMULATOR_URL, settings.MEDIA_ROOT = simulator.url, tmp_path_factory.mktemp("media")
    current_app.conf.update(broker_url="memory://")
    logging.getLogger("kpis").setLevel(logging.WARNING)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    name = f"{connection.settings_dict['NAME']}_demo_{worker}"
    with django_db_blocker.unblock(), company.filled_database(name):
        yield name
    settings.SIMULATOR_URL, settings.MEDIA_ROOT = before


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of the product, in threads of this process."""
    started = LiveServer("127.0.0.1")
    yield started.url
    started.stop()


@pytest.fixture
def demo(filled: str, server: str, simulator: Simulator, django_db_blocker: Any) -> Iterator[Demo]:
    """The demo company with its figures, a fresh copy for every journey."""
    with (
        django_db_blocker.unblock(),
        company.copied_database(filled, f"{filled}_{next(_numbers)}"),
    ):
        yield Demo(server, simulator)
    simulator.faults.clear()


@pytest.fixture
def visit(browser: Browser, demo: Demo) -> Iterator[OpenPage]:
    """``visit(user=None, size=LAPTOP, language="en", dark=False, scripts=True)``: a page there."""
    with pages_at(browser, demo.url) as open_one:
        yield open_one


@pytest.fixture
def shots() -> Path | None:
    """Where screenshots go: the folder MODUS_SHOTS, None when nobody asks for them."""
    folder = os.environ.get("MODUS_SHOTS")
    if not folder:
        return None
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder)


@pytest.fixture(
    params=[
        pytest.param(RU_LAPTOP, id=RU_LAPTOP.name),
        # What another language and another width show does not depend on the services given.
        pytest.param(EN_PHONE, id=EN_PHONE.name, marks=pytest.mark.once),
    ]
)
def walk(request: pytest.FixtureRequest) -> Walk:
    """Each language and each width once: the wide page has more to say, so it is the Russian one
    that is searched for English. `every_walk` is for journeys that need all four.
    """
    found: Walk = request.param
    return found
