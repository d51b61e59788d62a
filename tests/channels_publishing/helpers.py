"""Channels and placements to test with, made through the services."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from channels_publishing.models import Channel, Placement
from channels_publishing.services.channels import channel_create
from channels_publishing.services.placements import placement_plan
from departments.structure.models import Direction
from kpis.register.models import Source
from staff.accounts.models import User
from staff.people.models import Employee


def make_channel(
    actor: User,
    direction: Direction,
    name: str = "VK group",
    *,
    kind: str = "group",
    responsible: Employee | None = None,
    source: Source | None = None,
) -> Channel:
    return channel_create(
        actor=actor,
        direction=direction,
        kind=kind,
        name=name,
        url="https://social.example/alpha",
        audience="Young parents",
        responsible=responsible,
        source=source,
    )


def plan(
    actor: User,
    channel: Channel,
    title: str = "Spring post",
    *,
    planned_at: dt.datetime | None = None,
    cost: Decimal | None = None,
) -> Placement:
    moment = planned_at or timezone.now() + dt.timedelta(days=1)
    return placement_plan(actor=actor, channel=channel, title=title, planned_at=moment, cost=cost)
