"""What stands around the KPIs of the report: the directions' way from cost to margin, the funds."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from departments.funds.selectors import FundRow, fund_summary
from departments.structure.models import Department
from kpis.indicators.engine.periods import Period, month_of
from kpis.indicators.engine.values import Reason, Value, exact
from kpis.indicators.selectors.directions import directions_over
from kpis.indicators.selectors.known import Known, inputs_at
from kpis.indicators.selectors.scope import figures_scope
from kpis.indicators.sheet import DirectionLine, FundLine
from staff.accounts.models import Scope

COSTS = ("media_cost", "production_cost", "service_cost")
METRICS = (*COSTS, "leads", "junk_leads", "orders", "gross_margin")
Totals = dict[str, Fraction | None]


def direction_lines(
    *, department: Department, month: dt.date, known: Known | None
) -> tuple[tuple[DirectionLine, ...], DirectionLine]:
    """The directions, what belongs to none of them (where there is such), and the total of the
    department: every column adds up to it, ROMI is counted from its sums."""
    period = month_of(month)
    whole = _totals(figures_scope(department), period, known)
    lines, rest = [], dict(whole)
    for day in directions_over(department, period.first, period.last):
        own = _totals(day.direction.scope, period, known)
        for code, number in own.items():
            left = rest[code]
            if number is not None and left is not None:
                rest[code] = left - number
        name = {"ru": day.direction.name_ru, "en": day.direction.name_en or day.direction.name_ru}
        lines.append(_line(day.direction.code, name, own, (day.due, day.done, day.overdue)))
    if any(rest.values()):
        lines.append(_line("", {}, {code: number or None for code, number in rest.items()}))
    tasks = [sum(column) for column in zip(*(_tasks(line) for line in lines), strict=True)]
    return tuple(lines), _line("", {}, whole, (tasks[0], tasks[1], tasks[2]) if tasks else None)


def fund_lines(scope: Scope, month: dt.date) -> tuple[FundLine, ...]:
    """The department's funds with their pots."""
    found: list[FundLine] = []
    for row in fund_summary(scope, month).rows:
        found.append(_fund(row))
        found += [_fund(part) for part in row.parts if row.has_pots]
    return tuple(found)


def _fund(row: FundRow) -> FundLine:
    return FundLine(
        {"ru": row.fund.name_ru, "en": row.fund.name_en or row.fund.name_ru},
        row.fund.currency,
        None if row.limit is None else exact(row.limit),
        exact(row.spent),
        None if row.available is None else exact(row.available),
    )


def _totals(scope: Scope, period: Period, known: Known | None) -> Totals:
    data = inputs_at(scope=scope, codes=METRICS, spans=[(period.first, period.last)], known=known)
    return {
        code: item.added_up([day for day in item.days if day in period])
        for code, item in data.days.items()
    }


def _line(
    code: str,
    name: dict[str, str],
    totals: Totals,
    tasks: tuple[int, int, int] | None = None,
) -> DirectionLine:
    """Cost is what is told of placement, production and services; leads are without junk."""
    costs = [number for key in COSTS if (number := totals[key]) is not None]
    leads, junk = totals["leads"], totals["junk_leads"]
    due, done, overdue = tasks or (0, 0, 0)
    return DirectionLine(
        code,
        name,
        _value(sum(costs, Fraction(0)) if costs else None),
        _value(None if leads is None else leads - (junk or 0)),
        _value(totals["orders"]),
        _value(totals["gross_margin"]),
        due,
        done,
        overdue,
    )


def _value(number: Fraction | None) -> Value:
    return Value.of(number, Reason.NO_DATA)


def _tasks(line: DirectionLine) -> tuple[int, int, int]:
    return line.tasks_due, line.tasks_done, line.tasks_overdue
