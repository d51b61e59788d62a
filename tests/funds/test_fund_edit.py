"""The shape of the tree, and what the constraints refuse."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from config.lib.errors import Conflict, Forbidden, Invalid
from departments.funds.models import Fund, FundLimit
from departments.funds.services.funds import fund_archive, fund_create, fund_edit
from staff.accounts.models import AuditEvent, User
from tests.factories import Tree
from tests.funds.helpers import MARCH, give, install, spend


def create(
    actor: User, tree: Tree, name: str, kind: str = "fund", parent: Fund | None = None
) -> Fund:
    return fund_create(
        actor=actor,
        department=tree.department,
        name_ru=name,
        name_en="",
        kind=kind,
        parent=parent,
        accrues=False,
    )


def move(actor: User, fund: Fund, kind: str, parent: Fund | None) -> Fund:
    return fund_edit(
        actor=actor, fund=fund, name_ru=fund.name_ru, name_en="", kind=kind, parent=parent,
        accrues=False,
    )  # fmt: skip


def test_a_name_is_used_once(tree: Tree, head: User) -> None:
    first = create(head, tree, "Выставки")
    with pytest.raises(Invalid) as refusal:
        create(head, tree, "Выставки")
    assert "already has a fund with this name" in " ".join(map(str, refusal.value.fields.values()))
    fund_archive(actor=head, fund=first)
    create(head, tree, "Выставки")


def test_a_line_without_a_fund_is_refused(tree: Tree, head: User) -> None:
    with pytest.raises(Invalid) as refusal:
        create(head, tree, "Курьер", "line")
    assert "lies inside a fund" in " ".join(map(str, refusal.value.fields.values()))
    with pytest.raises(IntegrityError, match="fund_part_has_parent"), transaction.atomic():
        Fund.objects.create(department=tree.department, name_ru="Курьер", kind="line")


def test_the_tree_has_two_levels(tree: Tree, head: User) -> None:
    funds = install(tree.department, head)
    with pytest.raises(Invalid) as refusal:
        create(head, tree, "Курьер", "line", funds["H.F3"])
    assert refusal.value.code == "misplaced"
    with pytest.raises(Invalid) as refusal:
        move(head, funds["H.F4"], "line", funds["H.F1"])
    assert refusal.value.code == "misplaced"


def test_lines_and_parts_do_not_mix(tree: Tree, head: User) -> None:
    funds = install(tree.department, head)
    with pytest.raises(Invalid) as refusal:
        create(head, tree, "Курьер", "line", funds["H.F4"])
    assert refusal.value.code == "misplaced"


def test_a_line_moves_only_to_a_fund_that_can_pay_for_it(tree: Tree, head: User) -> None:
    from departments.work.clock import today_of

    funds = install(tree.department, head)
    month = today_of(tree.department).replace(day=1)
    give(funds["H.F2"], head, "100", month)
    give(funds["H.F1"], head, "10", month)
    spend(funds["H.F3"], head, "40", month)
    with pytest.raises(Invalid) as refusal:
        move(head, funds["H.F3"], "line", funds["H.F1"])
    assert refusal.value.code == "misplaced"


def test_a_fund_with_parts_is_not_archived(tree: Tree, head: User) -> None:
    funds = install(tree.department, head)
    with pytest.raises(Conflict) as refusal:
        fund_archive(actor=head, fund=funds["H.F4"])
    assert refusal.value.code == "has_parts"


def test_another_departments_head_may_not(tree: Tree, head: User, outsider: User) -> None:
    fund = install(tree.department, head)["H.F1"]
    with pytest.raises(Forbidden):
        move(outsider, fund, "fund", None)


def test_a_change_is_audited_with_before_and_after(tree: Tree, head: User) -> None:
    fund = create(head, tree, "Выставки")
    fund_edit(
        actor=head, fund=fund, name_ru="Ярмарки", name_en="", kind="fund", parent=None, accrues=True
    )
    event = AuditEvent.objects.get(action="funds.fund.changed")
    assert event.before == {"name_ru": "Выставки", "accrues": False}
    assert event.after == {"name_ru": "Ярмарки", "accrues": True}


@pytest.mark.parametrize(
    ("day", "amount", "name"),
    [(1, -1, "fund_limit_not_negative"), (2, 1, "fund_limit_of_whole_month")],
)
def test_a_limit_is_of_a_whole_month_and_not_negative(
    tree: Tree, head: User, day: int, amount: int, name: str
) -> None:
    fund = create(head, tree, "Выставки")
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        FundLimit.objects.create(
            fund=fund, month=MARCH.replace(day=day), amount=amount, author=head
        )
