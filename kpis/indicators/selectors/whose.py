"""Whose figures are asked for: a department's or those of one of its directions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from config.lib.errors import Invalid
from departments.structure.models import Department, Direction
from staff.accounts.models import Scope, User


@dataclass(frozen=True, slots=True)
class Whose:
    """A department, or a direction of it. ``uid`` is the row's own."""

    department: Department
    direction: Direction | None = None

    @property
    def scope(self) -> Scope:
        return self.direction.scope if self.direction else self.department.scope

    @property
    def uid(self) -> str:
        return str(self.direction.uid if self.direction else self.department.uid)

    @property
    def name(self) -> str:
        """The direction's letter or the department's name."""
        return self.direction.code if self.direction else self.department.name


def whose_figures(user: User | None, right: str) -> list[Whose]:
    """What ``user`` may ask about with ``right``, None for whoever sits at the machine:
    every department followed by its directions. Two queries."""
    departments = Department.objects.select_related("company__scope", "scope").order_by("pk")
    if user is not None:
        departments = departments.visible_to(user, right)
    directions: dict[int, list[Direction]] = {}
    rows = Direction.objects.filter(department__in=departments.values("pk").order_by())
    for direction in rows.select_related("scope").order_by("code"):
        if user is None or user.can(right, direction.scope):
            directions.setdefault(direction.department_id, []).append(direction)
    return [
        whose
        for department in departments
        for whose in (
            Whose(department),
            *(Whose(department, direction) for direction in directions.get(department.pk, ())),
        )
    ]


def whose_called(known: Sequence[Whose], wanted: str | None) -> Whose:
    """The one with the uid or name ``wanted``; without it the only department.

    Raises `Invalid`: "not_found" for none, "ambiguous" for several.
    """
    if wanted is None:
        found = [whose for whose in known if whose.direction is None]
        several = _("There are several departments: say which one by its uid.")
    else:
        found = [whose for whose in known if wanted in {whose.uid, whose.name}]
        several = _("Several departments or directions are called so: give the uid.")
    if not found:
        text = _("There is no such department or direction.")
        raise Invalid(code="not_found", fields={"scope": text})
    if len(found) > 1:
        raise Invalid(code="ambiguous", fields={"scope": several})
    return found[0]
