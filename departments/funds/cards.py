"""Read models of the funds pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import Http404

from config.lib.dates import add_months, month_first
from departments.funds import policies
from departments.funds.models import Expense, Fund
from departments.funds.selectors import fund_row, fund_summary
from departments.structure.models import Department
from departments.work.clock import today_of
from staff.accounts.history import history
from staff.accounts.models import User
from staff.accounts.models.scope import within


def departments_of(user: User, right: str) -> list[Department]:
    """Departments whose funds the person may see or change, by name."""
    rows = Department.objects.filter(within(user.paths_with(right)))
    return list(rows.select_related("company", "scope").order_by("company__name", "name"))


def tree_page(user: User, department: str, month: str) -> dict[str, Any]:
    """The tree of one department in one month. Raises `Http404` for a department out of reach."""
    known = departments_of(user, policies.FUND_VIEW)
    chosen = next((each for each in known if department in ("", str(each.uid))), None)
    if chosen is None:
        raise Http404
    first = month_of(month, chosen)
    summary = fund_summary(chosen.scope, first)
    return {
        "department": chosen,
        "departments": known,
        "summary": summary,
        "may_manage": user.can(policies.FUND_MANAGE, chosen.scope),
        "may_spend": user.can(policies.EXPENSE_ADD, chosen.scope),
        "may_limit": user.can(policies.LIMIT_SET, chosen.scope),
        **_months(first, chosen),
    }


def fund_card(user: User, fund: Fund, month: str) -> dict[str, Any]:
    """A fund in one month: figures, parts, expenses, every version of the month's limit."""
    first = month_of(month, fund.department)
    row = fund_row(fund, first)
    family = [fund.pk, *(part.fund.pk for part in row.parts)]
    expenses = Expense.objects.filter(
        fund__in=family, day__gte=first, day__lt=add_months(first, 1)
    ).select_related("fund", "author")
    scope = fund.department.scope
    in_use = fund.archived_at is None
    return {
        "title": fund.name,
        "fund": fund,
        "row": row,
        "expenses": expenses,
        "limits": fund.limits.filter(month=first).select_related("author"),
        "may_manage": in_use and user.can(policies.FUND_MANAGE, scope),
        "may_limit": in_use and not row.has_pots and user.can(policies.LIMIT_SET, scope),
        "may_spend": in_use and not row.has_pots and user.can(policies.EXPENSE_ADD, scope),
        "history": history(user, fund),
        **_months(first, fund.department),
    }


def month_of(text: str, department: Department) -> dt.date:
    """The first day of "2026-11"; of the company's current month for anything else."""
    try:
        return dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        return month_first(today_of(department))


def _months(first: dt.date, department: Department) -> dict[str, Any]:
    return {
        "month": first,
        "previous": add_months(first, -1),
        "following": add_months(first, 1),
        "is_now": first == month_first(today_of(department)),
    }
