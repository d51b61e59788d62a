"""Targets: versions, reasons, closed months, rights."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest

from config.lib.errors import Conflict, Forbidden, Invalid
from kpis.indicators.engine.attain import Goal, attainment
from kpis.indicators.engine.values import Value, exact
from kpis.indicators.models import Kpi, Target
from kpis.indicators.selectors.targets import targets_in_force
from kpis.indicators.services.planning import targets_copy_last_year
from kpis.indicators.services.reports import report_approve, report_write
from kpis.indicators.services.targets import target_set
from kpis.register.models import Source
from staff.accounts.models import AuditEvent, User
from tests.factories import Tree
from tests.indicators.register import daily, fill

MONTHS = [dt.date(2027, number, 1) for number in (1, 2, 3)]


@pytest.fixture
def orders(db: None) -> Kpi:
    return Kpi.objects.get(code="orders")


def put(
    head: User, tree: Tree, kpi: Kpi, month: dt.date, value: int | str | None, reason: str = ""
) -> Target | None:
    return target_set(
        actor=head,
        scope=tree.department.scope,
        kpi=kpi,
        month=month,
        value=None if value is None else Decimal(value),
        reason=reason,
    )


def close(head: User, tree: Tree, month: dt.date) -> None:
    report_write(
        actor=head, scope=tree.department.scope, month=month, achieved="Done", cause="", request=""
    )
    report_approve(actor=head, scope=tree.department.scope, month=month, today=dt.date(2027, 4, 2))


def test_e26_a_change_of_the_target_from_march(head: User, tree: Tree, orders: Kpi) -> None:
    """Target 100; changed to 120 from March; facts 90, 100, 108 → 90 %, 100 %, 90 %; the quarter
    298/320 = 93.125 %; "from January" after its closing is refused."""
    for month in MONTHS:
        put(head, tree, orders, month, 100)
    close(head, tree, MONTHS[0])
    put(head, tree, orders, MONTHS[2], 120, "A new season")

    found = targets_in_force(scope=tree.department.scope, months=MONTHS)
    plans = [exact(found[orders.pk, month].value or 0) for month in MONTHS]
    facts = [Fraction(90), Fraction(100), Fraction(108)]
    attained = [
        attainment(Value(fact), Goal(plan)).number for fact, plan in zip(facts, plans, strict=True)
    ]
    assert attained == [Fraction(9, 10), 1, Fraction(9, 10)]
    assert sum(facts) / sum(plans) == Fraction(93125, 100000)

    with pytest.raises(Conflict) as refusal:
        put(head, tree, orders, MONTHS[0], 120, "A new season")
    assert refusal.value.code == "month_closed"


def test_a_change_needs_its_reason(head: User, tree: Tree, orders: Kpi) -> None:
    put(head, tree, orders, MONTHS[0], 100)
    with pytest.raises(Invalid) as refusal:
        put(head, tree, orders, MONTHS[0], 120, "  ")
    assert refusal.value.code == "reason_required"
    assert Target.objects.get().value == 100


def test_the_old_version_stays(head: User, tree: Tree, orders: Kpi) -> None:
    put(head, tree, orders, MONTHS[0], 100)
    put(head, tree, orders, MONTHS[0], "120.5", "Asked by the director")
    rows = list(Target.objects.order_by("created_at").values_list("value", "reason"))
    assert rows == [(Decimal(100), ""), (Decimal("120.5"), "Asked by the director")]
    found = targets_in_force(scope=tree.department.scope, months=MONTHS)
    assert found[orders.pk, MONTHS[0]].value == Decimal("120.5")


def test_the_same_value_adds_nothing(head: User, tree: Tree, orders: Kpi) -> None:
    put(head, tree, orders, MONTHS[0], 100)
    put(head, tree, orders, MONTHS[0], "100.000")
    assert Target.objects.count() == 1
    assert AuditEvent.objects.filter(action="indicators.target.set").count() == 1


def test_a_target_is_withdrawn_with_a_reason(head: User, tree: Tree, orders: Kpi) -> None:
    put(head, tree, orders, MONTHS[0], 100)
    put(head, tree, orders, MONTHS[0], None, "The shop is closed")
    found = targets_in_force(scope=tree.department.scope, months=MONTHS)
    assert found[orders.pk, MONTHS[0]].value is None


def test_a_negative_target_is_refused(head: User, tree: Tree, orders: Kpi) -> None:
    with pytest.raises(Invalid) as refusal:
        put(head, tree, orders, MONTHS[0], -1)
    assert "value" in refusal.value.fields


@pytest.mark.parametrize("who", ["director", "direction_head", "specialist", "auditor", "outsider"])
def test_only_the_head_sets_targets(
    who: str, tree: Tree, orders: Kpi, request: pytest.FixtureRequest
) -> None:
    user: User = request.getfixturevalue(who)
    with pytest.raises(Forbidden):
        put(user, tree, orders, MONTHS[0], 100)
    assert not Target.objects.exists()


def test_the_trail_knows_who_changed_what(head: User, tree: Tree, orders: Kpi) -> None:
    put(head, tree, orders, MONTHS[0], 100)
    put(head, tree, orders, MONTHS[0], 120, "A new season")
    event = AuditEvent.objects.filter(action="indicators.target.set").latest("pk")
    assert (event.actor, event.reason) == (head, "A new season")
    assert Decimal(event.before["value"]) == 100
    assert Decimal(event.after["value"]) == 120


def test_last_year_is_copied_with_growth(head: User, tree: Tree, source: Source) -> None:
    fill(
        source,
        {
            "orders": daily(10, "01.01.2026", "28.02.2026"),
            "sessions": daily(400, "01.01.2026", "28.02.2026"),
        },
    )
    orders, conversion = (Kpi.objects.get(code=code) for code in ("orders", "conversion"))
    put(head, tree, orders, MONTHS[1], 7)
    made = targets_copy_last_year(
        actor=head,
        department=tree.department,
        year=2027,
        growth=Decimal(10),
        today=dt.date(2027, 1, 5),
    )
    found = targets_in_force(scope=tree.department.scope, months=MONTHS)
    assert found[orders.pk, MONTHS[0]].value == 341  # 31 × 10 × 1.1
    assert found[orders.pk, MONTHS[1]].value == 7  # was there already
    assert found[conversion.pk, MONTHS[0]].value == Decimal("0.025")  # a ratio does not grow
    assert (orders.pk, MONTHS[2]) not in found  # no facts a year ago
    assert made == 5
