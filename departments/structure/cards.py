"""The read model of a department's page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from departments.structure import policies
from departments.structure.blueprint import POSITIONS, StaffRow
from departments.structure.blueprint import direction as model_direction
from departments.structure.models import Department, Direction, Unit
from staff.accounts.models import User


@dataclass(frozen=True, slots=True)
class DirectionCard:
    """A direction with its audience and stages by the ideal model, units and model positions."""

    direction: Direction
    stages: tuple[str, ...]
    audience: str
    units: list[Unit]
    positions: list[tuple[str, str]]


def department_card(user: User, department: Department) -> dict[str, Any]:
    """Directions with units and positions, the companies served, what the person may do."""
    directions = department.directions.prefetch_related("units").order_by("code")
    return {
        "title": department.name,
        "department": department,
        "companies": department.companies.order_by("name"),
        "directions": [_card(direction) for direction in directions],
        "may_edit": user.can(policies.STRUCTURE_MANAGE, department.scope),
        "may_audit": user.can(policies.MODEL_AUDIT),
    }


def _card(direction: Direction) -> DirectionCard:
    language = get_language() or "ru"
    model = model_direction(direction.code)
    staff: list[StaffRow] = [row for row in POSITIONS if row.direction == direction.code]
    return DirectionCard(
        direction,
        tuple(stage.title(language) for stage in model.stages),
        model.audience(language),
        list(direction.units.all()),
        [(row.code, row.title(language)) for row in staff],
    )
