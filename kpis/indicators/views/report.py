"""The director's monthly report: the page, its exports, the verdict and the approval."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from config.lib.export import csv_response, xlsx_response
from config.lib.forms import FormPage
from config.lib.money import CURRENCY_SIGNS
from departments.funds.selectors import fund_summary
from kpis.indicators import policies
from kpis.indicators.engine.attain import lamp_of
from kpis.indicators.exports import report_rows
from kpis.indicators.forms.report import VerdictForm
from kpis.indicators.models import MonthlyReport
from kpis.indicators.selectors.report import latest_month, month_page
from kpis.indicators.services.reports import report_approve, report_write
from kpis.indicators.views.place import choose, first_department, here, month_or_404
from kpis.indicators.words import LAMP_STATES, LAMPS
from staff.accounts.access import Access, access, require, user_of


@access(policies.REPORT_VIEW)
@require_GET
def report(request: HttpRequest) -> HttpResponse:
    """The newest month that is over."""
    if choose(request, policies.REPORT_VIEW).department is None:
        return render(request, "indicators/no_department.html", first_department(user_of(request)))
    at = here(request, policies.REPORT_VIEW)
    return redirect(report_url(latest_month(at.department, at.today)))


def report_url(month: dt.date) -> str:
    return reverse("indicators:report-month", args=[month.year, month.month])


@access(policies.REPORT_VIEW)
@require_GET
def report_month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    at, first = here(request, policies.REPORT_VIEW), month_or_404(year, month)
    page = month_page(department=at.department, month=first, today=at.today)
    if (wanted := request.GET.get("_export")) in {"csv", "xlsx"}:
        write = csv_response if wanted == "csv" else xlsx_response
        return write(f"report-{first:%Y-%m}", report_rows(page))
    can_write = user_of(request).can(policies.REPORT_WRITE, at.department.scope)
    lamp = lamp_of(page.total)
    context = {
        "funds": fund_summary(at.department.scope, first),
        "page": page,
        "place": at,
        "can_write": can_write,
        "can_approve": can_write and page.is_over and bool(page.report and page.report.achieved),
        "total_word": LAMPS[lamp],
        "total_state": LAMP_STATES[lamp],
        "currency_sign": CURRENCY_SIGNS.get(at.department.company.currency, ""),
        "previous_url": report_url(page.previous_month),
        "next_url": report_url(page.next_month) if page.next_month else "",
    }
    return render(request, "indicators/report.html", context)


class ReportVerdict(FormPage):
    access = Access("right", policies.REPORT_WRITE)
    form_class = VerdictForm
    title = gettext_lazy("Verdict of the month")
    lead = gettext_lazy("Three lines for the director, at most 300 letters each.")
    success_message = gettext_lazy("Saved.")

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        at = here(request, policies.REPORT_VIEW)
        require(user_of(request), policies.REPORT_WRITE, at.department.scope)
        self.scope = at.department.scope
        self.month = month_or_404(kwargs["year"], kwargs["month"])
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        known = MonthlyReport.objects.filter(scope=self.scope, month=self.month).first()
        return super().get_form_kwargs() | {"instance": known}

    def service(self, form: VerdictForm) -> object:
        return report_write(
            actor=user_of(self.request), scope=self.scope, month=self.month, **form.cleaned_data
        )

    def get_success_url(self) -> str:
        return report_url(self.month)

    get_cancel_url = get_success_url


@access(policies.REPORT_WRITE)
@require_POST
def approve(request: HttpRequest, year: int, month: int) -> HttpResponse:
    at, first = here(request, policies.REPORT_VIEW), month_or_404(year, month)
    report_approve(actor=user_of(request), scope=at.department.scope, month=first, today=at.today)
    messages.success(request, _("The report is approved; the month is closed."))
    return redirect(report_url(first))
