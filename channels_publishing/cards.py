"""Read models of the pages of a channel and a placement."""

from __future__ import annotations

from typing import Any

from channels_publishing import policies
from channels_publishing.models import Channel, Placement
from channels_publishing.tables import STATE_TONES, VERDICT_TONES
from staff.accounts.history import history
from staff.accounts.models import User

RECENT = 20


def channel_card(user: User, channel: Channel) -> dict[str, Any]:
    """The channel, its latest placements, what the person may do."""
    scope = channel.direction.scope
    in_use = channel.archived_at is None
    placements = channel.placements.order_by("-planned_at")
    return {
        "title": channel.name,
        "channel": channel,
        "verdict_tone": VERDICT_TONES.get(channel.verdict, ""),
        "placements": [(row, STATE_TONES.get(row.state, "")) for row in placements[:RECENT]],
        "may_manage": in_use and user.can(policies.CHANNEL_MANAGE, scope),
        "may_plan": in_use and user.can(policies.PLACEMENT_MANAGE, scope),
        "history": history(user, channel),
    }


def placement_card(user: User, placement: Placement) -> dict[str, Any]:
    """The placement and the steps open to the person."""
    scope = placement.channel.direction.scope
    state, states = placement.state, Placement.State
    manages = user.can(policies.PLACEMENT_MANAGE, scope)
    checks = user.can(policies.PLACEMENT_CHECK, scope)
    return {
        "title": placement.title,
        "placement": placement,
        "tone": STATE_TONES.get(state, ""),
        "may_edit": manages and state != states.CANCELLED,
        "may_place": manages and state in (states.PLANNED, states.DEFECT),
        "may_cancel": manages and state == states.PLANNED,
        "may_check": checks and state in (states.PLACED, states.CHECKED),
        "history": history(user, placement),
    }
