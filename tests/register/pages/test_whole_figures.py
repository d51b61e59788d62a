"""A source's own figure of a whole period: entered by hand, refused where days add up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.test import Client

from config.lib.errors import Forbidden, Invalid
from kpis.indicators.engine.evaluate import evaluate
from kpis.indicators.engine.formula import parse
from kpis.indicators.engine.periods import Period
from kpis.indicators.engine.values import Reason, Value
from kpis.indicators.selectors.inputs import inputs
from kpis.register.models import Metric, Source, WholeFigure
from kpis.register.services.wholes import whole_figure_set
from staff.accounts.models import AuditEvent, Scope, User
from tests.factories import Tree
from tests.register.pages.figures import put, subject

pytestmark = pytest.mark.django_db
MARCH = Period(dt.date(2026, 3, 1), dt.date(2026, 3, 31))
TODAY = dt.date(2026, 6, 1)


def enter(actor: User, scope: Scope, value: str | None = "1800", **more: Any) -> WholeFigure:
    asked: dict[str, Any] = {
        "metric": Metric.objects.get(code="reach"),
        "first": MARCH.first,
        "last": MARCH.last,
        "origin": "VK Реклама, отчёт за март",
        "today": TODAY,
    }
    number = None if value is None else Decimal(value)
    return whole_figure_set(actor=actor, scope=scope, value=number, **asked | more)


def reach(scope: Scope) -> Value:
    data = inputs(scope=scope, codes=["reach"], spans=[(MARCH.first, MARCH.last)])
    return evaluate(parse("reach"), data.days, period=MARCH, as_of=MARCH.last, today=TODAY).value


@pytest.fixture
def three_days(files: Source) -> None:
    about = subject(files, "A")
    put(files, *(("reach", dt.date(2026, 3, day), about, "1000") for day in (1, 2, 3)))


@pytest.mark.usefixtures("three_days")
def test_the_source_s_figure_stands_where_days_do_not_add_up(tree: Tree, head: User) -> None:
    """E06."""
    scope = tree.department.scope
    assert reach(scope) == Value(reason=Reason.NOT_ADDITIVE)
    enter(head, scope)
    assert reach(scope) == Value(Fraction(1800))


def test_the_newest_entry_holds_and_may_be_withdrawn(tree: Tree, head: User) -> None:
    scope = tree.department.scope
    enter(head, scope)
    enter(head, scope, "1900")
    assert reach(scope) == Value(Fraction(1900))
    enter(head, scope, None)
    assert reach(scope) == Value(reason=Reason.NO_DATA)
    assert AuditEvent.objects.filter(action="register.whole.set").count() == 3


def test_a_company_has_the_figure_of_its_only_telling_department(tree: Tree, head: User) -> None:
    enter(head, tree.department.scope)
    assert reach(tree.company.scope) == Value(Fraction(1800))


def test_a_direction_s_people_are_not_its_department_s(tree: Tree, head: User) -> None:
    enter(head, tree.a.scope)
    assert reach(tree.department.scope) == Value(reason=Reason.NO_DATA)
    assert reach(tree.a.scope) == Value(Fraction(1800))


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"metric": "clicks"}, "metric"),
        ({"last": dt.date(2026, 2, 1)}, "last_day"),
        ({"last": dt.date(2027, 3, 31), "today": dt.date(2028, 1, 1)}, "last_day"),
        ({"today": MARCH.last}, "last_day"),
        ({"value": "-1"}, "value"),
        ({"value": None}, "value"),
    ],
)
def test_what_cannot_be_entered_is_said(
    tree: Tree, head: User, more: dict[str, Any], field: str
) -> None:
    if "metric" in more:
        more = more | {"metric": Metric.objects.get(code=more["metric"])}
    with pytest.raises(Invalid) as caught:
        enter(head, tree.department.scope, **more)
    assert list(caught.value.fields) == [field]


def test_readers_do_not_enter(tree: Tree, auditor: User) -> None:
    with pytest.raises(Forbidden):
        enter(auditor, tree.department.scope)


def test_by_the_page(
    tree: Tree, head: User, outsider: User, client_of: Callable[[User], Client]
) -> None:
    typed = {
        "scope": str(tree.department.scope.uid),
        "metric": "reach",
        "first_day": "2026-03-01",
        "last_day": "2026-03-31",
        "value": "1 800",
        "origin": "VK",
    }
    answer = client_of(head).post("/register/whole-figures/new/", typed, follow=True)
    assert "1,800" in answer.content.decode()
    assert "1,800" not in client_of(outsider).get("/register/whole-figures/").content.decode()
