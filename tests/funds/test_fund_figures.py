"""What a fund has, has spent and has left in a month."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from departments.funds.selectors import FundRow, fund_row, fund_summary
from departments.funds.services.funds import fund_edit
from departments.structure.audit_registry import State
from staff.accounts.models import User
from tests.factories import Tree
from tests.funds.helpers import MARCH, give, install, spend

MAY = dt.date(2026, 5, 1)


def figures(row: FundRow) -> tuple[object, ...]:
    return row.limit, row.spent, row.available


def test_the_model_installs_its_tree_once(tree: Tree, head: User) -> None:
    install(tree.department, head)
    funds = install(tree.department, head)
    assert sorted(funds) == ["H.F1", "H.F2", "H.F3", "H.F4", "H.F5", "H.F6"]
    assert funds["H.F3"].parent == funds["H.F2"]
    assert {funds["H.F5"].parent, funds["H.F6"].parent} == {funds["H.F4"]}


def test_a_month_without_a_limit_has_no_available_figure(tree: Tree, head: User) -> None:
    fund = install(tree.department, head)["H.F1"]
    assert figures(fund_row(fund, MARCH)) == (None, Decimal(0), None)


def test_a_line_spends_the_money_of_its_fund(tree: Tree, head: User) -> None:
    funds = install(tree.department, head)
    give(funds["H.F2"], head, "1000")
    spend(funds["H.F2"], head, "300")
    spend(funds["H.F3"], head, "200")
    assert figures(fund_row(funds["H.F2"], MARCH)) == (1000, 500, 500)
    assert figures(fund_row(funds["H.F3"], MARCH)) == (None, 200, 500)
    give(funds["H.F3"], head, "250")
    assert fund_row(funds["H.F3"], MARCH).available == 50
    assert fund_row(funds["H.F2"], MARCH).available == 500


def test_a_line_may_become_a_fund_of_its_own(tree: Tree, head: User) -> None:
    funds = install(tree.department, head)
    give(funds["H.F2"], head, "1000")
    give(funds["H.F3"], head, "400")
    spend(funds["H.F3"], head, "100")
    phone = fund_edit(
        actor=head,
        fund=funds["H.F3"],
        name_ru="Связь",
        name_en="",
        kind="fund",
        parent=None,
        accrues=False,
    )
    assert fund_row(funds["H.F2"], MARCH).available == 1000
    assert figures(fund_row(phone, MARCH)) == (400, 100, 300)


def test_a_fund_with_parts_adds_them_up(tree: Tree, head: User) -> None:
    funds = install(tree.department, head)
    give(funds["H.F5"], head, "600")
    give(funds["H.F6"], head, "400")
    spend(funds["H.F5"], head, "150")
    assert figures(fund_row(funds["H.F4"], MARCH)) == (1000, 150, 850)


def test_the_annual_part_keeps_what_is_left_until_december(tree: Tree, head: User) -> None:
    annual = install(tree.department, head)["H.F6"]
    give(annual, head, "100", dt.date(2026, 1, 1))
    give(annual, head, "100", MARCH)
    assert fund_row(annual, dt.date(2026, 2, 1)).available == 100
    assert fund_row(annual, MAY).available == 200
    spend(annual, head, "150", dt.date(2026, 4, 10))
    assert fund_row(annual, MAY).available == 50
    # April took money of January: that much is no longer free in January either.
    assert fund_row(annual, dt.date(2026, 1, 1)).available == 50
    assert fund_row(annual, dt.date(2027, 1, 1)).available is None


def test_the_newest_version_of_a_limit_counts(tree: Tree, head: User) -> None:
    fund = install(tree.department, head)["H.F1"]
    give(fund, head, "100")
    give(fund, head, "70")
    assert fund_row(fund, MARCH).limit == 70


@pytest.mark.parametrize("parts", [0, 12])
def test_the_summary_costs_the_same_however_many_rows(
    tree: Tree, head: User, parts: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    funds = install(tree.department, head)
    give(funds["H.F1"], head, "100000")
    for number in range(parts):
        spend(funds["H.F1"], head, "10", dt.date(2026, number % 3 + 1, 5))
    with django_assert_num_queries(3):
        summary = fund_summary(tree.department.scope, MARCH)
    assert summary.limit == 100000
    assert summary.currency == "RUB"


def test_the_model_audit_tells_an_empty_fund_from_a_missing_one(tree: Tree, head: User) -> None:
    from departments.funds.model_audit import funds as probe
    from departments.work.clock import today_of

    assert {found.state for found in probe(tree.department).values()} == {State.MISSING}
    funds = install(tree.department, head)
    give(funds["H.F2"], head, "10", today_of(tree.department).replace(day=1))
    found = probe(tree.department)
    assert found["H.F1"].state == State.EMPTY
    assert found["H.F2"].state == found["H.F3"].state == State.PRESENT
