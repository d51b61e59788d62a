"""What the model audit knows about choosing people: H.W2."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from departments.structure.audit_registry import Finding, State, register_probe
from staff.hiring.models import Candidate, Vacancy

if TYPE_CHECKING:
    from departments.structure.models import Department


@register_probe
def hiring(department: Department) -> Mapping[str, Finding]:
    """Present: candidates are or were in work; empty: open vacancies without a candidate; missing:
    never used."""
    vacancies = Vacancy.objects.filter(position__department=department).aggregate(
        known=Count("pk"), open=Count("pk", filter=Q(state=Vacancy.State.OPEN))
    )
    decided = (Candidate.Stage.HIRED, Candidate.Stage.REFUSED)
    candidates = Candidate.objects.filter(vacancy__position__department=department).aggregate(
        known=Count("pk"), live=Count("pk", filter=~Q(stage__in=decided))
    )
    page = reverse("hiring:vacancy-list")
    if live := candidates["live"]:
        words = ngettext("%(count)d candidate in work", "%(count)d candidates in work", live)
        return {"H.W2": Finding(State.PRESENT, words % {"count": live}, page)}
    if vacancies["open"]:
        words = gettext("open vacancies without candidates")
        return {"H.W2": Finding(State.EMPTY, words, page)}
    if candidates["known"]:
        return {"H.W2": Finding(State.PRESENT, gettext("nobody is looked for now"), page)}
    return {"H.W2": Finding(State.MISSING, gettext("no vacancy was opened yet"), page)}
