"""The head and a source: check it, read it, see in words what is wrong with it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.company import Demo
from tests.journeys.pages import Walk, enter, reads_well, shoot
from tests.plugin_browser import OpenPage

pytestmark = pytest.mark.browser


def test_a_source_is_checked_read_and_explains_its_fault(
    visit: OpenPage, demo: Demo, walk: Walk, shots: Path | None
) -> None:
    page = enter(visit, demo, "head", walk, "/register/sources/")
    reads_well(page, walk)
    shoot(page, shots, f"sources-{walk.name}")
    page.locator("#list a.row-link", has_text=demo.source.name).click()
    expect(page.locator("main")).to_contain_text(walk.word("имитация", "simulated"))

    check, items = page.locator("#check button"), page.locator("#check-result .checks > li")
    check.click()
    expect(items.first).to_be_visible()
    expect(items.locator(".bad")).to_have_count(0)
    reads_well(page, walk)
    shoot(page, shots, f"source-{walk.name}")

    page.locator("form[action$='/read/'] button").click()
    expect(page).to_have_url(re.compile("/register/runs/"))
    expect(page.locator("#run[hx-trigger]")).to_be_visible()  # asks for itself while it is open
    shoot(page, shots, f"run-open-{walk.name}")
    demo.work_off()
    expect(page.locator("#run .result-facts")).to_be_visible()
    expect(page.locator("#run .note-danger")).to_have_count(0)
    reads_well(page, walk)
    shoot(page, shots, f"run-{walk.name}")

    demo.simulator.faults.turn_on("token_expired")
    page.goto(demo.source.get_absolute_url())
    check.click()
    expect(items.locator(".check-advice")).to_be_visible()
    page.locator("form[action$='/read/'] button").click()
    expect(page.locator("#run[hx-trigger]")).to_be_visible()
    demo.work_off()
    fault = page.locator("#run .note-danger strong")
    expect(fault).to_contain_text(walk.word("токен", "token"), ignore_case=True)
    said = fault.inner_text()
    reads_well(page, walk)
    shoot(page, shots, f"run-fault-{walk.name}")

    page.goto(demo.source.get_absolute_url())
    expect(page.locator("main [role=alert]")).to_contain_text(said)
    shoot(page, shots, f"source-fault-{walk.name}")
    page.goto("/kpis/dashboard/")
    expect(page.locator("section[aria-labelledby=needs-title]")).to_contain_text(said)
    # Yesterday's figures stay where they are.
    expect(page.locator("#live .kpi-tile .kpi-value .num")).not_to_have_count(0)
    reads_well(page, walk)
