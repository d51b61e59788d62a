"""What the model audit knows about direction B: B.T1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from client_programs.models import Programme
from departments.structure.audit_registry import Finding, State, register_probe
from departments.work.clock import today_of

if TYPE_CHECKING:
    from departments.structure.models import Department


@register_probe
def programmes(department: Department) -> Mapping[str, Finding]:
    """Overdue: one runs past its last day; present: one is in work; empty: drafts or closed."""
    states = Programme.State
    late = Q(ends_on__lt=today_of(department), state=states.RUNNING)
    counted = Programme.objects.filter(direction__department=department).aggregate(
        known=Count("pk"),
        live=Count("pk", filter=Q(state__in=[states.TRAINING, states.RUNNING])),
        late=Count("pk", filter=late),
    )
    page = reverse("client_programs:programme-list")
    if count := counted["late"]:
        words = ngettext("%(count)d not closed in time", "%(count)d not closed in time", count)
        return {"B.T1": Finding(State.OVERDUE, words % {"count": count}, f"{page}?state=running")}
    if count := counted["live"]:
        words = ngettext("%(count)d programme in work", "%(count)d programmes in work", count)
        return {"B.T1": Finding(State.PRESENT, words % {"count": count}, page)}
    if counted["known"]:
        return {"B.T1": Finding(State.EMPTY, gettext("no programme in work"), page)}
    create = reverse("client_programs:programme-create")
    return {"B.T1": Finding(State.MISSING, gettext("no programme"), create)}
