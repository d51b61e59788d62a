"""The director's month: what the A4 page, its exports and the letter show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from config.lib.dates import add_months, month_first
from departments.structure.models import Department
from departments.work.clock import date_of
from kpis.indicators.engine.attain import lamp_of
from kpis.indicators.engine.forecast import ForecastMethod, forecast
from kpis.indicators.engine.periods import LOOK_BACK, Grain, month_of, period_of
from kpis.indicators.engine.scorecard import department_total
from kpis.indicators.engine.units import UnitKind
from kpis.indicators.engine.values import State, Value
from kpis.indicators.models import KpiVersion, MonthlyReport, Target
from kpis.indicators.selectors.blocks import block_of
from kpis.indicators.selectors.campaigns import campaign_lines
from kpis.indicators.selectors.corrections import corrections_open
from kpis.indicators.selectors.definitions import Defined, codes_of, defined_kpis
from kpis.indicators.selectors.editions import closed_before, edition_of, sheet_kept
from kpis.indicators.selectors.inputs import Inputs
from kpis.indicators.selectors.known import Known, defined_at, inputs_at, targets_at
from kpis.indicators.selectors.outline import direction_lines, fund_lines
from kpis.indicators.selectors.readings import (
    Reading,
    look_back,
    read,
    value_over,
    values_over,
)
from kpis.indicators.selectors.scope import figures_scope
from kpis.indicators.selectors.targets import targets_changed
from kpis.indicators.sheet import (
    NO_DATA,
    CorrectionLine,
    FormulaNote,
    Head,
    Line,
    PartKept,
    Recipe,
    Sheet,
    TargetNote,
    Verdict,
)
from kpis.register.selectors.series import newest_day
from staff.accounts.rights import Role
from staff.accounts.selectors import people_with

MONTHS_DRAWN = 13


def month_sheet(
    *, department: Department, month: dt.date, today: dt.date, known: Known | None = None
) -> Sheet:
    """The report of ``month``: as it was approved, or, while it is open, from the register. With
    ``known`` all is as it was known at the end of that day."""
    kept = edition_of(scope=department.scope, month=month, known=known)
    if kept is not None:
        return sheet_kept(kept)
    return sheet_made(department=department, month=month, today=today, known=known)


def sheet_made(
    *, department: Department, month: dt.date, today: dt.date, known: Known | None = None
) -> Sheet:
    """From register, targets and formulas, whether or not a kept report stands beside it. How many
    queries it costs does not depend on what the register holds."""
    if known is not None:
        today = min(today, known.day)
    period, scope = month_of(month), department.scope
    figures = figures_scope(department)
    months = [month_of(add_months(month, -back)) for back in reversed(range(MONTHS_DRAWN))]
    kpis = defined_at(defined_kpis(), known)
    closed = [] if known else closed_before(scope=scope, month=month, since=months[0].first)
    formulas = [item.in_month(month) for item in kpis]
    formulas += [line.recipe.formula(None) for one in closed for line in one.lines]
    back = max([LOOK_BACK, *(look_back(formula) for formula in formulas)])
    codes = [*codes_of(kpis), *(code for formula in formulas for code in formula.codes)]
    data = inputs_at(
        scope=figures, codes=codes, spans=[(months[0].first - back, period.last)], known=known
    )
    targets = targets_at(scope=scope, months=[month], known=known)
    responsible = ", ".join(str(person) for person in people_with(frozenset({Role.HEAD}), scope))
    lines = []
    for item in kpis:
        target = targets.get((item.kpi.pk, month))
        reading = read(item, data, period, today, target, department.company)
        points = values_over(reading.formula, data, months[:-1], today)
        # A part of a month would look like a fall of a flow; a ratio may be compared.
        comparable = reading.is_whole or reading.forecast_method is ForecastMethod.RATIO
        points.append(reading.fact.value.number if comparable else None)
        who = str(item.kpi.owner) if item.kpi.owner else responsible
        lines.append(_line(item, reading, data, today, points, who))
    head = _head(department, month, today, lines, known)
    drawn = {
        (one.first, line.recipe): point
        for line in lines
        for one, point in zip(months[:-1], line.points, strict=False)
    }
    corrections = corrections_open(
        scope=figures, closed=closed, data=data, today=today, drawn=drawn
    )
    return Sheet(_with_outline(head, department, month, known, corrections), tuple(lines))


def latest_month(department: Department, today: dt.date) -> dt.date:
    """The last month that is over, or the last one before it that the register knows of."""
    over = add_months(month_first(today), -1)
    newest = newest_day(figures_scope(department))
    return min(over, month_first(newest)) if newest else over


def _line(
    item: Defined,
    reading: Reading,
    data: Inputs,
    today: dt.date,
    points: Sequence[Fraction | None],
    who: str,
) -> Line:
    kpi, fact, measure = item.kpi, reading.fact, reading.measure
    return Line(
        code=kpi.code,
        name={"ru": kpi.name_ru, "en": kpi.name_en or kpi.name_ru},
        block=block_of(kpi),
        kind=measure.kind,
        decimals=measure.decimals,
        currency=measure.currency,
        better=reading.better,
        formula=reading.formula.version.formula,
        formula_from=reading.formula.version.valid_from,
        recipe=Recipe.of(reading.formula),
        weight=0 if kpi.is_informational else 1,
        as_of=reading.as_of,
        is_whole=reading.is_whole,
        fact=fact.value,
        plan=reading.plan,
        upper=reading.upper,
        due=reading.plan_to_date,
        attained=reading.attained,
        lamp=reading.lamp,
        amber_from=reading.thresholds.amber,
        year_ago=reading.year_ago.then.value,
        year_change=reading.year_ago.change,
        forecast=reading.forecast,
        method=reading.forecast_method,
        year_forecast=_year_forecast(reading, data, today),
        state=fact.state,
        covered=fact.covered,
        expected=fact.expected,
        incomplete=fact.incomplete,
        points=tuple(points),
        parts=_parts(reading, data),
        responsible=who,
    )


def _parts(reading: Reading, data: Inputs) -> tuple[PartKept, ...]:
    before = {(part.code, part.way): part.value for part in reading.previous.then.parts}
    return tuple(
        PartKept(
            part.code,
            {"ru": metric.name_ru, "en": metric.name_en or metric.name_ru},
            part.value,
            part.days,
            before.get((part.code, part.way), NO_DATA),
        )
        for part in reading.fact.parts
        for metric in [data.metrics[part.code]]
    )


def _year_forecast(reading: Reading, data: Inputs, today: dt.date) -> Value:
    """The formula over the whole calendar year, by what is known up to the reading's day."""
    year = period_of(Grain.YEAR, reading.period.first)
    formula = reading.formula
    series = {code: data.days[code] for code in formula.codes}
    if reading.as_of >= year.last:
        return value_over(formula, series, year, year.last, today, Grain.YEAR).value
    return forecast(
        formula.node,
        series,
        period=year,
        as_of=reading.as_of,
        pace=replace(reading.pace, milestones=()),
        today=today,
        grain=Grain.YEAR,
        span=formula.span,
        maturity_days=formula.maturity_days,
        kpis=formula.kpis,
    )


