"""Read models about the staff."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet

from departments.structure.models import Department
from staff.accounts.models import Scope, User
from staff.people.models import Absence, Appointment, Employee


def employee_of(user: User) -> Employee | None:
    """The employee a user is, if any. One query."""
    return Employee.objects.filter(user=user).select_related("department__company").first()


def appointments_of(user: User, day: dt.date) -> list[Appointment]:
    """What the user holds on ``day``, with position, unit and scope. One query."""
    held = Appointment.objects.on(day).filter(employee__user=user)
    return list(
        held.select_related("position__scope", "position__unit", "position__department__company")
    )


def holders(department: Department, day: dt.date) -> dict[int, list[Employee]]:
    """Position id → who holds it on ``day`` and is not away. Two queries."""
    away = set(
        Absence.objects.on(day)
        .filter(employee__department=department)
        .values_list("employee_id", flat=True)
    )
    held: dict[int, list[Employee]] = {}
    appointments = Appointment.objects.on(day).filter(position__department=department)
    for appointment in appointments.select_related("employee__user").order_by("pk"):
        if appointment.employee_id not in away:
            held.setdefault(appointment.position_id, []).append(appointment.employee)
    return held


def away_today(scope: Scope, day: dt.date) -> QuerySet[Absence]:
    """Absences on ``day`` of the department or departments under ``scope``, soonest back first."""
    under = Absence.objects.on(day).filter(employee__department__scope__path__startswith=scope.path)
    return under.select_related("employee").order_by("ends_on", "employee__full_name")


def free_users(department: Department, employee: Employee | None = None) -> QuerySet[User]:
    """Users of the department's company who are no employee yet, and the ``employee``'s own."""
    company = department.scope.path.rsplit("/", 2)[0] + "/"
    users = User.objects.filter(is_active=True).filter(
        Q(grants__scope__path__startswith=company) | Q(grants=None)
    )
    free = Q(employee=None) | Q(employee=employee) if employee else Q(employee=None)
    return users.filter(free).distinct().order_by("full_name")
