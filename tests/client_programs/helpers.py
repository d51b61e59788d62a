"""Client groups and programmes to test with, made through the services."""

from __future__ import annotations

import datetime as dt
from typing import Any

from client_programs.models import ClientGroup, Programme
from client_programs.services.groups import group_create
from client_programs.services.programmes import programme_create, programme_move
from departments.structure.models import Department, Direction
from staff.accounts.models import User

START = dt.date(2026, 3, 2)


def make_group(actor: User, department: Department, name: str = "Young parents") -> ClientGroup:
    return group_create(
        actor=actor,
        department=department,
        name=name,
        description="Children under three",
        size_estimate=1200,
        size_on=START,
    )


def fields(group: ClientGroup, **changes: Any) -> dict[str, Any]:
    """What the programme's services take."""
    return {
        "name": "Second visit",
        "group": group,
        "goal": "Every third buyer comes again",
        "starts_on": START,
        "ends_on": None,
        "responsible": None,
    } | changes


def make_programme(
    actor: User, direction: Direction, group: ClientGroup, **changes: Any
) -> Programme:
    return programme_create(actor=actor, direction=direction, **fields(group, **changes))


def run(actor: User, programme: Programme) -> Programme:
    """Through training into work."""
    for state in ("training", "running"):
        programme = programme_move(actor=actor, programme=programme, state=state)
    return programme
