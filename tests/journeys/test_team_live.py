"""What one person does, another sees without asking again."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.company import PLAIN_TASK, Demo
from tests.journeys.pages import LAPTOP, PHONE, Walk, enter
from tests.plugin_browser import OpenPage

pytestmark = pytest.mark.browser

# The panel asks for itself every ten seconds.
PATIENCE_MS = 20_000


def test_the_head_sees_a_started_task_without_reloading(visit: OpenPage, demo: Demo) -> None:
    head = enter(visit, demo, "head", Walk("ru", LAPTOP))
    now = head.locator("#team .team-now")
    expect(now).to_have_count(0)
    head.evaluate("window.sameDocument = true")
    specialist = enter(visit, demo, "specialist", Walk("en", PHONE))
    row = specialist.locator("section[aria-labelledby=day-mine] li.day-row", has_text=PLAIN_TASK)
    row.locator("button[data-key=s]").click()
    expect(now).to_contain_text(PLAIN_TASK, timeout=PATIENCE_MS)
    assert head.evaluate("window.sameDocument")
