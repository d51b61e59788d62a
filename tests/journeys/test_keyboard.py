"""Without a mouse: the way into the page, the focus one can see, the rows."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.company import Demo
from tests.journeys.pages import EN_LAPTOP, enter
from tests.plugin_browser import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.once]


def focus_is_seen(page: Page) -> bool:
    """Whether the element in focus is drawn differently: an outline or a shadow."""
    found: bool = page.evaluate(
        """() => {
            const style = getComputedStyle(document.activeElement);
            const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
            return outlined || style.boxShadow !== "none";
        }"""
    )
    return found


@pytest.mark.parametrize("person", ["head", "specialist", "director"])
def test_the_first_page_is_walked_by_tab_and_every_stop_is_seen(
    visit: OpenPage, demo: Demo, person: str
) -> None:
    page = enter(visit, demo, person, EN_LAPTOP)
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    for _ in range(12):
        page.keyboard.press("Tab")
        where = page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
        assert page.evaluate("document.activeElement.closest('main') !== null"), where
        assert focus_is_seen(page), where


@pytest.mark.parametrize(
    "address", ["/register/sources/", "/register/results/", "/people/", "/work/tasks/"]
)
def test_j_and_k_walk_a_list_and_enter_opens_the_row(
    visit: OpenPage, demo: Demo, address: str
) -> None:
    page = enter(visit, demo, "head", EN_LAPTOP, address)
    rows = page.locator("main .row-link")
    page.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()
    assert focus_is_seen(page)
    target = rows.nth(0).get_attribute("href")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{demo.url}{target}")
