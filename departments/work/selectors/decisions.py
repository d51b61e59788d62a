"""What waits for a person's decision."""

from __future__ import annotations

from django.db.models import QuerySet

from departments.work import policies
from departments.work.models import Decision
from staff.accounts.models import User


def decisions_waiting(user: User) -> QuerySet[Decision]:
    """Open questions the person may see, the oldest first. For the page and the dashboard."""
    visible = Decision.objects.open().visible_to(user, policies.DECISION_VIEW)
    return visible.select_related("raised_by", "scope")
