"""Where a person works: the department and scope their day is about."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from departments.structure.models import Department, Direction
from departments.work import policies
from departments.work.clock import today_of
from staff.accounts.models import Scope, User
from staff.people.models import Employee
from staff.people.selectors import appointments_of, employee_of


@dataclass(frozen=True, slots=True)
class Home:
    """``scope`` is where the person's own log lines belong; ``today`` is the company's date."""

    department: Department
    scope: Scope
    today: dt.date
    employee: Employee | None
    positions: frozenset[int]
    units: frozenset[int]


def home_of(user: User) -> Home | None:
    """The department a person is employed in, else the first where they carry out tasks.

    None for somebody who carries out tasks nowhere. Costs three queries at most.
    """
    employee = employee_of(user)
    department = employee.department if employee else _by_role(user)
    if department is None:
        return None
    today = today_of(department)
    held = appointments_of(user, today) if employee else []
    scope = held[0].position.scope if held else _scope(user, department)
    if scope is None or not user.can(policies.TASK_DO, scope):
        scope = _scope(user, department)
    if scope is None:
        return None
    return Home(
        department=department,
        scope=scope,
        today=today,
        employee=employee,
        positions=frozenset(each.position_id for each in held),
        units=frozenset(each.position.unit_id for each in held if each.position.unit_id),
    )


def _by_role(user: User) -> Department | None:
    visible = Department.objects.visible_to(user, policies.TASK_DO)
    found: Department | None = visible.select_related("company", "scope").order_by("pk").first()
    return found


def _scope(user: User, department: Department) -> Scope | None:
    """The department's scope, or the first direction's where the person carries out tasks."""
    if user.can(policies.TASK_DO, department.scope):
        return department.scope
    directions = Direction.objects.visible_to(user, policies.TASK_DO).filter(department=department)
    first = directions.select_related("scope").first()
    return first.scope if first else None
