"""Spending: never more than there is, whatever happens at the same time."""

from __future__ import annotations

import datetime as dt
import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from config.lib.errors import Conflict, Forbidden, Invalid
from config.lib.money import money
from departments.funds.models import Expense, Fund
from departments.funds.selectors import fund_row
from departments.funds.services.expenses import expense_add, expense_cancel
from departments.funds.services.limits import limit_set
from departments.work.clock import today_of
from staff.accounts.models import AuditEvent, Notification, User
from tests import factories
from tests.factories import Tree
from tests.funds.helpers import MARCH, give, install, spend


@pytest.fixture
def funds(tree: Tree, head: User) -> dict[str, Fund]:
    return install(tree.department, head)


def add(actor: User, fund: Fund, amount: str, day: dt.date = MARCH) -> Expense:
    return expense_add(
        actor=actor, fund=fund, day=day, amount=Decimal(amount), purpose="Banner print"
    )


def test_more_than_available_is_refused_with_the_figure(funds: dict[str, Fund], head: User) -> None:
    give(funds["H.F1"], head, "1000")
    add(head, funds["H.F1"], "999.50")
    with pytest.raises(Invalid) as refusal:
        add(head, funds["H.F1"], "0.51")
    assert refusal.value.code == "over_limit"
    assert money(Decimal("0.50")) in str(refusal.value.fields["amount"])
    add(head, funds["H.F1"], "0.50")
    assert fund_row(funds["H.F1"], MARCH).available == 0


def test_a_month_without_a_limit_refuses(funds: dict[str, Fund], head: User) -> None:
    with pytest.raises(Invalid) as refusal:
        add(head, funds["H.F1"], "1")
    assert refusal.value.code == "no_limit"


def test_a_line_cannot_outspend_its_fund(funds: dict[str, Fund], head: User) -> None:
    give(funds["H.F2"], head, "100")
    give(funds["H.F3"], head, "500")
    with pytest.raises(Invalid) as refusal:
        add(head, funds["H.F3"], "101")
    assert refusal.value.code == "over_limit"


def test_a_fund_with_parts_has_no_money_of_its_own(funds: dict[str, Fund], head: User) -> None:
    give(funds["H.F5"], head, "100")
    with pytest.raises(Invalid) as refusal:
        add(head, funds["H.F4"], "1")
    assert refusal.value.code == "has_pots"
    with pytest.raises(Conflict):
        limit_set(actor=head, fund=funds["H.F4"], month=MARCH, amount=Decimal(1))


def test_a_day_that_has_not_come_is_refused(funds: dict[str, Fund], head: User, tree: Tree) -> None:
    tomorrow = today_of(tree.department) + dt.timedelta(days=1)
    give(funds["H.F1"], head, "10", tomorrow.replace(day=1))
    with pytest.raises(Invalid) as refusal:
        add(head, funds["H.F1"], "1", tomorrow)
    assert refusal.value.code == "future_day"


@pytest.mark.parametrize("amount", ["0", "-5"])
def test_an_amount_is_positive(funds: dict[str, Fund], head: User, amount: str) -> None:
    give(funds["H.F1"], head, "100")
    with pytest.raises(Invalid):
        add(head, funds["H.F1"], amount)
    with pytest.raises(IntegrityError, match="expense_is_positive"), transaction.atomic():
        spend(funds["H.F1"], head, amount)


def test_a_cancelled_expense_gives_the_money_back(funds: dict[str, Fund], head: User) -> None:
    give(funds["H.F1"], head, "100")
    expense = add(head, funds["H.F1"], "100")
    with pytest.raises(Invalid):
        expense_cancel(actor=head, expense=expense, reason=" ")
    expense_cancel(actor=head, expense=expense, reason="Typed twice")
    assert fund_row(funds["H.F1"], MARCH).available == 100
    with pytest.raises(Conflict):
        expense_cancel(actor=head, expense=expense, reason="Again")
    actions = AuditEvent.objects.filter(target_id=str(expense.uid)).order_by("pk")
    assert [event.action for event in actions] == [
        "funds.expense.added",
        "funds.expense.cancelled",
    ]


def test_a_limit_is_changed_with_a_reason_and_not_below_what_is_spent(
    funds: dict[str, Fund], head: User, director: User
) -> None:
    fund = funds["H.F1"]
    limit_set(actor=head, fund=fund, month=MARCH, amount=Decimal(100))
    add(head, fund, "60")
    with pytest.raises(Invalid) as refusal:
        limit_set(actor=head, fund=fund, month=MARCH, amount=Decimal(80))
    assert refusal.value.code == "reason_required"
    with pytest.raises(Invalid) as refusal:
        limit_set(actor=head, fund=fund, month=MARCH, amount=Decimal(59), reason="Cut")
    assert refusal.value.code == "below_spent"
    limit_set(actor=head, fund=fund, month=MARCH, amount=Decimal(60), reason="Cut")
    assert [row.amount for row in fund.limits.all()] == [60, 100]
    assert Notification.objects.filter(user=director).count() == 2
    event = AuditEvent.objects.filter(action="funds.limit.set").latest("pk")
    assert (event.before, event.after) == ({"03.2026": "100.00"}, {"03.2026": "60.00"})


def test_only_the_head_spends(funds: dict[str, Fund], head: User, director: User) -> None:
    give(funds["H.F1"], head, "100")
    with pytest.raises(Forbidden):
        add(director, funds["H.F1"], "1")


@pytest.mark.django_db(transaction=True)
def test_two_at_once_cannot_both_take_the_last_money() -> None:
    tree = factories.make_tree()
    head = factories.make_user("head", tree.department.scope)
    funds = install(tree.department, head)
    give(funds["H.F2"], head, "100")
    start = threading.Barrier(4)
    refused: list[str] = []

    def one(fund: Fund) -> None:
        try:
            start.wait(timeout=10)
            add(factories.reread(head), Fund.objects.get(pk=fund.pk), "40")
        except Invalid as refusal:
            refused.append(refusal.code)
        finally:
            connection.close()

    # Two at the fund, two at its line: one purse.
    threads = [threading.Thread(target=one, args=(funds[code],)) for code in ("H.F2", "H.F3") * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert refused == ["over_limit", "over_limit"]
    assert fund_row(funds["H.F2"], MARCH).available == 20
