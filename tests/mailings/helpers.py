"""Mailings to test with, made through the services."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from client_programs.models import ClientGroup
from client_programs.services.groups import group_create
from departments.structure.models import Department, Direction
from mailings.models import Mailing
from mailings.services import mailing_plan
from staff.accounts.models import User


def make_group(actor: User, department: Department, name: str = "Students") -> ClientGroup:
    return group_create(
        actor=actor,
        department=department,
        name=name,
        description="",
        size_estimate=None,
        size_on=None,
    )


def fields(group: ClientGroup, **changes: Any) -> dict[str, Any]:
    """What the services take."""
    return {
        "name": "Spring letter",
        "group": group,
        "medium": "email",
        "planned_at": timezone.now() + dt.timedelta(days=2),
        "responsible": None,
        "service_url": "https://mail.example/42",
    } | changes


def plan(actor: User, direction: Direction, group: ClientGroup, **changes: Any) -> Mailing:
    return mailing_plan(actor=actor, direction=direction, **fields(group, **changes))
