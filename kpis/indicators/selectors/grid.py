"""The grid of targets: months of a year × KPIs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from departments.structure.models import Department
from kpis.indicators.engine.values import Reason, Value, exact
from kpis.indicators.measure import Measure
from kpis.indicators.models import Kpi, Target
from kpis.indicators.selectors.targets import closed_months, targets_in_force
from staff.accounts.models import Scope


@dataclass(frozen=True, slots=True)
class Cell:
    """One target of the grid; a closed one no longer changes."""

    kpi: Kpi
    month: dt.date
    measure: Measure
    target: Target | None
    closed: bool

    @property
    def value(self) -> Value:
        stored = self.target.value if self.target else None
        return Value.of(None if stored is None else exact(stored), Reason.NO_PLAN)

    @property
    def typed(self) -> str:
        """The value as a person would type it."""
        number = self.value.number
        return "" if number is None else self.measure.typed(number)


@dataclass(frozen=True, slots=True)
class Line:
    month: dt.date
    closed: bool
    cells: tuple[Cell, ...]


def grid(*, department: Department, year: int) -> tuple[list[Kpi], list[Line]]:
    """Columns and lines of ``year``. Three queries."""
    months = [dt.date(year, number, 1) for number in range(1, 13)]
    kpis = list(Kpi.objects.filter(level=Kpi.Level.DEPARTMENT))
    scope, currency = department.scope, department.company.currency
    targets = targets_in_force(scope=scope, months=months)
    closed = closed_months(scope=scope, months=months)
    return kpis, [
        Line(
            month,
            month in closed,
            tuple(
                Cell(
                    kpi,
                    month,
                    Measure.of(kpi, currency),
                    targets.get((kpi.pk, month)),
                    month in closed,
                )
                for kpi in kpis
            ),
        )
        for month in months
    ]


def cell_of(*, department: Department, kpi: Kpi, month: dt.date) -> Cell:
    """One cell of the grid. Two queries."""
    scope = department.scope
    target = targets_in_force(scope=scope, months=[month]).get((kpi.pk, month))
    closed = bool(closed_months(scope=scope, months=[month]))
    return Cell(kpi, month, Measure.of(kpi, department.company.currency), target, closed)


def versions_of(*, scope: Scope, kpi: Kpi, month: dt.date) -> QuerySet[Target]:
    """Every row ever written for one target, the newest first."""
    rows = Target.objects.filter(scope=scope, kpi=kpi, month=month).select_related("author")
    return rows.order_by("-created_at", "-pk")
