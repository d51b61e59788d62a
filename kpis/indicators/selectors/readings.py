"""A KPI in a month: fact, plan to date, attainment, forecast, comparisons — one read model for the
dashboard, the KPI page, the report and the command line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from departments.structure.models import Department
from departments.work.calendar import is_working
from kpis.indicators.engine.attain import Better, Lamp, attainment, lamp_of
from kpis.indicators.engine.change import Change, change
from kpis.indicators.engine.evaluate import Evaluation, evaluate
from kpis.indicators.engine.forecast import ForecastMethod, forecast, method_of
from kpis.indicators.engine.periods import (
    LOOK_BACK,
    Period,
    last_year,
    month_of,
    previous_month,
)
from kpis.indicators.engine.plan import PlanMethod, plan_to_date
from kpis.indicators.engine.series import MetricDays, last_complete_day
from kpis.indicators.engine.values import Reason, Value, exact
from kpis.indicators.measure import Measure
from kpis.indicators.models import Kpi, Target
from kpis.indicators.selectors.definitions import Defined, Formula, codes_of, defined_kpis
from kpis.indicators.selectors.inputs import Inputs, inputs
from kpis.indicators.selectors.scope import figures_scope
from kpis.indicators.selectors.targets import targets_in_force

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Compared:
    """The KPI in an earlier period, and the change since."""

    then: Evaluation
    change: Change


@dataclass(frozen=True, slots=True)
class Reading:
    """``as_of`` is the last complete day. Before the month's end the fact is compared with
    ``plan_to_date``; ``forecast`` with the full plan. ``loaded_at`` is the age of the figure, late
    after ``agreed_minutes``."""

    kpi: Kpi
    formula: Formula
    measure: Measure
    period: Period
    as_of: dt.date
    fact: Evaluation
    target: Target | None
    plan: Value
    plan_to_date: Value
    attained: Value
    lamp: Lamp
    forecast: Value
    forecast_attained: Value
    forecast_method: ForecastMethod
    previous: Compared
    year_ago: Compared
    last_day: Evaluation
    loaded_at: dt.datetime | None
    agreed_minutes: int | None

    @property
    def is_whole(self) -> bool:
        """Whether the month is over, so that fact and forecast are the same."""
        return self.as_of >= self.period.last

    @property
    def better(self) -> Better:
        return Better(self.kpi.better)


def spans_for(period: Period) -> list[tuple[dt.date, dt.date]]:
    """Days a reading needs: the month, the one before, last year's, each with four weeks before."""
    before = previous_month(period)
    year = last_year(period)
    return [(before.first - LOOK_BACK, period.last), (year.first - LOOK_BACK, year.last)]


def month_readings(
    *, department: Department, month: dt.date, today: dt.date
) -> tuple[list[Reading], Inputs]:
    """Every KPI of ``department`` in ``month``. ``today`` is the company's date. Nine queries."""
    period = month_of(month)
    kpis = defined_kpis()
    data = inputs(scope=figures_scope(department), codes=codes_of(kpis), spans=spans_for(period))
    targets = targets_in_force(scope=department.scope, months=[period.first])
    currency = department.company.currency
    return [
        read(item, data, period, today, targets.get((item.kpi.pk, period.first)), currency)
        for item in kpis
    ], data


def read(
    item: Defined,
    data: Inputs,
    period: Period,
    today: dt.date,
    target: Target | None,
    currency: str,
) -> Reading:
    """One KPI from what was fetched. Costs no query."""
    kpi, formula = item.kpi, item.in_month(period.first)
    series = {code: data.days[code] for code in formula.codes}
    as_of = as_of_day(series.values(), period, today)
    fact = evaluate(formula.node, series, period=period, as_of=as_of, today=today)
    better = Better(kpi.better)
    method = PlanMethod(kpi.plan_method)
    goal = exact(target.value) if target and target.value is not None else None
    due = plan_to_date(goal, period, as_of, method, is_working) if goal is not None else None
    attained = attainment(fact.value, due, better)
    ahead = fact.value
    if as_of < period.last:
        ahead = forecast(
            formula.node, series, period=period, as_of=as_of, method=method, is_working=is_working
        )
    elapsed = fact.elapsed or period
    loaded = [data.loaded_at[code] for code in formula.codes]
    return Reading(
        kpi=kpi,
        formula=formula,
        measure=Measure.of(kpi, currency),
        period=period,
        as_of=as_of,
        fact=fact,
        target=target,
        plan=Value.of(goal, Reason.NO_PLAN),
        plan_to_date=Value.of(due, Reason.NO_PLAN),
        attained=attained,
        lamp=lamp_of(attained),
        forecast=ahead,
        forecast_attained=attainment(ahead, goal, better),
        forecast_method=method_of(formula.node),
        previous=_compared(formula, series, previous_month(elapsed), today, fact),
        year_ago=_compared(formula, series, last_year(elapsed), today, fact),
        last_day=evaluate(
            formula.node, series, period=Period(as_of, as_of), as_of=as_of, today=today
        ),
        loaded_at=max((at for at in loaded if at), default=None),
        agreed_minutes=min(
            (data.agreed_hours[code] * 60 for code in formula.codes if code in data.agreed_hours),
            default=None,
        ),
    )


def as_of_day(series: Iterable[MetricDays], period: Period, today: dt.date) -> dt.date:
    """A month that is over is read to its end; the running one to its last complete day."""
    yesterday = today - ONE_DAY
    if period.last <= yesterday:
        return period.last
    return last_complete_day(series, yesterday) or yesterday


def values_over(
    formula: Formula, data: Inputs, periods: Sequence[Period], today: dt.date
) -> list[Fraction | None]:
    """The KPI in each of ``periods``, None where it has no value; for small charts."""
    series = {code: data.days[code] for code in formula.codes}
    return [
        evaluate(formula.node, series, period=one, as_of=one.last, today=today).value.number
        for one in periods
    ]


def last_days(as_of: dt.date, count: int = 28) -> list[Period]:
    """The ``count`` single days up to ``as_of``, oldest first."""
    days = (as_of - ONE_DAY * back for back in reversed(range(count)))
    return [Period(day, day) for day in days]


def _compared(
    formula: Formula,
    series: dict[str, MetricDays],
    period: Period,
    today: dt.date,
    fact: Evaluation,
) -> Compared:
    then = evaluate(formula.node, series, period=period, as_of=period.last, today=today)
    if then.incomplete and not fact.incomplete:
        # A month of ten known days would make any full one look like a triumph.
        return Compared(then, change(Value(reason=Reason.INCOMPLETE), fact.value))
    return Compared(then, change(then.value, fact.value))
