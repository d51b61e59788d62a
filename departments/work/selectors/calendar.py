"""A year of the production calendar: every day that is not as its weekday would have it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from config.lib.dates import days_between
from departments.structure.models import Company, Department
from departments.work import policies
from departments.work.calendar import HOLIDAYS, NEW_YEAR, by_law, is_provisional
from departments.work.models import CalendarDay
from staff.accounts.models import User
from staff.accounts.services.scopes import group_scope


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """``row`` is the exception in force, None where the law says it."""

    day: dt.date
    is_working: bool
    why: str
    row: CalendarDay | None = None


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """``working`` and ``off`` count the days of the year."""

    year: int
    days: tuple[SpecialDay, ...]
    working: int
    off: int
    is_provisional: bool


def calendar_year(*, company: Company | None, year: int) -> CalendarYear:
    """The year of ``company``, or of all companies. One query."""
    rows = CalendarDay.objects.filter(day__year=year).filter(Q(company=company) | Q(company=None))
    by_day: dict[dt.date, CalendarDay] = {}
    for row in rows.select_related("company", "author").order_by("company_id"):
        if row.company_id is not None or row.day not in by_day:
            by_day[row.day] = row  # a company's own goes first
    found, working = [], 0
    every = list(days_between(dt.date(year, 1, 1), dt.date(year, 12, 31)))
    for day in every:
        row_of = by_day.get(day)
        law = by_law(day)
        works = row_of.is_working if row_of else law
        working += works
        if row_of:
            found.append(SpecialDay(day, works, row_of.note, row_of))
        elif law != (day.isoweekday() <= 5):
            found.append(SpecialDay(day, works, _why(day)))
    return CalendarYear(year, tuple(found), working, len(every) - working, is_provisional(year))


def _why(day: dt.date) -> str:
    if by_law(day):
        return _("working day moved by a decree")
    if (day.month, day.day) in {*HOLIDAYS, *NEW_YEAR}:
        return _("public holiday")
    return _("day off moved from a weekend")


def companies_of(user: User) -> QuerySet[Company]:
    """Companies whose calendar the person may see."""
    return Company.objects.visible_to(user, policies.TASK_VIEW).select_related("scope")


def may_change(user: User, company: Company | None) -> bool:
    """A head of any of the company's departments may; for all companies at once, whoever holds the
    right on the whole group."""
    if company is None:
        return user.can(policies.CALENDAR_MANAGE, group_scope())
    if user.can(policies.CALENDAR_MANAGE, company.scope):
        return True
    own = Department.objects.filter(company=company)
    return bool(own.visible_to(user, policies.CALENDAR_MANAGE).exists())
