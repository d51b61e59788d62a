"""The specialist between two things: start, log, prove, finish, undo."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from departments.work.models import LogLine, Occurrence
from tests.journeys.company import PLAIN_TASK, PROOF_TASK, Demo
from tests.journeys.pages import Walk, enter, focus_by, log_in, reads_well, shoot
from tests.plugin_browser import OpenPage

pytestmark = pytest.mark.browser


def row_of(page: Page, task: str) -> Locator:
    """The task in the list of what is mine today."""
    return page.locator("section[aria-labelledby=day-mine] li.day-row", has_text=task)


def test_a_day_goes_by_the_keyboard(
    visit: OpenPage, demo: Demo, walk: Walk, shots: Path | None
) -> None:
    page = log_in(visit, demo, "specialist", walk)
    expect(page).to_have_url(re.compile("/work/my-day/$"))
    reads_well(page, walk)
    shoot(page, shots, f"my-day-{walk.name}")
    row = row_of(page, PLAIN_TASK)
    focus_by(page, "j", row.locator("a.row-link"))
    page.keyboard.press("s")
    expect(row).to_have_class(re.compile("day-now"))

    page.keyboard.press("l")
    expect(page.locator("#log-text")).to_be_focused()
    page.keyboard.type("Ответил на шесть отзывов")
    page.keyboard.press("Tab")
    page.keyboard.type("25")
    page.keyboard.press("Enter")
    log = page.locator("#log li")
    expect(log).to_have_count(1)
    expect(log).to_contain_text("25")
    expect(page.locator("#log-text")).to_have_value("")

    page.locator(".log-more summary").click()
    page.fill("#log-text", "Ссылка на ответы")
    page.fill("#log-proof-url", "https://example.com/otvety")
    page.locator("#log-form [type=submit]").click()
    expect(log).to_have_count(2)
    expect(page.locator("#log a[href='https://example.com/otvety']")).to_be_visible()
    reads_well(page, walk)
    shoot(page, shots, f"my-day-logged-{walk.name}")

    row.locator("a.row-link").focus()
    page.keyboard.press("f")
    done = page.locator("section[aria-labelledby=day-done] li", has_text=PLAIN_TASK)
    expect(done).to_be_visible()
    expect(row).to_have_count(0)
    told = LogLine.objects.kept().get(text="Ответил на шесть отзывов")
    # What is in progress is what the line is about, unless the person says otherwise.
    assert (told.minutes, told.occurrence.task.name_ru) == (25, PLAIN_TASK)

    page.locator("#toasts .toast-item form button").last.click()
    expect(row).to_have_class(re.compile("day-now"))
    expect(done).to_have_count(0)
    assert Occurrence.objects.get(task__name_ru=PLAIN_TASK).status == "in_progress"


def test_a_task_that_needs_a_proof_is_not_finished_without_one(
    visit: OpenPage, demo: Demo, walk: Walk, shots: Path | None
) -> None:
    page = enter(visit, demo, "specialist", walk)
    row = row_of(page, PROOF_TASK)
    row.locator("button[data-key=s]").click()
    row.locator("summary").click()
    row.locator("details [type=submit]").click()
    expect(page.locator(".toast-danger, .toast-warning")).to_contain_text(
        walk.word("ссылк", "a link")
    )
    assert Occurrence.objects.get(task__name_ru=PROOF_TASK).status == "in_progress"
    shoot(page, shots, f"proof-refused-{walk.name}")
    row.locator("[name=proof_url]").fill("https://example.com/afisha")
    row.locator("details [type=submit]").click()
    expect(
        page.locator("section[aria-labelledby=day-done] li", has_text=PROOF_TASK)
    ).to_be_visible()
    expect(page.locator("#log a[href='https://example.com/afisha']")).to_be_visible()


def test_targets_are_not_for_the_specialist_and_the_page_says_so(
    visit: OpenPage, demo: Demo, walk: Walk, shots: Path | None
) -> None:
    page = visit(demo.person("specialist"), size=walk.size, language=walk.language)
    answer = page.goto("/kpis/targets/")
    assert answer is not None
    assert answer.status == 403
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".request-id")).to_be_visible()
    reads_well(page, walk)
    shoot(page, shots, f"refused-{walk.name}")
    page.locator(".error-actions a").click()
    expect(page).to_have_url(re.compile("/work/my-day/$"))
