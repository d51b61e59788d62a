"""Positions of the ideal model, installed into a new department."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from departments.structure.blueprint import POSITIONS
from departments.structure.install_registry import InstallOptions, register_installer
from departments.structure.models import Department, Unit
from staff.accounts.models import User
from staff.accounts.services.audit import audit
from staff.people.models import Position


def install_positions(department: Department, actor: User, options: InstallOptions) -> None:
    """The minimal staff of the chosen directions: places, nobody appointed yet."""
    known = set(department.positions.values_list("model_code", flat=True))
    directions = {each.code: each for each in department.directions.all()}
    units = {
        each.model_code: each for each in Unit.objects.filter(direction__department=department)
    }
    made = Position.objects.bulk_create(
        Position(
            scope_id=direction.scope_id,
            department=department,
            direction=direction,
            unit=units.get(row.unit_codes[0]),
            model_code=row.code,
            name_ru=row.ru,
            name_en=row.en,
        )
        for row in POSITIONS
        if row.direction in options.directions
        and row.code not in known
        and (direction := directions.get(row.direction)) is not None
    )
    audit(
        action="people.position.installed",
        actor=actor,
        target=department,
        scope=department.scope,
        after={"codes": [position.model_code for position in made]},
    )


register_installer(install_positions, part="positions", label=_("Positions"))
