"""The shell in a real browser: accessibility, phone width, keyboard, theme, search."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from staff.accounts.models import Notification, User
from staff.accounts.services.notifications import notify
from tests import factories
from tests.plugin_browser import LAPTOP, PHONE
from tests.shell.axe import violations

OpenPage = Callable[..., Page]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.once,
    pytest.mark.django_db(transaction=True),
]

# What the demo company does not show; every page as it is there goes through
# `tests/journeys/test_axe.py`.
ADDRESSES = ("/_components/", "/search/?q=nobody", "/notifications/", "/nowhere/")


def width_of(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


@pytest.mark.parametrize(
    ("size", "dark", "language"),
    [(LAPTOP, False, "en"), (PHONE, True, "ru")],
    ids=["laptop", "phone"],
)
def test_axe_finds_nothing_serious_and_nothing_is_cut(
    open_page: OpenPage, size: tuple[int, int], dark: bool, language: str
) -> None:
    person = factories.make_user(full_name="Константин Константинопольский")
    notify(users=[person], title="One", level=Notification.Level.DANGER, url="/help/")
    page = open_page(person, size=size, dark=dark, language=language)
    for address in ADDRESSES:
        page.goto(address)
        assert violations(page) == [], address
        assert width_of(page) <= size[0], address


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_log_in_page_has_no_violations(open_page: OpenPage, dark: bool) -> None:
    page = open_page(dark=dark, size=PHONE)
    for address in ("/account/login/", "/account/password/reset/"):
        page.goto(address)
        assert violations(page) == [], address
        assert width_of(page) <= PHONE[0]


def test_keyboard_reaches_search_content_and_help(open_page: OpenPage) -> None:
    page = open_page(factories.make_user())
    page.goto("/help/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#search-box")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Slash")
    page.wait_for_url("**/help/keyboard/")


def test_j_and_k_walk_the_rows(open_page: OpenPage) -> None:
    root = factories.make_superuser()
    page = open_page(root)
    page.goto("/search/?q=root")
    rows = page.locator(".row-link")
    assert rows.count() >= 1
    page.keyboard.press("j")
    expect(rows.first).to_be_focused()
    page.keyboard.press("k")
    expect(rows.first).to_be_focused()


def test_suggestions_come_while_typing_and_escape_closes(open_page: OpenPage) -> None:
    page = open_page(factories.make_superuser())
    page.goto("/help/")
    page.fill("#search-box", "root")
    hit = page.locator("#search-suggest .search-hit").first
    expect(hit).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(hit).to_be_focused()
    page.keyboard.press("Escape")
    expect(hit).to_have_count(0)


def test_theme_and_language_change_in_place(open_page: OpenPage) -> None:
    person = factories.make_user()
    page = open_page(person)
    page.goto("/help/")
    page.click(".avatar-button")
    with page.expect_response("**/accounts/theme/"):
        page.click("[data-theme=dark]")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.click(".avatar-button")
    page.click("button[name=language][value=ru]")
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    assert User.objects.get(pk=person.pk).language == "ru"


def test_the_phone_menu_opens_and_closes(open_page: OpenPage) -> None:
    page = open_page(factories.make_superuser(), size=PHONE)
    page.goto("/help/")
    expect(page.locator(".bottombar")).to_be_visible()
    expect(page.locator(".sidebar")).to_be_hidden()
    page.locator(".bottombar button").click()
    # "showing" while it slides in, "show" when it has arrived.
    expect(page.locator("#menu")).to_have_class(re.compile(r"\bshow\b(?!ing)"))
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#menu")).to_be_hidden()


def test_a_list_is_searched_sorted_saved_and_left_without_a_reload(open_page: OpenPage) -> None:
    page = open_page(factories.make_superuser())
    for name in ("Anna Ivanova", "Boris Petrov", "Vera Ivanova"):
        factories.make_user(full_name=name)
    page.goto("/accounts/users/")
    page.evaluate("window.sameDocument = true")
    rows = page.locator("#list .row-link")
    page.fill("#list-q", "ivanova")
    expect(rows).to_have_count(2)
    expect(page).to_have_url(re.compile("q=ivanova"))
    page.locator("#list thead a").first.click()
    expect(rows.first).to_have_text("Vera Ivanova")
    expect(page).to_have_url(re.compile("q=ivanova.*sort="))
    assert page.evaluate("window.sameDocument") is True
    expect(page.locator("#list-q")).to_have_value("ivanova")
    page.click(".view-save summary")
    page.fill("#view-name", "The Ivanovas")
    page.click(".view-save button")
    expect(page.locator(".view-chip a")).to_have_text("The Ivanovas")
    page.goto("/accounts/users/")
    expect(rows).to_have_count(4)
    page.click(".view-chip a")
    expect(rows.first).to_have_text("Vera Ivanova")
    expect(rows).to_have_count(2)
    assert violations(page) == []


def test_going_back_shows_the_list_as_it_was(open_page: OpenPage) -> None:
    page = open_page(factories.make_superuser())
    factories.make_user(full_name="Anna Ivanova")
    page.goto("/accounts/users/")
    rows = page.locator("#list .row-link")
    page.fill("#list-q", "ivanova")
    expect(rows).to_have_count(1)
    page.go_back()
    expect(rows).to_have_count(2)
    expect(page.locator(".topbar")).to_be_visible()


def test_pages_read_without_scripts(browser: object, live_server: object) -> None:
    context = browser.new_context(java_script_enabled=False)  # type: ignore[attr-defined]  # fixture
    page = context.new_page()
    page.goto(f"{live_server.url}/account/login/")  # type: ignore[attr-defined]  # fixture
    person = factories.make_user()
    page.fill("[name=login]", person.email)
    page.fill("[name=password]", factories.PASSWORD)
    page.click("form [type=submit]")
    assert page.locator("h1").inner_text()
    context.close()
