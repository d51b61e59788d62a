"""What the model audit learns about indicators: H.G2, E.1, E.2."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.lib.dates import month_first
from departments.structure.audit_registry import Finding, State, register_probe
from departments.structure.models import Department
from departments.work.clock import today_of
from kpis.indicators.models import Kpi
from kpis.indicators.selectors.targets import targets_in_force


@register_probe
def indicators_probe(department: Department) -> Mapping[str, Finding]:
    """Targets of this month's dashboard, explained KPIs, levels that have KPIs. Three queries."""
    kpis = Kpi.objects.filter(archived_at=None)
    levels = dict(kpis.order_by().values_list("level").annotate(count=Count("pk")))
    total = sum(levels.values())
    page = reverse("indicators:kpi-list")
    explained = ngettext(
        "%(count)s KPI explains itself", "%(count)s KPIs explain themselves", total
    ) % {"count": total}
    return {
        "H.G2": _targets(department, set(kpis.filter(is_main=True).values_list("pk", flat=True))),
        "E.1": Finding(State.PRESENT if total else State.MISSING, explained, page),
        "E.2": _levels(levels, page),
    }


def _targets(department: Department, kpis: set[int]) -> Finding:
    """The KPIs a department is judged by are those of its dashboard; the rest of the library waits
    to be chosen."""
    month = month_first(today_of(department))
    rows = targets_in_force(scope=department.scope, months=[month]).values()
    count = sum(row.value is not None and row.kpi_id in kpis for row in rows)
    text = _("%(count)s of %(total)s KPIs have a target this month") % {
        "count": count,
        "total": len(kpis),
    }
    state = State.PRESENT if kpis and count == len(kpis) else State.EMPTY
    return Finding(state, text, reverse("indicators:targets"))


def _levels(levels: Mapping[str, int], page: str) -> Finding:
    """Present only when all three levels have KPIs."""
    there = [str(level.label) for level in Kpi.Level if levels.get(level)]
    missing = [str(level.label) for level in Kpi.Level if not levels.get(level)]
    if not missing:
        return Finding(State.PRESENT, ", ".join(there), page)
    text = _("There are: %(there)s. Not yet: %(missing)s.") % {
        "there": ", ".join(there) or "—",
        "missing": ", ".join(missing),
    }
    return Finding(State.EMPTY if there else State.MISSING, text, page)
