"""The director's month: what the A4 page and its exports show."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from config.lib.dates import add_months, month_first
from departments.structure.models import Department
from kpis.indicators.engine.change import Change, change
from kpis.indicators.engine.forecast import ForecastMethod
from kpis.indicators.engine.periods import LOOK_BACK, month_of
from kpis.indicators.engine.scorecard import department_total
from kpis.indicators.engine.values import State, Value
from kpis.indicators.measure import drawn
from kpis.indicators.models import MonthlyReport, Target
from kpis.indicators.selectors.definitions import codes_of, defined_kpis
from kpis.indicators.selectors.directions import DirectionDay, directions_over
from kpis.indicators.selectors.inputs import inputs
from kpis.indicators.selectors.readings import Reading, read, values_over
from kpis.indicators.selectors.scope import figures_scope
from kpis.indicators.selectors.targets import targets_changed, targets_in_force
from kpis.register.selectors.series import newest_day
from staff.accounts.models import User
from staff.accounts.rights import Role
from staff.accounts.selectors import people_with

MONTHS_DRAWN = 13


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A KPI: its month, its variance from the plan to date, and thirteen months (None: no value, or
    the month of a flow that goes on)."""

    reading: Reading
    variance: Change
    points: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class MonthPage:
    """``total`` is the department's attainment; ``covered`` the share of days × sources present."""

    department: Department
    month: dt.date
    rows: tuple[ReportRow, ...]
    total: Value
    report: MonthlyReport | None
    directions: tuple[DirectionDay, ...]
    changed_targets: tuple[Target, ...]
    responsible: tuple[User, ...]
    covered: Fraction | None
    has_data: bool
    previous_month: dt.date
    next_month: dt.date | None
    is_over: bool

    @property
    def as_of(self) -> dt.date:
        """The last day of the least advanced KPI."""
        return min(row.reading.as_of for row in self.rows)

    @property
    def is_final(self) -> bool:
        """Whether every KPI that has a value is settled."""
        known = [row.reading.fact for row in self.rows if row.reading.fact.value.number is not None]
        return bool(known) and all(fact.state is State.FINAL for fact in known)

    @property
    def is_whole(self) -> bool:
        return all(row.reading.is_whole for row in self.rows)


def month_page(*, department: Department, month: dt.date, today: dt.date) -> MonthPage:
    """The report of ``month``. Twelve queries, whatever the register holds."""
    period, scope = month_of(month), department.scope
    months = [month_of(add_months(month, -back)) for back in reversed(range(MONTHS_DRAWN))]
    kpis = defined_kpis()
    span = (months[0].first - LOOK_BACK, period.last)
    data = inputs(scope=figures_scope(department), codes=codes_of(kpis), spans=[span])
    targets = targets_in_force(scope=scope, months=[month])
    rows = []
    for item in kpis:
        target = targets.get((item.kpi.pk, month))
        reading = read(item, data, period, today, target, department.company.currency)
        points = values_over(reading.formula, data, months[:-1], today)
        # A part of a month would look like a fall of a flow; a ratio may be compared.
        comparable = reading.is_whole or reading.forecast_method is ForecastMethod.RATIO
        points.append(reading.fact.value.number if comparable else None)
        rows.append(
            ReportRow(
                reading,
                change(reading.plan_to_date, reading.fact.value),
                tuple(drawn(point) for point in points),
            )
        )
    facts = [row.reading.fact for row in rows]
    expected = sum(fact.expected for fact in facts)
    following = add_months(month, 1)
    return MonthPage(
        department=department,
        month=month,
        rows=tuple(rows),
        total=department_total([row.reading.attained for row in rows]),
        report=MonthlyReport.objects.filter(scope=scope, month=month)
        .select_related("prepared_by", "approved_by")
        .first(),
        directions=tuple(directions_over(department, period.first, period.last)),
        changed_targets=tuple(targets_changed(scope=scope, month=month)),
        responsible=tuple(people_with(frozenset({Role.HEAD}), scope)),
        covered=Fraction(sum(fact.covered for fact in facts), expected) if expected else None,
        has_data=any(fact.value.number is not None for fact in facts),
        previous_month=add_months(month, -1),
        next_month=following if following <= month_first(today) else None,
        is_over=period.last < today,
    )


def latest_month(department: Department, today: dt.date) -> dt.date:
    """The last month that is over, or the last one before it that the register knows of."""
    over = add_months(month_first(today), -1)
    newest = newest_day(figures_scope(department))
    return min(over, month_first(newest)) if newest else over
