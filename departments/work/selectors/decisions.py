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


def decisions_decided(user: User) -> QuerySet[Decision]:
    """The last answers, the newest first."""
    visible = Decision.objects.visible_to(user, policies.DECISION_VIEW)
    decided = visible.exclude(state=Decision.State.OPEN)
    return decided.select_related("decided_by", "raised_by").order_by("-decided_at")[:20]
