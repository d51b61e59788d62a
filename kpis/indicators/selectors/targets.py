"""Targets: those in force, their history, and which months are closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import QuerySet

from kpis.indicators.models import MonthlyReport, Target
from staff.accounts.models import Scope


def targets_in_force(
    *, scope: Scope, months: Iterable[dt.date]
) -> dict[tuple[int, dt.date], Target]:
    """The newest target by (kpi id, month). One query."""
    rows = Target.objects.filter(scope=scope, month__in=list(months)).in_force()
    return {(row.kpi_id, row.month): row for row in rows.select_related("author")}


def targets_changed(*, scope: Scope, month: dt.date) -> QuerySet[Target]:
    """Rows that replaced an earlier target of ``month``: the report's footnotes. Oldest first."""
    rows = Target.objects.filter(scope=scope, month=month).exclude(reason="")
    return rows.select_related("kpi", "author").order_by("kpi__position", "created_at", "pk")


def closed_months(*, scope: Scope, months: Iterable[dt.date]) -> set[dt.date]:
    """Months of ``scope`` whose report is approved. One query."""
    rows = MonthlyReport.objects.filter(
        scope=scope, month__in=list(months), approved_at__isnull=False
    )
    return set(rows.values_list("month", flat=True))
