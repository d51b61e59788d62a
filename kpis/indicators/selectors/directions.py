"""The directions A, B, C: what of them is real today."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from departments.structure.models import Department, Direction
from departments.work.models import Occurrence
from departments.work.models.occurrence import OPEN, Status

REMEMBERED = "_directions"


@dataclass(frozen=True, slots=True)
class DirectionDay:
    """Operational tasks of a direction in a period: due, done, and overdue by now."""

    direction: Direction
    due: int
    done: int
    overdue: int


def directions_in(department: Department) -> list[Direction]:
    """The directions with their scopes. One query for one row of the department, however often a
    page asks."""
    known: list[Direction] | None = department.__dict__.get(REMEMBERED)
    if known is None:
        known = list(Direction.objects.filter(department=department).select_related("scope"))
        department.__dict__[REMEMBERED] = known
    return known


def directions_today(department: Department, day: dt.date) -> list[DirectionDay]:
    """Tasks due on ``day`` and overdue ones from before. Two queries."""
    return _counted(department, Q(due_on=day) | Q(due_on__lt=day, status__in=OPEN))


def directions_over(department: Department, first: dt.date, last: dt.date) -> list[DirectionDay]:
    """Tasks due from ``first`` to ``last``. Two queries."""
    return _counted(department, Q(due_on__gte=first, due_on__lte=last))


def _counted(department: Department, which: Q) -> list[DirectionDay]:
    rows = (
        Occurrence.objects.filter(which, task__department=department)
        .values("task__direction")
        .annotate(
            due=Count("pk"),
            done=Count("pk", filter=Q(status=Status.DONE)),
            overdue=Count("pk", filter=Q(status__in=OPEN, due_at__lt=timezone.now())),
        )
        .values_list("task__direction", "due", "done", "overdue")
    )
    counts = {direction: numbers for direction, *numbers in rows}
    found = []
    for direction in directions_in(department):
        due, done, overdue = counts.get(direction.pk, (0, 0, 0))
        found.append(DirectionDay(direction, due, done, overdue))
    return found
