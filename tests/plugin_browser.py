"""Chromium for the journeys: one browser per run, a fresh profile per page."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from config.launch import chromium
from staff.accounts.models import User

LAPTOP = (1440, 900)
PHONE = (390, 844)
OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium. None found: skipped, or failed where REQUIRE_BROWSER asks for it."""
    path = chromium.find()
    if path is None:
        if os.environ.get("REQUIRE_BROWSER", "") not in {"", "0"}:
            pytest.fail(chromium.SKIP_REASON)
        pytest.skip(chromium.SKIP_REASON)
    # Playwright keeps an event loop in this thread, and Django would refuse queries beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(browser: Browser, live_server: Any) -> Iterator[OpenPage]:
    """``open_page(user=None, size=LAPTOP, language="en", dark=False)``: a page at the live server;
    see `pages_at`.
    """
    with pages_at(browser, live_server.url) as open_one:
        yield open_one


@contextmanager
def pages_at(browser: Browser, url: str) -> Iterator[OpenPage]:
    """Opens pages at ``url``, each in a profile of its own, and closes them at the end.

    With a ``user`` the person is logged in already; ``scripts=False`` reads without JavaScript.
    Fails at the end when a page had an error in its scripts or console or broke the content
    security policy.
    """
    contexts = []
    faults: list[str] = []

    def open_one(
        user: User | None = None,
        size: tuple[int, int] = LAPTOP,
        language: str = "en",
        *,
        dark: bool = False,
        scripts: bool = True,
    ) -> Page:
        context = browser.new_context(
            base_url=url,
            viewport={"width": size[0], "height": size[1]},
            locale="ru-RU" if language == "ru" else "en-GB",
            color_scheme="dark" if dark else "light",
            has_touch=size[0] < 600,
            java_script_enabled=scripts,
        )
        contexts.append(context)
        if user is not None:
            User.objects.filter(pk=user.pk).update(language=language)
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": _session_of(user)}
            context.add_cookies([{**cookie, "url": url}])  # type: ignore[typeddict-item]  # name, value, url
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda line: faults.append(f"{page.url}: {line.text}") if _bad(line) else None,
        )
        return page

    try:
        yield open_one
    finally:
        for context in contexts:
            context.close()
    assert not faults, faults


def _bad(line: ConsoleMessage) -> bool:
    """Errors, except that the browser notes every answer of 400 and more: refusals are tested.

    htmx notes as errors the requests that a later one has replaced; a request that fails is noted
    in other words.
    """
    if "Content Security" in line.text:
        return True
    if line.text.startswith(("htmx:sendAbort", "htmx:afterRequest")):
        return False
    return line.type == "error" and "the server responded with a status of 4" not in line.text


def _session_of(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)