def _head(
    department: Department,
    month: dt.date,
    today: dt.date,
    lines: Sequence[Line],
    known: Known | None,
) -> Head:
    period = month_of(month)
    expected = sum(line.expected for line in lines)
    having = [line for line in lines if line.fact.number is not None]
    total = department_total([line.attained for line in lines if line.weight])
    return Head(
        company=str(department.company),
        department=str(department),
        month=month,
        currency=department.company.currency,
        total=total,
        total_lamp=lamp_of(total),
        as_of=min((line.as_of for line in lines), default=period.last),
        is_final=bool(having) and all(line.state is State.FINAL for line in having),
        is_whole=all(line.is_whole for line in lines),
        is_over=period.last < today,
        has_data=bool(having),
        covered=Fraction(sum(line.covered for line in lines), expected) if expected else None,
        known_on=known.day if known else None,
    )


def _with_outline(
    head: Head,
    department: Department,
    month: dt.date,
    known: Known | None,
    corrections: tuple[CorrectionLine, ...],
) -> Head:
    """The head with what stands around the KPIs."""
    directions, total = direction_lines(department=department, month=month, known=known)
    return replace(
        head,
        verdict=verdict_of(department, month, known),
        directions=directions,
        directions_total=total,
        funds=() if known else fund_lines(department.scope, month),
        campaigns=() if known else campaign_lines(scope=figures_scope(department), month=month),
        targets=_target_notes(department, month, known),
        formulas=_formula_notes(department, month, known),
        corrections=corrections,
    )


def verdict_of(department: Department, month: dt.date, known: Known | None) -> Verdict:
    """The head's words; none in a look back, words have no history."""
    report = (
        MonthlyReport.objects.filter(scope=department.scope, month=month)
        .select_related("prepared_by")
        .first()
    )
    if report is None or known is not None:
        return Verdict()
    return Verdict(
        report.achieved,
        report.cause,
        report.request,
        str(report.prepared_by or ""),
        report.updated_at,
    )


def _target_notes(
    department: Department, month: dt.date, known: Known | None
) -> tuple[TargetNote, ...]:
    rows: list[Target] = list(targets_changed(scope=department.scope, month=month))
    return tuple(
        TargetNote(
            name={"ru": row.kpi.name_ru, "en": row.kpi.name_en or row.kpi.name_ru},
            kind=UnitKind(row.kpi.unit),
            decimals=row.kpi.decimals,
            currency=department.company.currency,
            value=None if row.value is None else Fraction(row.value),
            on=date_of(department, row.created_at),
            who=str(row.author or ""),
            reason=row.reason,
        )
        for row in rows
        if row.employee_id is None
        and row.subject_id is None
        and (known is None or row.created_at <= known.at)
    )


def _formula_notes(
    department: Department, month: dt.date, known: Known | None
) -> tuple[FormulaNote, ...]:
    rows = KpiVersion.objects.filter(valid_from=month, kpi__is_main=True)
    if known is not None:
        rows = rows.filter(created_at__lte=known.at)
    return tuple(
        FormulaNote(
            {"ru": row.kpi.name_ru, "en": row.kpi.name_en or row.kpi.name_ru},
            row.formula,
            date_of(department, row.created_at),
            str(row.author or ""),
            row.reason,
        )
        for row in rows.select_related("kpi", "author").order_by("kpi__position")
    )
