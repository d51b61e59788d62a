"""A KPI in a month: fact, plan to date, attainment, forecast, comparisons — one read model for the
dashboard, the KPI page, the report and the command line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from departments.structure.models import Company, Department
from departments.work.calendar import calendar_of
from kpis.indicators.engine.attain import (
    Better,
    Goal,
    Lamp,
    Thresholds,
    attainment,
    lamp_of,
)
from kpis.indicators.engine.change import Change, change
from kpis.indicators.engine.evaluate import (
    Evaluation,
    Leaf,
    calculate,
    evaluate,
    leaves_of,
)
from kpis.indicators.engine.forecast import ForecastMethod, forecast, method_of
from kpis.indicators.engine.periods import (
    LOOK_BACK,
    Grain,
    Period,
    last_year,
    month_of,
    previous,
    same_weekdays,
)
from kpis.indicators.engine.plan import Pace, PlanMethod, plan_to_date
from kpis.indicators.engine.points import numbers_over
from kpis.indicators.engine.sample import Interval, wilson
from kpis.indicators.engine.series import AddUp, MetricDays, last_complete_day
from kpis.indicators.engine.span import SpanKind
from kpis.indicators.engine.syntax import Operation
from kpis.indicators.engine.values import Reason, Value, exact
from kpis.indicators.measure import Measure
from kpis.indicators.models import Kpi, Target
from kpis.indicators.selectors.definitions import Defined, Formula, defined_kpis
from kpis.indicators.selectors.inputs import Inputs, inputs
from kpis.indicators.selectors.scope import figures_scope
from kpis.indicators.selectors.targets import targets_in_force
from staff.accounts.models import Scope

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
    weekdays_ago: Compared
    last_day: Evaluation
    loaded_at: dt.datetime | None
    agreed_minutes: int | None
    upper: Value
    interval: Interval | None
    uncertain: bool
    thresholds: Thresholds
    pace: Pace

    @property
    def is_whole(self) -> bool:
        """Whether the month is over, so that fact and forecast are the same."""
        return self.as_of >= self.period.last

    @property
    def better(self) -> Better:
        return Better(self.kpi.better)


def spans_for(
    period: Period, formulas: Iterable[Formula] = (), grain: Grain = Grain.MONTH
) -> list[tuple[dt.date, dt.date]]:
    """Days a reading needs: the period, the one before, last year's, each with four weeks before,
    and as many more as the longest span or shift of ``formulas`` looks back."""
    back = max([LOOK_BACK, *(look_back(formula) for formula in formulas)])
    before, year = previous(grain, period), last_year(period)
    year_first = min(year.first, same_weekdays(period).first)
    return [(before.first - back, period.last), (year_first - back, year.last)]


def look_back(formula: Formula) -> dt.timedelta:
    """How far before a period the formula reads."""
    days = LOOK_BACK.days
    spans = [formula.span, *(other.span for other in formula.kpis.values())]
    for span in spans:
        days = max(days, SPAN_DAYS.get(span.kind, span.days) + LOOK_BACK.days)
    for node in (formula.node, *(other.node for other in formula.kpis.values())):
        ways = {step for leaf in leaves_of(node) for step, _days in leaf.way}
        if "year_ago" in ways:
            days += 366
        if "previous" in ways:
            days += 92
        if "at_start" in ways:
            days += LOOK_BACK.days
    return dt.timedelta(days=days)


SPAN_DAYS = {SpanKind.PERIOD: 0, SpanKind.MONTH: 31, SpanKind.QUARTER: 92, SpanKind.YEAR: 366}


def month_readings(
    *, department: Department, month: dt.date, today: dt.date
) -> tuple[list[Reading], Inputs]:
    """Every main KPI of ``department`` in ``month``. ``today`` is the company's date. Nine
    queries."""
    return readings_of(
        defined_kpis(), department=department, month=month, today=today, scope=department.scope
    )


def readings_of(
    kpis: Sequence[Defined],
    *,
    department: Department,
    month: dt.date,
    today: dt.date,
    scope: Scope,
) -> tuple[list[Reading], Inputs]:
    """``kpis`` in ``month`` over the figures and targets of ``scope``: the department's or one of
    its directions'."""
    period = month_of(month)
    formulas = [item.in_month(period.first) for item in kpis]
    place = figures_scope(department) if scope == department.scope else scope
    codes = dict.fromkeys(code for formula in formulas for code in formula.codes)
    data = inputs(scope=place, codes=codes, spans=spans_for(period, formulas))
    targets = targets_in_force(scope=scope, months=[period.first])
    company = department.company
    return [
        read(item, data, period, today, targets.get((item.kpi.pk, period.first)), company)
        for item in kpis
    ], data


def pace_of(kpi: Kpi, target: Target | None, company: Company) -> Pace:
    """How the KPI's target is spread over its days; working days are those of ``company``."""
    milestones: list[tuple[dt.date, Fraction]] = []
    if target and target.value:
        milestones = [
            (dt.date.fromisoformat(day), exact(Decimal(due)) / exact(target.value))
            for day, due in target.milestones
        ]
    working = calendar_of(company)
    return Pace(PlanMethod(kpi.plan_method), working, tuple(kpi.weekday_weights), tuple(milestones))


def goal_of(kpi: Kpi, target: Target | None, share: Fraction) -> Goal | None:
    """What a fact is measured against: ``share`` of the target, of a corridor's upper edge and of
    the base alike."""
    if target is None or target.value is None:
        return None
    return Goal(
        exact(target.value) * share,
        Better(kpi.better),
        None if target.upper is None else exact(target.upper) * share,
        None if kpi.base is None else exact(kpi.base) * share,
    )


