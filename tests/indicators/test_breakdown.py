"""The way down from a KPI's total, funnels of directions, the wall."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kpis.indicators.engine.periods import Period
from kpis.indicators.models import Kpi
from kpis.indicators.selectors.breakdown import Breakdown, breakdown
from kpis.indicators.selectors.definitions import defined_kpis
from kpis.indicators.selectors.funnels import funnels
from kpis.register.models import Source, Subject
from staff.accounts.models import User
from tests.factories import Tree
from tests.indicators.register import daily, fill, make_source
from tests.indicators.test_pages_read import words

pytestmark = pytest.mark.usefixtures("morning")
NOVEMBER = Period(dt.date(2026, 11, 1), dt.date(2026, 11, 22))
TODAY = dt.date(2026, 11, 23)
PAGE = "/kpis/kpi/{}/breakdown/"


def broken_down(tree: Tree, code: str, level: str, under: str = "") -> Breakdown:
    item = defined_kpis([Kpi.objects.get(code=code)])[0]
    return breakdown(
        department=tree.department,
        formula=item.in_month(NOVEMBER.first),
        period=NOVEMBER,
        level=level,
        under=under,
    )


@pytest.fixture
def placed(tree: Tree, head: User) -> Source:
    """Direction A: 3 000 spent on 10 orders; the department as a whole: 1 000 on 30."""
    own = make_source(head, tree.a.scope, "Advertising")
    days = ("01.11.2026", "10.11.2026")
    fill(own, {"media_cost": daily(300, *days), "orders": daily(1, *days)})
    rest = make_source(head, tree.department.scope, "Everything else")
    fill(rest, {"media_cost": daily(100, *days), "orders": daily(3, *days)})
    return own


def test_each_line_is_the_formula_on_its_own_totals(tree: Tree, placed: Source) -> None:
    lines = {line.key: line for line in broken_down(tree, "cost_per_order", "direction").lines}
    assert lines["A"].value.number == 300
    assert lines[""].value.number == Fraction(1000, 30)
    known = {metric.code: part.number for metric, part in lines["A"].parts}
    assert known["media_cost"] == 3000
    assert known["production_cost"] == 0  # no bills of production: measured as none
    assert known["orders"] == 10


def test_the_total_is_not_the_mean_of_the_lines(placed: Source, opened: Client) -> None:
    """4 000 on 40 orders is 100 each, not the mean of 300 and 33."""
    page = words(opened, PAGE.format("cost_per_order"))
    assert "Total 4,000.00 ₽" in page
    assert "40 100.00 ₽ All rows" in page


def test_a_line_is_opened_by_its_channel(tree: Tree, placed: Source) -> None:
    below = broken_down(tree, "orders", "channel", "direction:A")
    lines = [(line.label, line.value.number) for line in below.lines]
    assert lines == [("Advertising", Fraction(10))]
    assert broken_down(tree, "orders", "channel", "direction:C").lines == ()


def test_what_lies_under_a_campaign_belongs_to_it(tree: Tree, placed: Source) -> None:
    creative = Subject.objects.get(origin=f"source:{placed.pk}")
    campaign = Subject.objects.create(
        scope=tree.a.scope, kind="campaign", origin="own", key="1", label="Autumn"
    )
    creative.parent = campaign
    creative.save()
    lines = broken_down(tree, "orders", "campaign", f"channel:{placed.pk}").lines
    assert [line.label for line in lines] == ["Autumn"]


def test_a_duplicate_counts_for_the_one_it_is_shown_as(tree: Tree, placed: Source) -> None:
    double = Subject.objects.get(origin=f"source:{placed.pk}")
    shown = Subject.objects.exclude(pk=double.pk).get()
    double.merged_into = shown
    double.save()
    lines = broken_down(tree, "orders", "subject").lines
    assert [(line.label, line.value.number) for line in lines] == [(shown.label, Fraction(40))]


def test_unequal_days_are_said(tree: Tree, head: User) -> None:
    source = make_source(head, tree.department.scope)
    fill(
        source,
        {
            "media_cost": daily(300, "01.11.2026", "10.11.2026"),
            "orders": daily(1, "01.11.2026", "05.11.2026"),
        },
    )
    assert [line.uneven for line in broken_down(tree, "cost_per_order", "direction").lines] == [
        True
    ]


def test_breaking_down_costs_the_same_for_any_number_of_subjects(
    tree: Tree, head: User, opened: Client
) -> None:
    source = make_source(head, tree.department.scope)
    figures = {"orders": daily(60, "01.11.2026", "20.11.2026")}

    def queries(subjects: int) -> int:
        fill(source, figures, subjects=subjects)
        opened.get(PAGE.format("orders"))
        with CaptureQueriesContext(connection) as captured:
            opened.get(PAGE.format("orders") + "?by=subject")
        return len(captured)

    assert queries(2) == queries(60)


@pytest.mark.parametrize(
    "query", ["?by=colour", "?by=channel&under=x:1", "?by=channel&under=direction:Z"]
)
def test_what_is_no_level_is_not_found(opened: Client, query: str) -> None:
    assert opened.get(PAGE.format("orders") + query).status_code == 404


def test_another_companys_rows_stay_out(
    tree: Tree, placed: Source, outsider: User, client_of: Callable[[User], Client]
) -> None:
    page = words(client_of(outsider), PAGE.format("orders"))
    assert "Advertising" not in page
    assert "No rows of the register" in page


# --- funnels ------------------------------------------------------------------------------------


def test_a_funnel_finds_the_step_that_fell_most_behind_its_norm(tree: Tree, head: User) -> None:
    """Clicks per show and visits per click are as ever, orders per visit halved."""
    source = make_source(head, tree.a.scope)
    before, now = ("04.10.2026", "31.10.2026"), ("01.11.2026", "22.11.2026")

    def both(earlier: int, later: int) -> dict[dt.date, int]:
        return {**daily(earlier, *before), **daily(later, *now)}  # type: ignore[dict-item]  # whole

    fill(
        source,
        {
            "impressions": both(1000, 2000),
            "clicks": both(100, 190),
            "sessions": both(90, 171),
            "orders": both(18, 17),
        },
    )
    found = {funnel.direction.code: funnel for funnel in funnels(tree.department, TODAY)}
    steps = {step.metric.code: step for step in found["A"].steps}
    assert steps["orders"].is_weakest
    assert steps["orders"].norm.number == Fraction(1, 5)
    assert steps["clicks"].against_norm == Fraction(95, 100)
    assert sum(step.is_weakest for step in found["A"].steps) == 1
    assert found["B"].steps == ()


def test_steps_are_compared_on_days_both_have(tree: Tree, head: User) -> None:
    source = make_source(head, tree.c.scope)
    fill(
        source,
        {
            "sends": daily(100, "01.11.2026", "20.11.2026"),
            "deliveries": daily(98, "01.11.2026", "10.11.2026"),
        },
    )
    found = {funnel.direction.code: funnel for funnel in funnels(tree.department, TODAY)}
    assert found["C"].steps[1].rate.number == Fraction(98, 100)
    assert found["C"].steps[1].total.number == 980


def test_the_dashboard_shows_the_funnels(placed: Source, opened: Client) -> None:
    page = words(opened, "/kpis/dashboard/")
    assert "Directions: month to date" in page
    assert "No figures yet: connect a source of this direction" in page


def test_the_wall_shows_the_month_and_refreshes_itself(placed: Source, opened: Client) -> None:
    whole = opened.get("/kpis/wall/").content.decode()
    assert 'hx-trigger="every 60s"' in whole
    part = opened.get("/kpis/wall/", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div id="wall"')


def test_the_wall_is_for_those_who_see_the_dashboard(
    specialist: User, client_of: Callable[[User], Client]
) -> None:
    assert client_of(specialist).get("/kpis/wall/").status_code == 403
