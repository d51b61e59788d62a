"""Read models of the pages of a client group and a programme."""

from __future__ import annotations

from typing import Any

from client_programs import policies
from client_programs.models import ClientGroup, Programme
from client_programs.services.programmes import NEXT
from client_programs.tables import STATE_TONES
from staff.accounts.history import history
from staff.accounts.models import User

RECENT = 20


def group_card(user: User, group: ClientGroup) -> dict[str, Any]:
    """The group and its programmes that the person may see."""
    visible = Programme.objects.visible_to(user, policies.PROGRAMME_VIEW).filter(group=group)
    in_use = group.archived_at is None
    return {
        "title": group.name,
        "group": group,
        "programmes": [(row, STATE_TONES.get(row.state, "")) for row in visible[:RECENT]],
        "may_manage": in_use and policies.can_manage_groups(user, group.department),
        "may_draft": in_use and user.can(policies.PROGRAMME_MANAGE),
        "history": history(user, group),
    }


def programme_card(user: User, programme: Programme) -> dict[str, Any]:
    """The programme and the steps open to the person."""
    may = user.can(policies.PROGRAMME_MANAGE, programme.direction.scope)
    return {
        "title": programme.name,
        "programme": programme,
        "tone": STATE_TONES.get(programme.state, ""),
        "may_edit": may and programme.state != Programme.State.CLOSED,
        "next": NEXT[programme.state] if may else (),
        "history": history(user, programme),
    }
