"""Positions and employees to test with."""

from __future__ import annotations

import datetime as dt

from departments.structure.models import Department, Direction
from staff.accounts.models import User
from staff.people.models import Appointment, Employee, Position

HIRED = dt.date(2024, 1, 9)


def make_position(direction: Direction, code: str = "A.S1", **fields: object) -> Position:
    """A position of the model in its first unit."""
    return Position.objects.create(
        scope=direction.scope,
        department=direction.department,
        direction=direction,
        unit=direction.units.order_by("model_code").first(),
        model_code=code,
        **{"name_ru": f"Должность {code}", "name_en": f"Position {code}", **fields},
    )


def make_employee(
    department: Department, user: User | None = None, full_name: str = ""
) -> Employee:
    name = full_name or (user.full_name if user else "Petr Petrov")
    return Employee.objects.create(department=department, user=user, full_name=name, hired_on=HIRED)


def appoint(employee: Employee, position: Position) -> Appointment:
    return Appointment.objects.create(employee=employee, position=position, starts_on=HIRED)
