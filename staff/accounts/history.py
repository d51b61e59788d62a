"""The audit trail of one row, for its own page."""

from __future__ import annotations

from typing import Any

from django.db import models

from staff.accounts import policies
from staff.accounts.audit_registry import action_label
from staff.accounts.audit_text import changes_of
from staff.accounts.models import AuditEvent, User

SHOWN = 20


def history(viewer: User, row: models.Model) -> list[dict[str, Any]]:
    """What was done to ``row``, newest first, as `components/timeline.html` draws it.

    Empty for those who may not read the audit trail. One query.
    """
    if not viewer.can(policies.AUDIT_VIEW):
        return []
    events = AuditEvent.objects.visible_to(viewer, policies.AUDIT_VIEW).filter(
        target_type=row._meta.label, target_id=str(getattr(row, "uid", row.pk))
    )
    return [
        {
            "at": event.at,
            "title": action_label(event.action),
            "text": _words(event),
            "who": event.actor_label,
        }
        for event in events.order_by("-at")[:SHOWN]
    ]


def _words(event: AuditEvent) -> str:
    parts = [f"{each.name}: {each.before} → {each.after}" for each in changes_of(event)]
    if not event.before:  # a new row has no "before" worth showing
        parts = [f"{each.name}: {each.after}" for each in changes_of(event) if each.after != "—"]
    return "; ".join([*([event.reason] if event.reason else []), *parts])
