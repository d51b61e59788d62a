"""A day in a real browser: keyboard, one tap, undo, no reload, phone width, accessibility."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from departments.work.models import LogLine, Occurrence
from departments.work.services.decisions import decision_raise
from departments.work.services.doing import occurrence_start
from staff.accounts.models import User
from tests import factories
from tests.factories import Tree
from tests.plugin_browser import LAPTOP, PHONE
from tests.shell.axe import violations
from tests.work.factories import PNG, employ, make_occurrence, make_task, started

OpenPage = Callable[..., Page]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.once,
    pytest.mark.django_db(transaction=True),
]
# What sticks out to the right of the page.
CUT = """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
  [...document.body.querySelectorAll("*")]
    .filter((part) => part.getBoundingClientRect().right > window.innerWidth + 1)
    .map((part) => part.outerHTML.slice(0, 120))"""


@pytest.fixture
def small() -> Tree:
    return factories.make_tree()


@pytest.fixture
def anna(small: Tree) -> User:
    """A specialist with two tasks today, the second needs a proof."""
    user = factories.make_user("specialist", small.a.scope, full_name="Anna Smirnova")
    position = employ(user, small.a)
    make_occurrence(make_task(small.a, name_en="Write posts", position=position))
    make_occurrence(
        make_task(small.a, name_en="Check shelves", position=position, evidence_required=True)
    )
    return user


def status(name: str) -> str:
    return Occurrence.objects.get(task__name_en=name).status


def test_day_by_keyboard_without_a_reload(open_page: OpenPage, anna: User) -> None:
    page = open_page(anna)
    page.goto("/work/my-day/")
    page.evaluate("window.kept = true")
    page.keyboard.press("j")
    page.keyboard.press("s")
    expect(page.get_by_text("in progress since")).to_be_visible()
    assert status("Write posts") == "in_progress"
    page.keyboard.press("f")
    expect(page.get_by_text("1 task left")).to_be_visible()
    assert status("Write posts") == "done"
    page.keyboard.press("l")
    page.keyboard.type("Called a client")
    page.keyboard.press("Tab")
    page.keyboard.type("1:20")
    page.keyboard.press("Enter")
    expect(page.locator("#log")).to_contain_text("Called a client")
    expect(page.locator("#log-text")).to_have_value("")
    assert LogLine.objects.get(text="Called a client").minutes == 80
    assert page.evaluate("window.kept") is True


def test_undo_from_the_toast(open_page: OpenPage, anna: User) -> None:
    page = open_page(anna)
    page.goto("/work/my-day/")
    page.get_by_role("button", name="Start: Write posts").click()
    toast = page.locator("#toasts .toast-item", has_text="Started: Write posts")
    toast.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Start: Write posts")).to_be_visible()
    assert status("Write posts") == "new"


def test_finish_with_a_photo_on_a_phone(open_page: OpenPage, anna: User, tmp_path: Path) -> None:
    shelf = tmp_path / "shelf.png"
    shelf.write_bytes(PNG)
    page = open_page(anna, size=PHONE)
    page.goto("/work/my-day/")
    page.get_by_role("button", name="Start: Check shelves").click()
    page.locator("summary", has_text="Finish").click()
    page.get_by_role("button", name="Finish with the proof").click()
    expect(page.locator("#toasts")).to_contain_text("finished with a proof")
    page.locator("input[type=file]:visible").set_input_files(shelf)
    page.get_by_role("button", name="Finish with the proof").click()
    expect(page.locator("#log")).to_contain_text("shelf.png")
    assert status("Check shelves") == "done"


def test_refused_start_says_who_was_first_and_shows_it(
    open_page: OpenPage, small: Tree, anna: User
) -> None:
    boris = factories.make_user("specialist", small.a.scope, full_name="Boris Ivanov")
    page = open_page(anna)
    page.goto("/work/my-day/")
    page.evaluate("console.error = () => undefined")  # htmx writes a line about every refusal
    row = Occurrence.objects.get(task__name_en="Write posts")
    occurrence_start(actor=boris, occurrence=row)
    page.get_by_role("button", name="Start: Write posts").click()
    expect(page.locator("#toasts")).to_contain_text("Boris Ivanov is already working on it")
    expect(page.locator("#day")).to_contain_text("Boris Ivanov, in progress")


def test_refused_line_keeps_what_was_typed(open_page: OpenPage, anna: User) -> None:
    page = open_page(anna)
    page.goto("/work/my-day/")
    page.locator("#log-text").fill("Called a client")
    page.locator("#log-minutes").fill("many")
    page.get_by_role("button", name="Log", exact=True).click()
    expect(page.locator("#log-minutes-error")).to_contain_text("1h20m")
    expect(page.locator("#log-text")).to_have_value("Called a client")


def test_head_answers_in_place(open_page: OpenPage, small: Tree) -> None:
    head = factories.make_user("head", small.department.scope)
    title = {"ru": "Одобрить?", "en": "Approve the shoot?"}
    decision_raise(actor=None, scope=small.a.scope, kind="test.x.y", title=title)
    page = open_page(head)
    page.goto("/work/decisions/")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#toasts")).to_contain_text("Approved: Approve the shoot?")
    expect(page.locator("[data-row]")).to_have_count(0)


@pytest.mark.parametrize(
    ("size", "language"), [(LAPTOP, "en"), (PHONE, "ru")], ids=["laptop", "phone"]
)
def test_axe_finds_nothing_serious_and_nothing_is_cut(
    open_page: OpenPage, small: Tree, anna: User, size: tuple[int, int], language: str
) -> None:
    head = factories.make_user("head", small.department.scope)
    row = started(make_task(small.a, name_en="Answer reactions", evidence_required=True), anna)
    decision_raise(actor=anna, scope=small.a.scope, kind="test.x.y", title={"en": "?", "ru": "?"})
    # A task in progress; the pages as nobody works yet go through `tests/journeys/test_axe.py`.
    pages = {
        anna: ("/work/my-day/", row.get_absolute_url()),
        head: ("/work/team/", "/work/decisions/", row.get_absolute_url()),
    }
    for user, addresses in pages.items():
        page = open_page(user, size=size, language=language)
        for address in addresses:
            page.goto(address)
            assert violations(page) == [], address
            assert page.evaluate(CUT) == [], address
