"""The fund tree, a fund's page, its limits."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from config.lib.forms import FormPage
from departments.funds import policies
from departments.funds.cards import departments_of, fund_card, tree_page
from departments.funds.forms import FundForm, LimitForm
from departments.funds.models import Fund, FundLimit
from departments.funds.services.funds import fund_archive, fund_create, fund_edit
from departments.funds.services.limits import limit_set
from departments.structure.models import Department
from staff.accounts.access import Access, access, require, user_of


def visible_fund(request: HttpRequest, uid: UUID) -> Fund:
    visible = Fund.objects.visible_to(user_of(request), policies.FUND_VIEW)
    rows = visible.select_related("department__company", "parent")
    fund: Fund = get_object_or_404(rows, uid=uid)
    return fund


@access(policies.FUND_VIEW)
@require_GET
def fund_list(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    page = tree_page(user, request.GET.get("department", ""), request.GET.get("month", ""))
    return render(request, "funds/fund_list.html", page)


@access(policies.FUND_VIEW)
@require_GET
def fund_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    fund = visible_fund(request, uid)
    card = fund_card(user_of(request), fund, request.GET.get("month", ""))
    return render(request, "funds/fund_detail.html", card)


class FundCreate(FormPage):
    access = Access("right", policies.FUND_MANAGE)
    form_class = FundForm
    title = _("New fund")
    success_message = _("The fund is added.")
    cancel_url_name = "funds:fund-list"

    @cached_property
    def department(self) -> Department:
        rows = departments_of(user_of(self.request), policies.FUND_MANAGE)
        if wanted := self.request.GET.get("department", ""):
            rows = [each for each in rows if str(each.uid) == wanted]
        return get_object_or_404(Department, pk=rows[0].pk if rows else None)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"department": self.department}

    def service(self, form: FundForm) -> Fund:
        actor = user_of(self.request)
        return fund_create(actor=actor, department=self.department, **form.cleaned_data)


class OneFund(FormPage):
    """A form about the fund in the address; opened by those who hold the right there."""

    @cached_property
    def fund(self) -> Fund:
        fund = visible_fund(self.request, self.kwargs["uid"])
        require(user_of(self.request), self.access.right, fund.department.scope)
        return fund

    access = Access("right", policies.FUND_MANAGE)

    def get_title(self) -> str:
        return f"{self.title}: {self.fund.name}"

    def get_success_url(self) -> str:
        return self.fund.get_absolute_url()

    get_cancel_url = get_success_url


class FundEdit(OneFund):
    form_class = FundForm
    title = _("Fund")
    success_message = _("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        # The form fills its own copy: the service compares with the stored row.
        copy = visible_fund(self.request, self.fund.uid)
        return super().get_form_kwargs() | {"instance": copy, "department": self.fund.department}

    def service(self, form: FundForm) -> Fund:
        return fund_edit(actor=user_of(self.request), fund=self.fund, **form.cleaned_data)


class LimitSet(OneFund):
    access = Access("right", policies.LIMIT_SET)
    form_class = LimitForm
    title = _("Limit")
    success_message = _("The limit is set.")

    def get_initial(self) -> dict[str, Any]:
        card = fund_card(user_of(self.request), self.fund, self.request.GET.get("month", ""))
        return {"month": card["month"], "amount": card["row"].limit}

    def service(self, form: LimitForm) -> FundLimit:
        return limit_set(actor=user_of(self.request), fund=self.fund, **form.cleaned_data)

    def get_success_url(self) -> str:
        month = self.request.POST.get("month", "")
        shown = f"?month={month}" if _is_month(month) else ""
        return f"{self.fund.get_absolute_url()}{shown}"


def _is_month(text: str) -> bool:
    try:
        dt.datetime.strptime(text, "%Y-%m")  # noqa: DTZ007  only the shape is checked
    except ValueError:
        return False
    return True


@access(policies.FUND_MANAGE)
@require_POST
def archive(request: HttpRequest, uid: UUID) -> HttpResponse:
    fund = visible_fund(request, uid)
    fund_archive(actor=user_of(request), fund=fund)
    return redirect("funds:fund-list")
