"""The grid of targets: months of a year × KPIs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from departments.structure.models import Department, Direction
from kpis.indicators.engine.attain import Better
from kpis.indicators.engine.plan import PlanMethod
from kpis.indicators.engine.values import Reason, Value, exact
from kpis.indicators.measure import Measure
from kpis.indicators.models import Kpi, Target
from kpis.indicators.selectors.targets import closed_months, targets_in_force
from kpis.register.models import Subject
from staff.accounts.models import Scope
from staff.people.models import Employee


@dataclass(frozen=True, slots=True)
class Aim:
    """Whose target: a direction's, a person's, a campaign's, else the department's."""

    department: Department
    direction: Direction | None = None
    employee: Employee | None = None
    subject: Subject | None = None

    @property
    def scope(self) -> Scope:
        return self.direction.scope if self.direction else self.department.scope

    @property
    def name(self) -> str:
        return str(self.direction or self.employee or self.subject or self.department)

    @property
    def query(self) -> str:
        """What leads an address of the targets to it."""
        if self.direction:
            return f"direction={self.direction.uid}"
        if self.employee:
            return f"employee={self.employee.uid}"
        return f"subject={self.subject.uid}" if self.subject else ""

    @property
    def is_single(self) -> bool:
        """One person or campaign: it has no grid of its own."""
        return bool(self.employee or self.subject)


@dataclass(frozen=True, slots=True)
class Cell:
    """One target of the grid; a closed one no longer changes."""

    kpi: Kpi
    month: dt.date
    measure: Measure
    target: Target | None
    closed: bool
    aim: Aim

    @property
    def value(self) -> Value:
        stored = self.target.value if self.target else None
        return Value.of(None if stored is None else exact(stored), Reason.NO_PLAN)

    @property
    def upper(self) -> Value:
        """The upper edge of a corridor."""
        stored = self.target.upper if self.target else None
        return Value.of(None if stored is None else exact(stored), Reason.NO_PLAN)

    @property
    def is_corridor(self) -> bool:
        return self.kpi.better == Better.CORRIDOR

    @property
    def has_milestones(self) -> bool:
        return self.kpi.plan_method == PlanMethod.MILESTONES

    @property
    def typed(self) -> str:
        """The value as a person would type it."""
        number = self.value.number
        return "" if number is None else self.measure.typed(number)

    @property
    def upper_typed(self) -> str:
        number = self.upper.number
        return "" if number is None else self.measure.typed(number)

    @property
    def milestones_typed(self) -> str:
        """A line for each: ``15.11.2026 40``."""
        stored = self.target.milestones if self.target else []
        return "\n".join(
            f"{dt.date.fromisoformat(day):%d.%m.%Y} {self.measure.typed(exact(Decimal(due)))}"
            for day, due in stored
        )


@dataclass(frozen=True, slots=True)
class Line:
    month: dt.date
    closed: bool
    cells: tuple[Cell, ...]


def grid(*, aim: Aim, year: int) -> tuple[list[Kpi], list[Line]]:
    """Columns and lines of ``year``. Three queries."""
    months = [dt.date(year, number, 1) for number in range(1, 13)]
    kpis = list(Kpi.objects.filter(is_main=True, archived_at=None))
    currency = aim.department.company.currency
    targets = targets_in_force(
        scope=aim.scope, months=months, employee=aim.employee, subject=aim.subject
    )
    closed = closed_months(scope=aim.scope, months=months)
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
                    aim,
                )
                for kpi in kpis
            ),
        )
        for month in months
    ]


def cell_of(*, aim: Aim, kpi: Kpi, month: dt.date) -> Cell:
    """One cell of the grid. Two queries."""
    known = targets_in_force(
        scope=aim.scope, months=[month], employee=aim.employee, subject=aim.subject
    )
    closed = bool(closed_months(scope=aim.scope, months=[month]))
    measure = Measure.of(kpi, aim.department.company.currency)
    return Cell(kpi, month, measure, known.get((kpi.pk, month)), closed, aim)


def versions_of(*, aim: Aim, kpi: Kpi, month: dt.date) -> QuerySet[Target]:
    """Every row ever written for one target, the newest first."""
    rows = Target.objects.filter(
        scope=aim.scope, employee=aim.employee, subject=aim.subject, kpi=kpi, month=month
    )
    return rows.select_related("author").order_by("-created_at", "-pk")
