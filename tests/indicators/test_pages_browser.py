"""The head's pages in a real browser: a target is edited in its cell, nothing serious for axe."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from kpis.indicators.models import Target
from staff.accounts.models import User
from tests.plugin_browser import LAPTOP, PHONE, OpenPage
from tests.shell.axe import violations

pytestmark = [
    pytest.mark.browser,
    pytest.mark.once,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("filled"),
]


def test_a_target_is_set_and_changed_in_its_cell(head: User, open_page: OpenPage) -> None:
    page = open_page(head)
    page.goto("/kpis/targets/?year=2026")
    cell = page.locator("td", has=page.get_by_label("Orders, November 2026"))
    cell.get_by_role("link").click()
    page.get_by_label("Target, pcs").fill("165")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Orders, November 2026: 165")).to_be_visible()

    page.get_by_label("Orders, November 2026: 165").click()
    page.get_by_label("Target, pcs").fill("170")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Say why the target changes")).to_be_visible()
    page.get_by_label("Why the target changes").fill("More stock")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Orders, November 2026: 170")).to_be_visible()
    assert Target.objects.count() == 2


def test_cancel_brings_the_cell_back(head: User, open_page: OpenPage) -> None:
    page = open_page(head)
    page.goto("/kpis/targets/?year=2026")
    page.get_by_label("Revenue, May 2026: no target").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_label("Revenue, May 2026: no target")).to_be_visible()
    assert not Target.objects.exists()


def test_axe_finds_nothing_serious(head: User, open_page: OpenPage) -> None:
    """With other figures than the demo company's (`tests/journeys/test_axe.py`)."""
    page = open_page(head)
    for url in (
        "/kpis/dashboard/",
        "/kpis/kpi/conversion/",
        "/kpis/targets/",
        "/kpis/targets/orders/2026-11/",
        "/kpis/rows/orders/",
        "/kpis/report/2026-11/",
        "/kpis/report/2026-11/verdict/",
    ):
        page.set_viewport_size({"width": LAPTOP[0], "height": LAPTOP[1]})
        page.goto(url)
        assert violations(page) == [], url
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0], url
