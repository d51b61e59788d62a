"""Read models of a task's card."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import QuerySet

from departments.work.models import LogLine, Occurrence, OperationalTask
from staff.accounts.audit_registry import action_label
from staff.accounts.models import AuditEvent

HISTORY_ROWS = 50


def log_lines(occurrence: Occurrence) -> QuerySet[LogLine]:
    return occurrence.log_lines.kept().select_related("user").order_by("created_at")


def history(row: models.Model) -> list[dict[str, Any]]:
    """The audit trail of one row for the timeline, the newest first."""
    events = AuditEvent.objects.filter(
        target_type=row._meta.label, target_id=str(getattr(row, "uid", row.pk))
    ).order_by("-at")
    return [
        {
            "at": event.at,
            "title": action_label(event.action),
            "text": event.reason,
            "who": event.actor_label,
        }
        for event in events[:HISTORY_ROWS]
    ]


def occurrences_of(task: OperationalTask) -> QuerySet[Occurrence]:
    """The last times a task was due, the newest first."""
    return task.occurrences.select_related("assignee", "task").order_by("-due_on", "-pk")[:20]
