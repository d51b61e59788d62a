"""Expenses: list, form, card, cancelling."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from config.lib.forms import FormPage
from config.lib.listing import ListPage
from departments.funds import policies
from departments.funds.filters import ExpenseFilter
from departments.funds.forms import CancelForm, ExpenseForm
from departments.funds.models import Expense, Fund
from departments.funds.services.expenses import expense_add, expense_cancel
from departments.funds.tables import ExpenseTable
from staff.accounts.access import Access, access, require, user_of
from staff.accounts.history import history


def visible_expenses(request: HttpRequest) -> QuerySet[Expense]:
    rows = Expense.objects.visible_to(user_of(request), policies.FUND_VIEW)
    return rows.select_related("fund__department__company", "fund__parent", "author")


class ExpenseList(ListPage):
    access = Access("right", policies.FUND_VIEW)
    table_class = ExpenseTable
    filterset_class = ExpenseFilter
    search_fields = ("purpose", "document_no")
    title = _("Expenses")
    create_url_name = "funds:expense-create"
    create_label = _("Expense")
    create_right = policies.EXPENSE_ADD
    empty_title = _("No expenses yet")
    empty_text = _("Set a limit of a fund, then write down what is spent from it.")
    empty_icon = "receipt"
    export_name = "expenses"

    def get_queryset(self) -> QuerySet[Expense]:
        return visible_expenses(self.request)


class ExpenseCreate(FormPage):
    access = Access("right", policies.EXPENSE_ADD)
    form_class = ExpenseForm
    title = _("New expense")
    success_message = _("The expense is written down.")
    cancel_url_name = "funds:fund-list"

    def get_initial(self) -> dict[str, Any]:
        wanted = Fund.objects.visible_to(user_of(self.request), policies.EXPENSE_ADD)
        known = {str(fund.uid): fund.pk for fund in wanted}
        day = timezone.localdate()
        return {"fund": known.get(self.request.GET.get("fund", "")), "day": day}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": user_of(self.request)}

    def service(self, form: ExpenseForm) -> Expense:
        return expense_add(actor=user_of(self.request), **form.cleaned_data)


@access(policies.FUND_VIEW)
@require_GET
def expense_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    user = user_of(request)
    expense = get_object_or_404(visible_expenses(request), uid=uid)
    may = user.can(policies.EXPENSE_ADD, expense.fund.department.scope)
    context = {
        "title": expense.purpose,
        "expense": expense,
        "may_cancel": may and expense.cancelled_at is None,
        "history": history(user, expense),
    }
    return render(request, "funds/expense_detail.html", context)


class ExpenseCancel(FormPage):
    access = Access("right", policies.EXPENSE_ADD)
    form_class = CancelForm
    title = _("Cancel the expense")
    submit_label = _("Cancel the expense")
    lead = _("The money becomes available again; the row stays with your reason.")
    success_message = _("The expense is cancelled.")

    @cached_property
    def expense(self) -> Expense:
        expense: Expense = get_object_or_404(visible_expenses(self.request), uid=self.kwargs["uid"])
        require(user_of(self.request), policies.EXPENSE_ADD, expense.fund.department.scope)
        return expense

    def service(self, form: CancelForm) -> Expense:
        return expense_cancel(
            actor=user_of(self.request), expense=self.expense, **form.cleaned_data
        )

    def get_cancel_url(self) -> str:
        return self.expense.get_absolute_url()
