"""Two periods beside each other."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from django.test import Client

from kpis.indicators.engine.periods import Period
from kpis.indicators.engine.values import Reason
from kpis.indicators.selectors.compare import Comparison, Pair, comparison
from staff.accounts.models import User
from tests.factories import Tree
from tests.indicators.register import daily, fill, make_source
from tests.indicators.series import day
from tests.indicators.test_pages_read import words

pytestmark = pytest.mark.usefixtures("morning")
PAGE = "/kpis/compare/"


def compared(tree: Tree, now: tuple[str, str], then: tuple[str, str]) -> Comparison:
    periods = [Period(day(one[0]), day(one[1])) for one in (now, then)]
    today = dt.date(2026, 11, 23)
    return comparison(department=tree.department, now=periods[0], then=periods[1], today=today)


def pair(found: Comparison, code: str) -> Pair:
    return next(item for item in found.pairs if item.kpi.code == code)


@pytest.fixture
def leap(tree: Tree, head: User) -> None:
    """February of 2024 has a day more than that of 2023 and as many orders a day."""
    source = make_source(head, tree.department.scope)
    days = {**daily(100, "01.02.2023", "28.02.2023"), **daily(100, "01.02.2024", "29.02.2024")}
    fill(source, {"orders": days})


@pytest.mark.usefixtures("leap")
def test_a_leap_february_grows_in_all_and_not_per_day(tree: Tree) -> None:
    """E17: +3.57 % of 2 800, 0.00 % per day."""
    found = compared(tree, ("01.02.2024", "29.02.2024"), ("01.02.2023", "28.02.2023"))
    orders = pair(found, "orders")
    assert orders.change.ratio.number == Fraction(1, 28)
    assert orders.daily.ratio.number == 0
    assert found.lengths_differ


@pytest.mark.usefixtures("leap")
def test_a_kpi_without_figures_says_why(tree: Tree) -> None:
    found = compared(tree, ("01.02.2024", "29.02.2024"), ("01.02.2023", "28.02.2023"))
    assert pair(found, "sessions").change.ratio.reason is Reason.NO_DATA
    assert pair(found, "conversion").daily.ratio.number is None


@pytest.mark.usefixtures("filled")
def test_the_page_opens_with_the_month_against_the_days_before(opened: Client) -> None:
    text = words(opened, PAGE)
    assert "Sessions 4,400 5,500 preliminary +1,100 ▲ +25.0%" in text


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("against", "then"),
    [("year", "10 Oct 2025"), ("weekdays", "11 Oct 2025"), ("before", "30 Sep 2026")],
)
def test_the_rules_of_comparison(opened: Client, against: str, then: str) -> None:
    query = f"?first=2026-10-10&last=2026-10-19&against={against}"
    assert f"against {then}" in words(opened, PAGE + query)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("first=2026-10-10&last=2026-10-01&against=year", "The end lies before the beginning."),
        ("first=2020-10-10&last=2026-10-01&against=year", "At most 800 days can be compared."),
        ("first=2026-10-10&last=2026-10-11&against=dates", "Say which dates to compare with."),
        ("first=x&last=2026-10-11&against=year", "Enter a valid date."),
    ],
)
def test_what_cannot_be_compared_is_said(opened: Client, query: str, message: str) -> None:
    response = opened.get(f"{PAGE}?{query}")
    assert response.status_code == 422
    assert message in response.content.decode()


@pytest.mark.usefixtures("filled")
def test_the_comparison_is_exported(opened: Client) -> None:
    answer = opened.get(f"{PAGE}?_export=csv").content.decode("utf-8-sig")
    assert "5500" in answer
