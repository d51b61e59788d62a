"""A channel without an interface: figures typed by hand, seen in the register, compared with the
agency's report and signed."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from kpis.register.models import Source
from tests.journeys.company import Demo
from tests.journeys.pages import EN_LAPTOP, PHONE, Walk, enter, reads_well, shoot
from tests.plugin_browser import OpenPage

pytestmark = pytest.mark.browser
METRIC = "catalogs_distributed"


@pytest.mark.parametrize(
    "walk",
    [
        pytest.param(Walk("ru", PHONE), id="ru-phone"),
        pytest.param(EN_LAPTOP, id=EN_LAPTOP.name, marks=pytest.mark.once),
    ],
)
def test_a_figure_by_hand_is_found_compared_and_signed(
    visit: OpenPage, demo: Demo, walk: Walk, shots: Path | None
) -> None:
    source = Source.objects.get(kind="file")
    today = timezone.localdate()
    page = enter(visit, demo, "head", walk, f"/register/sheet/{source.uid}/")
    reads_well(page, walk)
    page.select_option("#id_subject", "new")
    page.fill("#id_new_name", "Стойка на вокзале")
    page.locator(".pick summary").click()
    page.check(f"input[name=metric][value={METRIC}]")
    page.locator(".pick summary").click()
    page.locator(".sheet-choice button[type=submit]").click()

    cells = page.locator("form[data-sheet] tbody input.num")
    cells.first.fill("1 200")
    total = page.locator("form[data-sheet] tfoot output")
    expect(total).to_have_text(walk.word("1 200", "1,200"))
    cells.first.fill("x")
    page.locator("form[data-sheet] button[type=submit]").click()
    expect(cells.first).to_have_attribute("aria-invalid", "true")
    expect(cells.first).to_have_value("x")
    reads_well(page, walk)
    shoot(page, shots, f"sheet-wrong-{walk.name}")
    cells.first.fill("1200")
    page.locator("form[data-sheet] button[type=submit]").click()
    expect(page.locator("section[aria-labelledby=sheet-history]")).to_be_visible()
    expect(cells.first).to_have_value("1200")
    reads_well(page, walk)
    shoot(page, shots, f"sheet-{walk.name}")

    page.goto(f"/register/results/?metric={METRIC}&period=month")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    expect(page.locator("#list tbody tr")).to_contain_text("Стойка на вокзале")
    reads_well(page, walk)
    page.locator(".tabs a").nth(1).click()
    figure = page.locator("table.pivot tbody td a").first
    expect(figure).to_have_text(walk.word("1 200", "1,200"))
    reads_well(page, walk)
    shoot(page, shots, f"pivot-{walk.name}")
    figure.click()
    expect(page.locator("#list tbody tr")).to_contain_text("Стойка на вокзале")

    page.goto("/register/comparisons/new/")
    page.select_option("#id_source", str(source.uid))
    page.select_option("#id_metric", METRIC)
    page.fill("#id_first_day", today.replace(day=1).isoformat())
    page.fill("#id_last_day", today.isoformat())
    page.fill("#id_cabinet", "1300")
    ours = page.locator("#ours")
    expect(ours).to_contain_text(walk.word("1 200", "1,200"))
    expect(ours.locator(".state-bad")).to_be_visible()
    reads_well(page, walk)
    shoot(page, shots, f"compare-{walk.name}")
    page.locator("main form button[type=submit]").click()

    expect(page.locator("h1")).to_contain_text(walk.word("каталог", "Catalogue"))
    sign = page.locator("section[aria-labelledby=sign-title] button")
    sign.click()  # beyond the tolerance: not without an explanation
    expect(page.locator("section[aria-labelledby=sign-title] .invalid-feedback")).to_be_visible()
    page.fill("#id_note", "100 штук раздали вчера вечером")
    sign.click()
    expect(page.locator("section[aria-labelledby=sign-title]")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("100 штук раздали вчера вечером")
    reads_well(page, walk)
    shoot(page, shots, f"signed-{walk.name}")
