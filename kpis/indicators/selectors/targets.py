"""Targets: those in force, their history, and which months are closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from django.db.models import Q, QuerySet

from kpis.indicators.models import MonthlyReport, Target
from kpis.register.models import Subject
from staff.accounts.models import Scope
from staff.people.models import Employee

ByHolder = dict[tuple[int | None, int | None, int], Target]


def targets_in_force(
    *,
    scope: Scope,
    months: Iterable[dt.date],
    employee: Employee | None = None,
    subject: Subject | None = None,
) -> dict[tuple[int, dt.date], Target]:
    """The newest target of the scope itself, or of one person or campaign of it, by (kpi id,
    month). One query."""
    rows = Target.objects.filter(
        scope=scope, employee=employee, subject=subject, month__in=list(months)
    ).in_force()
    return {(row.kpi_id, row.month): row for row in rows.select_related("author")}


def targets_of_holders(
    *, scope: Scope, month: dt.date, employees: Collection[int], subjects: Collection[int]
) -> ByHolder:
    """Targets in force of the people and campaigns of ``scope`` by (employee id, subject id, KPI
    id). One query."""
    whose = Q(employee__in=employees) | Q(subject__in=subjects)
    rows = Target.objects.filter(whose, scope=scope, month=month).in_force()
    return {(row.employee_id, row.subject_id, row.kpi_id): row for row in rows}


def targets_changed(*, scope: Scope, month: dt.date) -> QuerySet[Target]:
    """Rows that replaced an earlier target of ``month``: the report's footnotes. Oldest first."""
    rows = Target.objects.filter(scope=scope, employee=None, subject=None, month=month)
    rows = rows.exclude(reason="").select_related("kpi", "author")
    return rows.order_by("kpi__position", "created_at", "pk")


def closed_months(*, scope: Scope, months: Iterable[dt.date]) -> set[dt.date]:
    """Months of ``scope`` whose report, or that of a scope above it, is approved: a direction's
    month is closed with its department's. One query."""
    rows = MonthlyReport.objects.filter(
        scope_id__in=scope.ancestor_ids(), month__in=list(months), approved_at__isnull=False
    )
    return set(rows.values_list("month", flat=True))
