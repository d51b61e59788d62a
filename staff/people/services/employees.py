"""Hiring people, changing what is known of them, letting them go."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Conflict, Invalid
from departments.structure.models import Department
from staff.accounts.access import require
from staff.accounts.models import User
from staff.accounts.services.audit import audit, snapshot
from staff.people import policies
from staff.people.models import Employee
from staff.people.services.checks import refuse_invalid

FIELDS = ("full_name", "user", "hired_on", "left_on")


@transaction.atomic
def employee_hire(
    *,
    actor: User,
    department: Department,
    full_name: str,
    hired_on: dt.date,
    user: User | None = None,
) -> Employee:
    """A new employee of the department, linked to the ``user`` they log in as, if any."""
    require(actor, policies.EMPLOYEE_MANAGE, department.scope)
    employee = Employee(
        department=department, full_name=full_name, hired_on=hired_on, user=_free(user, None)
    )
    refuse_invalid(employee)
    employee.save()
    audit(
        action="people.employee.hired",
        actor=actor,
        target=employee,
        scope=department.scope,
        after=snapshot(employee, *FIELDS),
    )
    return employee


@transaction.atomic
def employee_edit(
    *, actor: User, employee: Employee, full_name: str, hired_on: dt.date, user: User | None
) -> Employee:
    """Correct the name, the first day and the user."""
    require(actor, policies.EMPLOYEE_MANAGE, employee.department.scope)
    before = snapshot(employee, *FIELDS)
    employee.full_name, employee.hired_on = full_name, hired_on
    employee.user = _free(user, employee)
    refuse_invalid(employee)
    employee.save()
    audit(
        action="people.employee.changed",
        actor=actor,
        target=employee,
        scope=employee.department.scope,
        before=before,
        after=snapshot(employee, *FIELDS),
    )
    return employee


@transaction.atomic
def employee_leave(
    *, actor: User, employee: Employee, last_day: dt.date, reason: str = ""
) -> Employee:
    """End the employment after ``last_day``, and every appointment with it.

    Roles of the user are not touched: they end on the page of users. Raises `Conflict` when the
    person has left already, `Invalid` when an appointment begins later.
    """
    require(actor, policies.EMPLOYEE_MANAGE, employee.department.scope)
    employee.left_on = last_day
    refuse_invalid(employee)
    if employee.appointments.filter(starts_on__gt=last_day).exists():
        message = _("An appointment begins after this day.")
        raise Invalid(message, fields={"last_day": message})
    if not Employee.objects.filter(pk=employee.pk, left_on=None).update(left_on=last_day):
        raise Conflict
    still_held = Q(ends_on=None) | Q(ends_on__gt=last_day)
    employee.appointments.filter(still_held).update(ends_on=last_day)
    audit(
        action="people.employee.left",
        actor=actor,
        target=employee,
        scope=employee.department.scope,
        after=snapshot(employee, "left_on"),
        reason=reason,
    )
    return employee


def _free(user: User | None, employee: Employee | None) -> User | None:
    """``user`` unless another employee is linked to them."""
    taken = user is not None and Employee.objects.filter(user=user).exclude(
        pk=employee.pk if employee else None
    )
    if taken and taken.exists():
        message = _("This user is another employee already.")
        raise Invalid(message, fields={"user": message})
    return user
