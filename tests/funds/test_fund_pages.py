"""Pages of funds: who sees them, what they show."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from departments.funds.models import Expense, Fund
from staff.accounts.models import User
from tests.factories import Tree
from tests.funds.helpers import give, install, spend

Open = Callable[[User], Client]


@pytest.fixture
def fund(tree: Tree, head: User) -> Fund:
    fund = install(tree.department, head)["H.F1"]
    give(fund, head, "1500", timezone.localdate().replace(day=1))
    return fund


def test_the_tree_shows_the_month(fund: Fund, head: User, client_of: Open) -> None:
    spend(fund, head, "500.50", timezone.localdate())
    page = client_of(head).get(reverse("funds:fund-list")).content.decode()
    assert "999.50" in page.replace("\u00a0", " ")
    assert "Operating costs fund" in page


def test_a_fund_of_another_department_is_not_found(
    fund: Fund, outsider: User, client_of: Open
) -> None:
    client = client_of(outsider)
    assert client.get(fund.get_absolute_url()).status_code == 404
    assert client.get(reverse("funds:fund-edit", args=[fund.uid])).status_code == 404
    assert client.post(reverse("funds:fund-archive", args=[fund.uid])).status_code == 404


def test_the_auditor_reads_and_may_not_change(
    fund: Fund, auditor: User, director: User, client_of: Open
) -> None:
    client = client_of(auditor)
    assert client.get(fund.get_absolute_url()).status_code == 200
    assert client.get(reverse("funds:limit-set", args=[fund.uid])).status_code == 403
    assert client.get(reverse("funds:expense-create")).status_code == 403
    assert client_of(director).get(reverse("funds:expense-create")).status_code == 403


def test_a_specialist_has_no_funds(fund: Fund, specialist: User, client_of: Open) -> None:
    client = client_of(specialist)
    assert client.get(reverse("funds:fund-list")).status_code == 403
    assert client.get(reverse("funds:expense-list")).status_code == 403


def test_an_expense_is_written_down_and_cancelled(fund: Fund, head: User, client_of: Open) -> None:
    client = client_of(head)
    form = {"fund": fund.pk, "day": timezone.localdate().isoformat(), "purpose": "Flyers"}
    refused = client.post(reverse("funds:expense-create"), {**form, "amount": "1600"})
    assert refused.status_code == 422
    assert "Available:" in refused.content.decode()
    done = client.post(reverse("funds:expense-create"), {**form, "amount": "1499.99"})
    expense = Expense.objects.get()
    assert done["Location"] == expense.get_absolute_url()
    client.post(reverse("funds:expense-cancel", args=[expense.uid]), {"reason": "A mistake"})
    expense.refresh_from_db()
    assert expense.cancelled_at is not None
    assert "A mistake" in client.get(expense.get_absolute_url()).content.decode()


def test_a_limit_is_set_on_the_page(fund: Fund, head: User, client_of: Open) -> None:
    address = reverse("funds:limit-set", args=[fund.uid])
    assert client_of(head).get(f"{address}?month=2026-05").status_code == 200
    answer = client_of(head).post(address, {"month": "2026-05", "amount": "700", "reason": ""})
    assert answer["Location"] == f"{fund.get_absolute_url()}?month=2026-05"
    assert fund.limits.get(month="2026-05-01").amount == 700


def test_a_new_fund_is_added_on_the_page(fund: Fund, head: User, client_of: Open) -> None:
    form = {"name_ru": "Выставки", "name_en": "Fairs", "kind": "fund", "parent": ""}
    client_of(head).post(reverse("funds:fund-create"), form)
    made = Fund.objects.get(name_en="Fairs")
    assert made.department == fund.department
    client_of(head).post(
        reverse("funds:fund-edit", args=[made.uid]), {**form, "kind": "line", "parent": fund.pk}
    )
    made.refresh_from_db()
    assert made.parent == fund


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_of_expenses_costs_the_same(
    fund: Fund,
    head: User,
    client_of: Open,
    rows: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _number in range(rows):
        spend(fund, head, "1", timezone.localdate())
    client = client_of(head)
    with django_assert_max_num_queries(14):
        page = client.get(reverse("funds:expense-list"), {"q": "banner", "fund": str(fund.uid)})
    assert page.content.decode().count("Banner print") == rows


def test_expenses_are_exported(fund: Fund, head: User, client_of: Open) -> None:
    spend(fund, head, "12.30", timezone.localdate())
    file = client_of(head).get(reverse("funds:expense-list"), {"_export": "csv"})
    assert "Banner print" in file.content.decode()
    assert "12.3" in file.content.decode()


def test_the_search_finds_funds_and_expenses_in_scope(
    fund: Fund, head: User, outsider: User
) -> None:
    from departments.funds.menu import funds as provider

    spend(fund, head, "1", timezone.localdate())
    assert [hit.label for hit in provider(head, "banner", 5)] == ["Banner print"]
    assert [hit.label for hit in provider(head, "operating", 5)] == ["Operating costs fund"]
    assert list(provider(outsider, "operating", 5)) == []
