"""What the model audit learns about the minimal staff (A.S1 … C.S3)."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.lib.dates import today
from departments.structure.audit_registry import Finding, State, register_probe
from departments.structure.blueprint import POSITIONS
from departments.structure.models import Department
from staff.people.models import Position


@register_probe
def positions_probe(department: Department) -> Mapping[str, Finding]:
    """Held by somebody today, vacant, or not on the staff list. One query."""
    rows = Position.objects.filter(department=department).exclude(model_code="")
    counted = rows.with_headcount(today(department.company.time_zone))
    known = {position.model_code: position for position in counted}
    return {row.code: _finding(known.get(row.code)) for row in POSITIONS}


def _finding(position: Position | None) -> Finding:
    if position is None:
        url = reverse("people:position-list")
        return Finding(State.MISSING, _("Not on the staff list"), url)
    count = getattr(position, "appointed", 0)
    if not count:
        return Finding(State.EMPTY, _("Vacant"), position.get_absolute_url())
    words = ngettext("%(count)s person", "%(count)s people", count) % {"count": count}
    return Finding(State.PRESENT, words, position.get_absolute_url())
