"""The staff list: adding and changing positions."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Invalid
from departments.structure.models import Department, Direction, Unit
from staff.accounts.access import require
from staff.accounts.models import User
from staff.accounts.services.audit import audit, snapshot
from staff.people import policies
from staff.people.models import Position
from staff.people.services.checks import refuse_invalid

FIELDS = ("name_ru", "name_en", "direction", "unit", "planned_headcount")


@transaction.atomic
def position_create(
    *,
    actor: User,
    department: Department,
    direction: Direction | None = None,
    unit: Unit | None = None,
    name_ru: str,
    name_en: str = "",
    planned_headcount: int = 1,
    model_code: str = "",
) -> Position:
    """A new position. Raises `Invalid` for a direction or unit of another department."""
    require(actor, policies.EMPLOYEE_MANAGE, department.scope)
    position = Position(department=department, model_code=model_code)
    _fill(position, direction, unit, name_ru, name_en, planned_headcount)
    position.save()
    audit(
        action="people.position.created",
        actor=actor,
        target=position,
        scope=position.scope,
        after=snapshot(position, *FIELDS),
    )
    return position


@transaction.atomic
def position_edit(
    *,
    actor: User,
    position: Position,
    direction: Direction | None,
    unit: Unit | None,
    name_ru: str,
    name_en: str,
    planned_headcount: int,
) -> Position:
    """Change a position; its place in the ideal model stays."""
    require(actor, policies.EMPLOYEE_MANAGE, position.scope)
    before = snapshot(position, *FIELDS)
    _fill(position, direction, unit, name_ru, name_en, planned_headcount)
    position.save()
    audit(
        action="people.position.changed",
        actor=actor,
        target=position,
        scope=position.scope,
        before=before,
        after=snapshot(position, *FIELDS),
    )
    return position


def _fill(
    position: Position,
    direction: Direction | None,
    unit: Unit | None,
    name_ru: str,
    name_en: str,
    planned_headcount: int,
) -> None:
    if unit is not None and direction is None:
        direction = unit.direction
    if direction is not None and direction.department_id != position.department_id:
        message = _("The direction belongs to another department.")
        raise Invalid(message, fields={"direction": message})
    if unit is not None and direction is not None and unit.direction_id != direction.pk:
        message = _("The unit belongs to another direction.")
        raise Invalid(message, fields={"unit": message})
    position.direction, position.unit = direction, unit
    position.scope = direction.scope if direction else position.department.scope
    position.name_ru, position.name_en = name_ru, name_en
    position.planned_headcount = planned_headcount
    refuse_invalid(position)
