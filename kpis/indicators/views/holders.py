"""Whose scorecard or target a page is about: the department, one of its directions, people or
campaigns."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from config.lib.dates import add_months, month_first
from departments.structure.models import Department
from departments.work.clock import today_of
from kpis.indicators import policies
from kpis.indicators.selectors.cards import campaigns_of, people_of
from kpis.indicators.views.place import Here, asked_month, here
from kpis.register.models import Subject
from staff.accounts.access import user_of
from staff.accounts.models import User
from staff.people.models import Employee


@dataclass(frozen=True, slots=True)
class Holder:
    """Of ``employee``, of the campaign ``subject``, else of the department itself."""

    department: Department
    today: dt.date
    employee: Employee | None = None
    subject: Subject | None = None

    @property
    def name(self) -> str:
        return str(self.employee or self.subject or self.department)

    @property
    def filter(self) -> Q:
        """Scorecards of this holder alone."""
        return Q(employee=self.employee, subject=self.subject)

    @property
    def kind(self) -> str:
        if self.employee:
            return "person"
        return "campaign" if self.subject else "department"

    @property
    def arguments(self) -> list[UUID]:
        """What its addresses are made with."""
        row = self.employee or self.subject
        return [row.uid] if row else []

    @property
    def url(self) -> str:
        return reverse(f"indicators:{self.kind}", args=self.arguments)

    @property
    def edit_url(self) -> str:
        return reverse(f"indicators:{self.kind}-scorecard", args=self.arguments)

    @property
    def rows_name(self) -> str:
        return f"indicators:{self.kind}-rows"

    @property
    def target_query(self) -> str:
        """What leads a target's address to this holder."""
        if self.employee:
            return f"?employee={self.employee.uid}"
        return f"?subject={self.subject.uid}" if self.subject else ""


def person_or_404(request: HttpRequest, uid: UUID) -> Holder:
    """An employee whose scorecard the reader may see: those of their scope, and themself."""
    return _of_person(get_object_or_404(people_of(user_of(request)), uid=uid))


def myself(user: User) -> Holder | None:
    """The reader as an employee; None for who is not on the staff."""
    row = people_of(user).filter(user=user).first()
    return _of_person(row) if row else None


def _of_person(employee: Employee) -> Holder:
    return Holder(employee.department, today_of(employee.department), employee=employee)


def campaign_or_404(request: HttpRequest, uid: UUID) -> Holder:
    at = _whole_department(request)
    subject = get_object_or_404(campaigns_of(at.department), uid=uid)
    return Holder(at.department, at.today, subject=subject)


def department_or_404(request: HttpRequest) -> Holder:
    at = _whole_department(request)
    return Holder(at.department, at.today)


def _whole_department(request: HttpRequest) -> Here:
    """For figures of the department: 404 for the head of one direction of it."""
    at = here(request, policies.SCORECARD_VIEW)
    if not user_of(request).can(policies.SCORECARD_VIEW, at.department.scope):
        raise Http404
    return at


def card_month(request: HttpRequest, holder: Holder) -> dt.date:
    """The month asked for, else that of the last full day; 404 for one that has not begun."""
    month = asked_month(request, month_first(holder.today - dt.timedelta(days=1)))
    if month > month_first(holder.today):
        raise Http404
    return month


def month_links(month: dt.date, today: dt.date) -> dict[str, object]:
    """The context of the month switch."""
    following = add_months(month, 1)
    ahead = f"?month={following:%Y-%m}" if following <= month_first(today) else ""
    return {
        "month": month,
        "previous_url": f"?month={add_months(month, -1):%Y-%m}",
        "next_url": ahead,
    }
