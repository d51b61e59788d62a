"""Everything main works without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from config.lib.dates import today
from departments.work.models import Occurrence
from tests.journeys.company import PLAIN_TASK, PROOF_TASK, Demo
from tests.journeys.pages import LAPTOP, PHONE, Walk, amount, enter, log_in
from tests.journeys.test_head_plans import FILE, FILE_TOTALS
from tests.plugin_browser import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.once]

LANGUAGES = pytest.mark.parametrize("language", ["ru", "en"])


@LANGUAGES
def test_my_day_without_scripts(visit: OpenPage, demo: Demo, language: str) -> None:
    page = log_in(visit, demo, "specialist", Walk(language, PHONE), scripts=False)
    mine = page.locator("section[aria-labelledby=day-mine] li.day-row")
    plain, proof = mine.filter(has_text=PLAIN_TASK), mine.filter(has_text=PROOF_TASK)
    plain.locator("button[data-key=s]").click()
    expect(plain).to_have_class(re.compile("day-now"))
    page.fill("#log-text", "Ответил на отзывы")
    page.fill("#log-minutes", "0:25")
    page.click("#log-form [type=submit]")
    expect(page.locator("#log li")).to_contain_text("25")
    plain.locator("button[data-key=f]").click()
    done = page.locator("section[aria-labelledby=day-done] li")
    expect(done).to_contain_text([PLAIN_TASK])

    proof.locator("button[data-key=s]").click()
    proof.locator("summary").click()
    proof.locator("details [type=submit]").click()
    expect(page).to_have_url(re.compile("/finish/$"))  # the card of the task with the form again
    expect(page.locator("#finish .invalid-feedback").first).to_be_visible()
    page.fill("#finish [name=proof_url]", "https://example.com/afisha")
    page.click("#finish [type=submit]")
    expect(page.locator("main")).to_contain_text(PROOF_TASK)
    assert set(Occurrence.objects.filter(task__model_code="").values_list("status", flat=True)) == {
        "done"
    }


@LANGUAGES
def test_a_target_without_scripts(visit: OpenPage, demo: Demo, language: str) -> None:
    walk = Walk(language, LAPTOP)
    month = today("Europe/Moscow").replace(day=1)
    own = f"/kpis/targets/sessions/{month.year}-{month.month}/"
    page = enter(visit, demo, "head", walk, "/kpis/targets/", scripts=False)
    page.click(f".target-grid a[href='{own}']")
    page.fill("[name=value]", "132000")
    page.fill("[name=reason]", "Новая точка")
    page.click("main form [type=submit]")
    assert amount(page.inner_text(f".target-grid a[href='{own}']"), walk) == 132_000


@LANGUAGES
def test_a_file_without_scripts(visit: OpenPage, demo: Demo, language: str) -> None:
    walk = Walk(language, LAPTOP)
    page = enter(visit, demo, "head", walk, "/register/imports/new/", scripts=False)
    page.set_input_files(
        "[name=file]", {"name": "a.csv", "mimeType": "text/csv", "buffer": FILE.encode("cp1251")}
    )
    page.select_option("[name=source]", "")
    page.fill("[name=new_name]", "Касса")
    page.click("main form [type=submit]")
    page.click("button[name=preview]")
    expect(page.locator(".preview tbody tr")).to_have_count(3)
    page.click("button[name=start]")
    demo.work_off()
    page.reload()
    totals = page.locator("section[aria-labelledby=totals-title] dd")
    assert [amount(text, walk) for text in totals.all_inner_texts()] == FILE_TOTALS
