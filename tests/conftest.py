"""What every test stands on: services, one small company, people by role, a browser.

No test reaches the network: only this machine's own addresses can be connected to.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from celery import current_app
from celery.signals import before_task_publish
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_socket import socket_allow_hosts

from staff.accounts.models import User
from tests import factories
from tests.factories import Tree

pytest_plugins = [
    "tests.plugin_browser",
    "tests.plugin_groups",
    "tests.plugin_once",
    "tests.plugin_worker",
]
LOOPBACK = ["127.0.0.1", "::1", "localhost"]

# A slow machine is no failure.
hypothesis_settings.register_profile(
    "modus", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("modus")


def pytest_configure(config: pytest.Config) -> None:
    """Settings that only tests have: a quick password hasher and nothing shared with others."""
    # Celery would prefer this variable to any setting.
    os.environ.pop("CELERY_BROKER_URL", None)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    # A test that changes the calendar says so itself: queries are counted, pure rules have none.
    settings.CALENDAR_SECONDS = 0
    # Static files are looked up when asked for: every test client would list all of them first.
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Starts the embedded PostgreSQL when no server is given, once a test needs a database."""
    if not os.environ.get("DATABASE_URL") and not os.environ.get("DATABASE_URL_FILE"):
        from config.launch.postgres import ensure_running

        ensure_running()


@pytest.fixture(autouse=True)
def _loopback_only() -> None:
    socket_allow_hosts(LOOPBACK, allow_unix_socket=True)


@pytest.fixture(autouse=True)
def _clean_slate(request: pytest.FixtureRequest) -> Iterator[None]:
    """Rate limits forgotten, English messages, messages to workers kept in memory."""
    cache.clear()
    if "worker" not in request.keywords:
        current_app.conf.update(broker_url="memory://")
    with translation.override("en"):
        yield


@pytest.fixture
def sent_tasks() -> Iterator[list[tuple[str, tuple[Any, ...]]]]:
    """(name, arguments) of every message sent to workers while the test runs."""
    sent: list[tuple[str, tuple[Any, ...]]] = []

    def remember(sender: str, body: tuple[Any, ...], **kwargs: Any) -> None:
        sent.append((sender, tuple(body[0])))

    before_task_publish.connect(remember, weak=False)
    try:
        yield sent
    finally:
        before_task_publish.disconnect(remember)


@pytest.fixture
def tree(db: None) -> Tree:
    """Company «Alpha» with a department and directions A, B, C."""
    return factories.make_tree()


@pytest.fixture
def other_tree(tree: Tree) -> Tree:
    """Company «Beta» of the same group; nobody of `tree` below the group sees it."""
    return factories.make_tree("Beta")


@pytest.fixture
def director(tree: Tree) -> User:
    return factories.make_user("director", tree.company.scope)


@pytest.fixture
def head(tree: Tree) -> User:
    return factories.make_user("head", tree.department.scope)


@pytest.fixture
def direction_head(tree: Tree) -> User:
    """Head of direction A."""
    return factories.make_user("direction_head", tree.a.scope)


@pytest.fixture
def specialist(tree: Tree) -> User:
    """Specialist of direction A."""
    return factories.make_user("specialist", tree.a.scope)


@pytest.fixture
def trainee(tree: Tree) -> User:
    """Trainee of direction A."""
    return factories.make_user("trainee", tree.a.scope)


@pytest.fixture
def auditor(tree: Tree) -> User:
    """Auditor of the whole group."""
    return factories.make_user("auditor", tree.group)


@pytest.fixture
def outsider(other_tree: Tree) -> User:
    """Head of the other company's department."""
    return factories.make_user("head", other_tree.department.scope)


@pytest.fixture
def nobody(db: None) -> User:
    """Logs in and holds no role."""
    return factories.make_user()


@pytest.fixture
def superuser(db: None) -> User:
    return factories.make_superuser()


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """A test client in which the user has logged in."""

    def open_client(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return open_client
