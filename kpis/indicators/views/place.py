"""The department of the request: named in the address, else remembered, else the first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from config.lib.dates import month_first
from departments.structure.models import Department
from departments.structure.policies import STRUCTURE_MANAGE
from departments.work.clock import today_of
from kpis.indicators.selectors.place import Place, place_of
from staff.accounts.access import user_of
from staff.accounts.models import User

REMEMBERED = "indicators.department"
YEARS = range(1990, 2101)


@dataclass(frozen=True, slots=True)
class Here:
    """The department a page is about and the date there."""

    department: Department
    departments: tuple[Department, ...]
    today: dt.date

    @property
    def month(self) -> dt.date:
        """The month of the last full day: on the 1st it is still the month before."""
        return month_first(self.today - dt.timedelta(days=1))


def choose(request: HttpRequest, right: str) -> Place:
    """The department asked for (404 outside the person's scope), remembered for the next page."""
    wanted = request.GET.get("department", "")
    remembered = request.session.get(REMEMBERED, "")
    place = place_of(user=user_of(request), right=right, wanted=wanted, remembered=str(remembered))
    if place is None:
        raise Http404
    if place.department and wanted and wanted != remembered:
        request.session[REMEMBERED] = wanted
    return place


def here(request: HttpRequest, right: str) -> Here:
    """As `choose`, for pages that are nothing without a department (404)."""
    place = choose(request, right)
    if place.department is None:
        raise Http404
    return Here(place.department, place.departments, today_of(place.department))


def month_or_404(year: int, month: int) -> dt.date:
    """The first day of the month in the address."""
    if year not in YEARS or not 1 <= month <= 12:
        raise Http404
    return dt.date(year, month, 1)


def asked_month(request: HttpRequest, default: dt.date) -> dt.date:
    """``?month=2026-11``; ``default`` without it. 404 for what is not a month."""
    text = request.GET.get("month", "")
    if not text:
        return default
    year, _dash, month = text.partition("-")
    if not (year.isascii() and year.isdigit() and month.isascii() and month.isdigit()):
        raise Http404
    return month_or_404(int(year), int(month))


def first_department(user: User) -> dict[str, str]:
    """Where the first department is made, for those who may; the context of the empty page."""
    if not user.can(STRUCTURE_MANAGE):
        return {}
    url = reverse("structure:department-create")
    return {"create_url": url, "create_label": _("New department by the ideal model")}
