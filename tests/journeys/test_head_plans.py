"""The head plans: a target with its reason, a file's columns; and makes the place their own."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import expect

from config.lib.dates import today
from staff.accounts.models import User
from tests.journeys.company import Demo
from tests.journeys.pages import Walk, amount, enter, reads_well, shoot
from tests.plugin_browser import OpenPage

pytestmark = pytest.mark.browser

FILE = (
    "Дата;Заказы;Выручка\r\n"
    "01.03.2024;12;18 400,50\r\n"
    "02.03.2024;9;13 950,00\r\n"
    "Итого;21;32 350,50\r\n"
)
FILE_TOTALS = [Decimal("21"), Decimal("32350.50")]


def test_a_target_changes_with_a_reason_only(
    visit: OpenPage, demo: Demo, walk: Walk, shots: Path | None
) -> None:
    month = today("Europe/Moscow").replace(day=1)
    own = f"/kpis/targets/sessions/{month.year}-{month.month}/"
    page = enter(visit, demo, "head", walk, "/kpis/targets/")
    reads_well(page, walk)
    shoot(page, shots, f"targets-{walk.name}")
    cell = page.locator(".target-grid td", has=page.locator(f"[href='{own}'], [action='{own}']"))
    cell.locator("a.cell-link").click()
    expect(cell.locator("[name=value]")).to_be_focused()
    cell.locator("[name=value]").fill("131 000")
    cell.locator("button[type=submit]").click()
    expect(cell.locator(".invalid-feedback")).to_be_visible()  # why does it change?
    expect(cell.locator("[name=reason]")).to_be_focused()
    cell.locator("[name=reason]").fill("Открылась новая точка")
    shoot(page, shots, f"target-reason-{walk.name}")
    cell.locator("button[type=submit]").click()
    expect(cell.locator("a.cell-link")).to_be_visible()
    assert amount(cell.inner_text(), walk) == 131_000
    page.goto(own)
    expect(page.locator("main .timeline li").first).to_contain_text("Открылась новая точка")
    reads_well(page, walk)


def test_a_file_goes_through_its_columns_into_the_register(
    visit: OpenPage, demo: Demo, walk: Walk, shots: Path | None
) -> None:
    page = enter(visit, demo, "head", walk, "/register/imports/new/")
    reads_well(page, walk)
    page.set_input_files(
        "[name=file]",
        {"name": "итоги.csv", "mimeType": "text/csv", "buffer": FILE.encode("cp1251")},
    )
    page.select_option("[name=source]", "")
    page.fill("[name=new_name]", "Касса")
    page.click("main form [type=submit]")
    expect(page).to_have_url(re.compile("/columns/$"))
    expect(page.locator(".preview tbody tr")).to_have_count(3)
    reads_well(page, walk)
    shoot(page, shots, f"columns-{walk.name}")
    page.click("button[name=start]")
    expect(page.locator("#import[hx-trigger]")).to_be_visible()
    demo.work_off()
    totals = page.locator("section[aria-labelledby=totals-title] dd")
    expect(totals.first).to_be_visible()
    assert [amount(text, walk) for text in totals.all_inner_texts()] == FILE_TOTALS
    reads_well(page, walk)
    shoot(page, shots, f"import-{walk.name}")


def test_theme_and_language_are_the_readers_own(visit: OpenPage, demo: Demo, walk: Walk) -> None:
    page = enter(visit, demo, "head", walk)
    html = page.locator("html")
    page.click(".avatar-button")
    with page.expect_response("**/accounts/theme/"):
        page.click("[data-theme=dark]")
    expect(html).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(html).to_have_attribute("data-bs-theme", "dark")
    other = walk.word("en", "ru")
    page.click(".avatar-button")
    page.click(f"button[name=language][value={other}]")
    expect(html).to_have_attribute("lang", other)
    reads_well(page, Walk(other, walk.size))
    assert User.objects.get(pk=demo.person("head").pk).language == other
