"""Notes on days: of a chart, and which days they take out of the norm."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet

from kpis.indicators import policies
from kpis.indicators.models import Annotation, Kpi
from staff.accounts.models import Scope, User
from staff.accounts.models.scope import within


def annotations_of(
    *, scope: Scope, kpi: Kpi | None, first: dt.date, last: dt.date
) -> QuerySet[Annotation]:
    """Notes that touch the days ``first`` … ``last`` of ``scope``: its own and those of everything
    above it, about ``kpi`` or about all KPIs; with ``kpi`` None about any. Oldest first. One query.
    """
    rows = _touching(scope, first, last)
    if kpi is not None:
        rows = rows.filter(Q(kpi=kpi) | Q(kpi=None))
    return rows.select_related("kpi", "author", "scope").order_by("first_day", "pk")


def days_out_of_norm(
    *, scope: Scope, first: dt.date, last: dt.date
) -> dict[int | None, set[dt.date]]:
    """Days that notes call unusual, by the KPI's id (None: for all of them). One query."""
    found: dict[int | None, set[dt.date]] = {}
    rows = _touching(scope, first, last).filter(excludes_from_norm=True)
    for kpi, start, end in rows.values_list("kpi_id", "first_day", "last_day"):
        day, until = max(start, first), min(end, last)
        while day <= until:
            found.setdefault(kpi, set()).add(day)
            day += dt.timedelta(days=1)
    return found


def _touching(scope: Scope, first: dt.date, last: dt.date) -> QuerySet[Annotation]:
    return Annotation.objects.filter(
        scope_id__in=scope.ancestor_ids(), first_day__lte=last, last_day__gte=first
    )


def annotations_visible(user: User) -> QuerySet[Annotation]:
    """Notes inside the person's scope, and those above it that concern it too."""
    rows = Annotation.objects.select_related("kpi", "scope", "author")
    if user.is_superuser:
        return rows
    paths = user.paths_with(policies.KPI_VIEW)
    above = {int(part) for path in paths for part in path.strip("/").split("/") if part}
    return rows.filter(within(paths) | Q(scope_id__in=above))
