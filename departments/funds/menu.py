"""The menu line, and funds and expenses in the global search."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.money import money
from config.lib.registry import NavItem, SearchHit, register_nav, register_search
from departments.funds import policies
from departments.funds.models import Expense, Fund
from staff.accounts.models import User

register_nav(
    NavItem("funds", _("Funds"), "funds:fund-list", "wallet", "team", 60, policies.FUND_VIEW)
)


@register_search
def funds(user: User, query: str, limit: int) -> Iterator[SearchHit]:
    """Funds by name, expenses by purpose or document number."""
    if not user.can(policies.FUND_VIEW):
        return
    named = Q(name_ru__icontains=query) | Q(name_en__icontains=query)
    visible = Fund.objects.visible_to(user, policies.FUND_VIEW)
    for fund in visible.filter(named)[:limit]:
        yield SearchHit(_("Fund"), fund.name, fund.get_absolute_url())
    told = Q(purpose__icontains=query) | Q(document_no__icontains=query)
    expenses = Expense.objects.visible_to(user, policies.FUND_VIEW).filter(told)
    for expense in expenses.select_related("fund__department__company")[:limit]:
        detail = f"{expense.fund.name} · {money(expense.amount, expense.fund.currency)}"
        yield SearchHit(_("Expense"), expense.purpose, expense.get_absolute_url(), detail)
