"""The head at nine: the dashboard, what a figure is made of, a decision, the model audit."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Sum
from playwright.sync_api import expect

from config.lib.dates import today
from kpis.register.models import Result, StreamMetric
from tests.journeys.company import MAIN_KPIS, Demo
from tests.journeys.pages import (
    Walk,
    amount,
    enter,
    every_walk,
    half_step,
    log_in,
    reads_well,
    shoot,
)
from tests.plugin_browser import OpenPage

pytestmark = pytest.mark.browser

YESTERDAY = today("Europe/Moscow") - dt.timedelta(days=1)


def registered(code: str) -> Decimal:
    """The month to date of a metric, added up from the register's rows that count."""
    rows = Result.objects.none()
    for pair in StreamMetric.objects.filter(metric__code=code, is_counted=True):
        found = Result.objects.filter(stream=pair.stream_id, metric=pair.metric_id)
        rows = rows | found
    total = rows.filter(day__range=(YESTERDAY.replace(day=1), YESTERDAY)).aggregate(
        total=Sum("value")
    )
    value: Decimal = total["total"]
    return value


def six_figures() -> dict[str, Decimal]:
    """What the tiles must show, worked out here without the product's formulas."""
    sessions, orders = registered("sessions"), registered("orders")
    revenue, cost = registered("revenue"), registered("media_cost")
    return {
        "sessions": sessions,
        "orders": orders,
        "revenue": revenue,
        "conversion": orders / sessions * 100,
        "average_order": revenue / orders,
        "cost_per_order": cost / orders,
    }


@every_walk
def test_the_dashboard_equals_the_register_down_to_the_raw_answer(
    visit: OpenPage, demo: Demo, walk: Walk, shots: Path | None
) -> None:
    page = log_in(visit, demo, "head", walk)
    expect(page).to_have_url(re.compile("/kpis/dashboard/$"))
    tiles = page.locator("#live .kpi-tile")
    expect(tiles).to_have_count(MAIN_KPIS)
    for code, exact in six_figures().items():
        tile = tiles.filter(has=page.locator(f"a.row-link[href*='/kpi/{code}/']"))
        shown = amount(tile.locator(".kpi-value").inner_text(), walk)
        assert abs(shown - exact) <= half_step(shown), code
    reads_well(page, walk)
    shoot(page, shots, f"dashboard-{walk.name}")

    tiles.locator("a.kpi-value[href*='/kpi/sessions/']").click()
    expect(page.locator(".formula")).to_be_visible()
    expect(page.locator("main")).to_contain_text(walk.word("План к дате", "Plan to date"))
    days = page.locator("section[aria-labelledby=days-title] tbody tr")
    expect(days).to_have_count(YESTERDAY.day)
    by_day = [amount(text, walk) for text in days.locator("td:nth-child(2)").all_inner_texts()]
    assert sum(by_day) == registered("sessions")
    reads_well(page, walk)
    shoot(page, shots, f"kpi-{walk.name}")

    days.first.locator("a").click()
    rows = page.locator("#list tbody tr")
    expect(rows).to_have_count(2)  # one for each site
    reads_well(page, walk)
    shoot(page, shots, f"rows-{walk.name}")
    rows.first.locator("a").first.click()
    expect(page).to_have_url(re.compile("/register/answers/"))
    expect(page.locator("pre.code").last).to_contain_text("nb_visits")
    shoot(page, shots, f"answer-{walk.name}")


def test_a_decision_is_made_in_place(
    visit: OpenPage, demo: Demo, walk: Walk, shots: Path | None
) -> None:
    page = enter(visit, demo, "head", walk)
    page.locator("section[aria-labelledby=needs-title] a[href*='/work/decisions/']").first.click()
    waiting = page.locator("section[aria-labelledby=waiting] li")
    expect(waiting).to_have_count(2)
    reads_well(page, walk)
    shoot(page, shots, f"decisions-{walk.name}")
    question = waiting.first.locator(".row-link").inner_text()
    waiting.first.locator("input[name=comment]").fill("Да")
    waiting.first.locator("button[value=approve]").click()
    expect(waiting).to_have_count(1)
    expect(page.locator("#toasts")).to_contain_text(question)
    page.reload()
    decided = page.locator("section[aria-labelledby=decided] li")
    expect(decided).to_contain_text([question])
    expect(decided).to_contain_text(["Да"])


def test_the_model_audit_says_what_is_missing_and_leads_to_it(
    visit: OpenPage, demo: Demo, walk: Walk, shots: Path | None
) -> None:
    page = enter(visit, demo, "head", walk, "/structure/model-audit/")
    expect(page).to_have_url(re.compile("/departments/.*/model-audit/"))
    free = page.locator("main tr[id='A.S3']")
    expect(free).to_be_visible()
    reads_well(page, walk)
    shoot(page, shots, f"model-audit-{walk.name}")
    free.locator("a").click()
    expect(page.locator("h1")).to_be_visible()
    assert "/people/" in page.url
    reads_well(page, walk)
