"""The director ten minutes before a meeting: one page, its figures, paper and file."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from config.lib.dates import add_months, today
from kpis.indicators.selectors.report import latest_month
from kpis.indicators.services.reports import report_write
from tests.journeys.company import MAIN_KPIS, Demo
from tests.journeys.pages import Walk, enter, reads_well, shoot
from tests.plugin_browser import OpenPage

pytestmark = pytest.mark.browser

VERDICT = "Визиты выросли, выручка отстаёт от плана."


def test_the_director_reads_prints_and_exports_a_month(
    visit: OpenPage, demo: Demo, walk: Walk, shots: Path | None, tmp_path: Path
) -> None:
    department = demo.department
    newest = latest_month(department, today(department.company.time_zone))
    month = add_months(newest, -1)
    report_write(
        actor=demo.person("head"),
        scope=department.scope,
        month=month,
        achieved=VERDICT,
        cause="",
        request="Утвердить бюджет декабря.",
    )
    page = enter(visit, demo, "director", walk)
    expect(page).to_have_url(re.compile(rf"/kpis/report/{newest.year}-{newest.month}/$"))
    rows = page.locator(".report-kpis tr[data-row]")
    expect(rows).to_have_count(MAIN_KPIS)
    page.locator(".month-switch a[rel=prev]").click()
    expect(page).to_have_url(re.compile(rf"/kpis/report/{month.year}-{month.month}/$"))
    expect(page.locator(".verdict")).to_contain_text(VERDICT)
    expect(rows).to_have_count(MAIN_KPIS)
    reads_well(page, walk)
    shoot(page, shots, f"report-{walk.name}")

    rows.locator("a.figure-link[href*='/kpi/revenue/']").click()
    expect(page).to_have_url(re.compile(rf"/kpi/revenue/\?month={month:%Y-%m}$"))
    expect(page.locator(".formula")).to_be_visible()
    reads_well(page, walk)
    page.go_back()

    page.emulate_media(media="print")
    for place in (".sidebar", ".topbar", ".bottombar", ".page-actions", ".demo-banner"):
        expect(page.locator(place)).to_be_hidden()
    expect(page.locator(".verdict")).to_contain_text(VERDICT)
    expect(rows).to_have_count(MAIN_KPIS)
    shoot(page, shots, f"report-print-{walk.name}")
    # English words are longer; the PDF made by the product is one page in both languages.
    sheets = len(re.findall(rb"/Type */Page\b", page.pdf(format="A4")))
    assert sheets <= (1 if walk.language == "ru" else 2)
    page.emulate_media(media="screen")

    page.locator(".page-actions .dropdown button").click()
    with page.expect_download() as download:
        page.locator(".page-actions a[href$='_export=xlsx']").click()
    file = tmp_path / "report.xlsx"
    download.value.save_as(file)
    book = openpyxl.load_workbook(file)
    assert len(list(book[book.sheetnames[0]].values)) >= 7