def thresholds_of(kpi: Kpi) -> Thresholds:
    return Thresholds(exact(kpi.green_from), exact(kpi.amber_from), exact(kpi.cap))


def read(
    item: Defined,
    data: Inputs,
    period: Period,
    today: dt.date,
    target: Target | None,
    company: Company,
    *,
    grain: Grain = Grain.MONTH,
) -> Reading:
    """One KPI from what was fetched. Costs no query."""
    kpi, formula = item.kpi, item.in_month(period.first)
    series = {code: data.days[code] for code in formula.codes}
    as_of = as_of_day(series.values(), period, today)

    def over(some: Period, until: dt.date | None = None) -> Evaluation:
        return value_over(formula, series, some, until or some.last, today, grain)

    fact = over(period, as_of)
    pace = pace_of(kpi, target, company)
    gone = plan_to_date(Fraction(1), period, as_of, pace)
    whole, goal = goal_of(kpi, target, Fraction(1)), goal_of(kpi, target, gone)
    due = goal.plan if goal else None
    interval = _interval(kpi, formula, fact)
    value = fact.value
    if kpi.min_sample and interval is not None and interval.sample < kpi.min_sample:
        value = Value(reason=Reason.SMALL_SAMPLE)
    attained = attainment(value, goal)
    uncertain = bool(interval and due is not None and interval.low <= due <= interval.high)
    ahead = fact.value
    if as_of < period.last:
        ahead = forecast(
            formula.node,
            series,
            period=period,
            as_of=as_of,
            pace=pace,
            today=today,
            grain=grain,
            span=formula.span,
            maturity_days=formula.maturity_days,
            kpis=formula.kpis,
        )
    elapsed = fact.elapsed or period
    loaded = [data.loaded_at[code] for code in formula.codes]
    thresholds = thresholds_of(kpi)
    return Reading(
        kpi=kpi,
        formula=formula,
        measure=Measure.of(kpi, company.currency),
        period=period,
        as_of=as_of,
        fact=fact,
        target=target,
        plan=Value.of(whole.plan if whole else None, Reason.NO_PLAN),
        plan_to_date=Value.of(due, Reason.NO_PLAN),
        attained=attained,
        lamp=lamp_of(attained, thresholds, uncertain=uncertain),
        forecast=ahead,
        forecast_attained=attainment(ahead, whole),
        forecast_method=method_of(formula.node, series, formula.span),
        previous=_compared(over(previous(grain, elapsed)), fact),
        year_ago=_compared(over(last_year(elapsed)), fact),
        weekdays_ago=_compared(over(same_weekdays(elapsed)), fact),
        last_day=over(Period(as_of, as_of)),
        loaded_at=max((at for at in loaded if at), default=None),
        agreed_minutes=min(
            (data.agreed_hours[code] * 60 for code in formula.codes if code in data.agreed_hours),
            default=None,
        ),
        upper=Value.of(whole.upper if whole else None, Reason.NO_PLAN),
        interval=interval,
        uncertain=uncertain,
        thresholds=thresholds,
        pace=pace,
    )


def value_over(
    formula: Formula,
    series: dict[str, MetricDays],
    period: Period,
    as_of: dt.date,
    today: dt.date,
    grain: Grain = Grain.MONTH,
) -> Evaluation:
    """The KPI's formula with its span and the KPIs it refers to."""
    return evaluate(
        formula.node,
        series,
        period=period,
        as_of=as_of,
        today=today,
        grain=grain,
        span=formula.span,
        maturity_days=formula.maturity_days,
        kpis=formula.kpis,
    )


def _interval(kpi: Kpi, formula: Formula, fact: Evaluation) -> Interval | None:
    """The Wilson interval of a share of cases: numerator and denominator are whole numbers."""
    if not kpi.is_proportion or fact.value.number is None:
        return None
    if not (isinstance(formula.node, Operation) and formula.node.operator == "/"):
        return None
    totals = {Leaf(part.code, part.way): part.value for part in fact.parts}
    cases = calculate(formula.node.left, totals)[0].number
    sample = calculate(formula.node.right, totals)[0].number
    if cases is None or not sample or not 0 <= cases <= sample:
        return None
    return wilson(cases, sample)


def as_of_day(series: Iterable[MetricDays], period: Period, today: dt.date) -> dt.date:
    """A month that is over is read to its end; the running one to its last complete day."""
    yesterday = today - ONE_DAY
    if period.last <= yesterday:
        return period.last
    flows = [item for item in series if item.adds_up in {AddUp.SUM, AddUp.MAX}]
    return last_complete_day(flows, yesterday) or yesterday if flows else yesterday


def values_over(
    formula: Formula, data: Inputs, periods: Sequence[Period], today: dt.date
) -> list[Fraction | None]:
    """The KPI in each of ``periods``, None where it has no value; for small charts."""
    series = {code: data.days[code] for code in formula.codes}
    return numbers_over(
        formula.node,
        series,
        periods,
        today=today,
        span=formula.span,
        maturity_days=formula.maturity_days,
        kpis=formula.kpis,
    )


def last_days(as_of: dt.date, count: int = 28) -> list[Period]:
    """The ``count`` single days up to ``as_of``, oldest first."""
    days = (as_of - ONE_DAY * back for back in reversed(range(count)))
    return [Period(day, day) for day in days]


def _compared(then: Evaluation, fact: Evaluation) -> Compared:
    if then.incomplete and not fact.incomplete:
        # A month of ten known days would make any full one look like a triumph.
        return Compared(then, change(Value(reason=Reason.INCOMPLETE), fact.value))
    return Compared(then, change(then.value, fact.value))
