"""Choosing who answers for something: employees of the department it belongs to."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Invalid
from departments.structure.models import Department
from staff.accounts.models import User
from staff.people.models import Employee
from staff.people.policies import EMPLOYEE_VIEW


def responsible_choices(actor: User, current: Employee | None = None) -> Any:
    """Employees the actor sees who still work here; whoever is responsible now stays a choice."""
    here = Q(left_on=None) | Q(pk=current.pk if current else None)
    return Employee.objects.visible_to(actor, EMPLOYEE_VIEW).filter(here).order_by("full_name")


def refuse_foreign(
    employee: Employee | None, department: Department, field: str = "responsible"
) -> None:
    """Raise `Invalid` at ``field`` for an employee of another department."""
    if employee is not None and employee.department_id != department.pk:
        message = _("The person works in another department.")
        raise Invalid(message, code="foreign_employee", fields={field: message})
