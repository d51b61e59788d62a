"""The director's monthly report: the page, its exports, the verdict, approval and reopening."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from config.lib.dates import add_months, month_first
from config.lib.export import XLSX_TYPE, csv_response
from config.lib.forms import FormPage
from kpis.indicators import policies
from kpis.indicators.exports import report_rows, report_xlsx
from kpis.indicators.forms.report import ReopenForm, VerdictForm
from kpis.indicators.models import MonthlyReport
from kpis.indicators.paper.pdf import report_pdf
from kpis.indicators.selectors.draft import verdict_draft
from kpis.indicators.selectors.editions import editions_of
from kpis.indicators.selectors.known import Known, known_on
from kpis.indicators.selectors.report import latest_month, month_sheet
from kpis.indicators.services.reports import report_approve, report_reopen, report_write
from kpis.indicators.sheet import Sheet
from kpis.indicators.views.place import Here, choose, first_department, here, month_or_404
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
    """``?known=2026-03-03`` shows the month as it was known at the end of that day."""
    at, first = here(request, policies.REPORT_VIEW), month_or_404(year, month)
    known = asked_known(request, at)
    sheet = month_sheet(department=at.department, month=first, today=at.today, known=known)
    if (wanted := request.GET.get("_export")) in {"csv", "xlsx", "pdf"}:
        return _exported(sheet, f"report-{first:%Y-%m}", wanted)
    user, scope, head = user_of(request), at.department.scope, sheet.head
    can_write = user.can(policies.REPORT_WRITE, scope) and known is None
    following = add_months(first, 1)
    context = {
        "sheet": sheet,
        "head": head,
        "place": at,
        "month": first,
        "known": known,
        "draft": None if head.verdict.is_written or known else verdict_draft(sheet),
        "editions": [one for one in editions_of(scope=scope, month=first) if one.reopened_at],
        "can_write": can_write and not head.is_approved,
        "can_approve": can_write
        and not head.is_approved
        and head.is_over
        and bool(head.verdict.achieved),
        "can_reopen": head.is_approved
        and known is None
        and user.can(policies.REPORT_REOPEN, scope),
        "can_schedule": user.can(policies.REPORT_WRITE, scope),
        "query": f"&known={known.day.isoformat()}" if known else "",
        "previous_url": report_url(add_months(first, -1)),
        "next_url": report_url(following) if following <= month_first(at.today) else "",
    }
    return render(request, "indicators/report.html", context)


def asked_known(request: HttpRequest, at: Here) -> Known | None:
    """``?known=`` as a day up to today; 404 for what is none."""
    if not (text := request.GET.get("known", "")):
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error
    if day > at.today or day.year < dt.date.min.year + 1900:
        raise Http404
    return known_on(at.department, day)


def _exported(sheet: Sheet, name: str, wanted: str) -> HttpResponse:
    if wanted == "csv":
        return csv_response(name, report_rows(sheet))
    body, kind = (
        (report_pdf(sheet), "application/pdf")
        if wanted == "pdf"
        else (report_xlsx(sheet), XLSX_TYPE)
    )
    response = HttpResponse(body, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}.{wanted}"'
    response["Cache-Control"] = "no-store"
    return response


class MonthForm(FormPage):
    """A form about the month in the address."""

    right = policies.REPORT_WRITE

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        at = here(request, policies.REPORT_VIEW)
        require(user_of(request), self.right, at.department.scope)
        self.at, self.scope = at, at.department.scope
        self.month = month_or_404(kwargs["year"], kwargs["month"])
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return report_url(self.month)

    get_cancel_url = get_success_url


class ReportVerdict(MonthForm):
    """The three lines; an empty verdict begins with what the figures say."""

    access = Access("right", policies.REPORT_WRITE)
    form_class = VerdictForm
    title = gettext_lazy("Verdict of the month")
    lead = gettext_lazy(
        "Three lines for the director, at most 300 letters each. A first wording comes from the "
        "figures."
    )
    success_message = gettext_lazy("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        known = MonthlyReport.objects.filter(scope=self.scope, month=self.month).first()
        return super().get_form_kwargs() | {"instance": known}

    def get_initial(self) -> dict[str, Any]:
        known = MonthlyReport.objects.filter(scope=self.scope, month=self.month).first()
        if known and known.lines:
            return super().get_initial()
        draft = verdict_draft(
            month_sheet(department=self.at.department, month=self.month, today=self.at.today)
        )
        return super().get_initial() | {"achieved": draft.achieved, "cause": draft.cause}

    def service(self, form: VerdictForm) -> object:
        return report_write(
            actor=user_of(self.request), scope=self.scope, month=self.month, **form.cleaned_data
        )


class ReportReopen(MonthForm):
    """The director opens an approved report again."""

    access = Access("right", policies.REPORT_REOPEN)
    right = policies.REPORT_REOPEN
    form_class = ReopenForm
    title = gettext_lazy("Open the report again")
    lead = gettext_lazy(
        "The month is open again for its head. What was approved is kept as an edition."
    )
    submit_label = gettext_lazy("Open again")
    success_message = gettext_lazy("The report is open again.")

    def service(self, form: ReopenForm) -> object:
        return report_reopen(
            actor=user_of(self.request),
            scope=self.scope,
            month=self.month,
            reason=form.cleaned_data["reason"],
        )


@access(policies.REPORT_WRITE)
@require_POST
def approve(request: HttpRequest, year: int, month: int) -> HttpResponse:
    at, first = here(request, policies.REPORT_VIEW), month_or_404(year, month)
    report_approve(actor=user_of(request), scope=at.department.scope, month=first, today=at.today)
    messages.success(request, _("The report is approved; the month is closed."))
    return redirect(report_url(first))
