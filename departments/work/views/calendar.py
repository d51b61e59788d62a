"""The production calendar: a year's special days, and changing them."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from config.lib.errors import Forbidden
from config.lib.forms import FormPage
from departments.structure.models import Company
from departments.work import policies
from departments.work.forms.calendar import CalendarDayForm
from departments.work.models import CalendarDay
from departments.work.selectors.calendar import calendar_year, companies_of, may_change
from departments.work.services import calendar as service
from staff.accounts.access import Access, access, user_of


@require_GET
@access(policies.TASK_VIEW)
def calendar_page(request: HttpRequest) -> HttpResponse:
    """``?year=2026``, ``?company=uid``; this year and the first company without them."""
    companies = list(companies_of(user_of(request)))
    company = _company(request, companies)
    text = request.GET.get("year", "") or str(timezone.localdate().year)
    year = int(text) if text.isascii() and text.isdigit() else 0
    if year not in service.YEARS:
        raise Http404
    context = {
        "company": company,
        "companies": companies,
        "calendar": calendar_year(company=company, year=year),
        "can_change": may_change(user_of(request), company),
        "can_change_all": may_change(user_of(request), None),
    }
    return render(request, "work/calendar.html", context)


def _company(request: HttpRequest, companies: list[Company]) -> Company | None:
    wanted = request.GET.get("company", "")
    if not wanted:
        return companies[0] if companies else None
    found = next((each for each in companies if str(each.uid) == wanted), None)
    if found is None:
        raise Http404
    return found


class CalendarDaySet(FormPage):
    access = Access("right", policies.CALENDAR_MANAGE)
    form_class = CalendarDayForm
    title = _("A day of the calendar")
    lead = _("Goes before the law: plans by working days and recurring tasks follow it at once.")
    success_message = _("The calendar is changed.")

    @cached_property
    def mine(self) -> list[Company]:
        user = user_of(self.request)
        return [company for company in companies_of(user) if may_change(user, company)]

    def get_form_kwargs(self) -> dict[str, Any]:
        for_all = may_change(user_of(self.request), None)
        if not self.mine and not for_all:
            raise Forbidden
        return super().get_form_kwargs() | {"companies": self.mine, "for_all": for_all}

    def get_initial(self) -> dict[str, Any]:
        company = self.request.GET.get("company") or (self.mine[0].uid if self.mine else None)
        return {"company": company, "day": self.request.GET.get("day")}

    def service(self, form: CalendarDayForm) -> CalendarDay:
        return service.calendar_day_set(actor=user_of(self.request), **form.cleaned_data)

    def get_success_url(self) -> str:
        row = self.result
        assert isinstance(row, CalendarDay)  # noqa: S101  the service has made it
        return _page(row.company, row.day)

    def get_cancel_url(self) -> str:
        return reverse("work:calendar")


@require_POST
@access(policies.CALENDAR_MANAGE)
def calendar_day_remove(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Back to the law."""
    mine = Q(company=None) | Q(company__in=companies_of(user_of(request)))
    rows = CalendarDay.objects.filter(mine).select_related("company__scope")
    row = get_object_or_404(rows, uid=uid)
    company, day = row.company, row.day
    service.calendar_day_remove(actor=user_of(request), row=row)
    messages.success(request, gettext("The day is again what the law says."))
    return redirect(_page(company, day))


def _page(company: Company | None, day: dt.date) -> str:
    query = f"?year={day.year}" + (f"&company={company.uid}" if company else "")
    return reverse("work:calendar") + query
