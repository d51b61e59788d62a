"""A KPI over any period: a day, an ISO week, a month, a quarter, a year, or any two dates.

Targets belong to months. The plan of another period is made of them: a flow's targets add up, of a
month that lies in the period in part only what was due on those days by the KPI's own pace; a ratio
or a level has no sum, so the last month's target holds, with both edges of a corridor.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from config.lib.dates import add_months, month_first
from config.lib.errors import Invalid
from config.lib.text import filled
from departments.structure.models import Company, Department
from kpis.indicators.engine.attain import Better, Goal, attainment, lamp_of
from kpis.indicators.engine.evaluate import Evaluation
from kpis.indicators.engine.periods import (
    ONE_DAY,
    Grain,
    Period,
    month_of,
    name_of,
    period_of,
    previous,
)
from kpis.indicators.engine.plan import Pace, PlanMethod, plan_to_date
from kpis.indicators.engine.values import Reason, Value, exact
from kpis.indicators.models import Kpi, Target
from kpis.indicators.selectors.definitions import Defined
from kpis.indicators.selectors.inputs import Inputs, inputs
from kpis.indicators.selectors.readings import (
    Reading,
    as_of_day,
    look_back,
    pace_of,
    read,
    spans_for,
    value_over,
)
from kpis.indicators.selectors.scope import figures_scope
from kpis.indicators.selectors.targets import targets_in_force
from staff.accounts.models import Scope

MAX_POINTS = 400
# The longest period anybody may ask for, in days: what is read grows with it.
MAX_DAYS = 3660

# Targets in force by month, of one KPI.
Months = Mapping[dt.date, Target]


@dataclass(frozen=True, slots=True)
class Due:
    """A plan, for a corridor its upper edge, for a KPI with a base its part of that; all None where
    a month has no target."""

    plan: Fraction | None = None
    upper: Fraction | None = None
    base: Fraction | None = None


@dataclass(frozen=True, slots=True)
class PeriodReading:
    """``reading.target`` is set for a whole month only; ``targets`` are those the plan was made of,
    the earliest month first."""

    reading: Reading
    grain: Grain
    targets: tuple[Target, ...]

    @property
    def name(self) -> str:
        """``2026-11``, ``2026-W53``; both days of a custom period."""
        return period_name(self.grain, self.reading.period)


@dataclass(frozen=True, slots=True)
class Point:
    """The KPI in one of a row of periods."""

    period: Period
    name: str
    as_of: dt.date
    fact: Evaluation
    plan: Value
    attained: Value


def period_name(grain: Grain, period: Period) -> str:
    if grain is Grain.CUSTOM:
        return f"{period.first.isoformat()}/{period.last.isoformat()}"
    return name_of(grain, period)


def grain_of(period: Period) -> Grain:
    """The calendar's name for ``period``: a month for 1–30 November, custom for 2–30 November."""
    grains = (Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR)
    return next(
        (grain for grain in grains if period_of(grain, period.first) == period), Grain.CUSTOM
    )


def months_of(period: Period) -> list[dt.date]:
    """First days of the months that ``period`` touches."""
    found = [month_first(period.first)]
    while (following := add_months(found[-1], 1)) <= period.last:
        found.append(following)
    return found


def periods_between(grain: Grain, first: dt.date, last: dt.date) -> list[Period]:
    """The whole periods of ``grain`` from that around ``first`` to that around ``last``; never
    more than one above `MAX_POINTS`."""
    found = [period_of(grain, first)]
    while found[-1].last < last and len(found) <= MAX_POINTS:
        found.append(period_of(grain, found[-1].last + ONE_DAY))
    return found


def asked_period(
    *, first: dt.date | None, last: dt.date | None, grain: Grain | None, today: dt.date
) -> tuple[Period, Grain]:
    """What two dates and a grain mean together. Both dates: these days, which must be whole ones of
    ``grain`` if it is given. Only ``first``: the ``grain`` (a month) around it. Neither: the one of
    the last full day.

    Raises `Invalid`, by field.
    """
    if last is None:
        wanted = Grain.MONTH if grain is None else grain
        if wanted is Grain.CUSTOM:
            raise Invalid(fields={"to": _("A period between two dates needs both.")})
        return period_of(wanted, first or today - ONE_DAY), wanted
    if first is None:
        raise Invalid(fields={"from": _("Say from which day.")})
    if last < first:
        raise Invalid(fields={"to": _("The end lies before the beginning.")})
    period = Period(first, last)
    if period.days > MAX_DAYS:
        raise Invalid(fields={"to": _("The period is longer than ten years.")})
    if grain is None:
        return period, grain_of(period)
    if grain is not Grain.CUSTOM and period_of(grain, first) != period:
        raise Invalid(fields={"grain": _("These days are not a whole period of this kind.")})
    return period, grain


def asked_points(grain: Grain, first: dt.date, last: dt.date) -> list[Period]:
    """The whole periods of ``grain`` around two dates, both included.

    Raises `Invalid` for a grain without a calendar, and for too many periods.
    """
    if grain is Grain.CUSTOM:
        raise Invalid(fields={"grain": _("A series is by day, week, month, quarter or year.")})
    if last < first:
        raise Invalid(fields={"to": _("The end lies before the beginning.")})
    found = periods_between(grain, first, last)
    if len(found) > MAX_POINTS or (found[-1].last - found[0].first).days > MAX_DAYS:
        text = _("At most %(count)s periods and ten years at once.")
        raise Invalid(fields={"to": filled(text, count=MAX_POINTS)})
    return found


def due_of(kpi: Kpi, months: Months, period: Period, company: Company) -> Due:
    """What should be reached in ``period``. A flow needs a target in every month it touches."""
    touched = months_of(period)
    if kpi.plan_method == PlanMethod.NONE:
        return _due_in(kpi, months.get(touched[-1]), None, company)
    parts = [_due_in(kpi, months.get(month), period, company) for month in touched]
    plans = [part.plan for part in parts if part.plan is not None]
    uppers = [part.plan if part.upper is None else part.upper for part in parts]
    if len(plans) < len(parts):
        return Due()
    has_upper = any(part.upper is not None for part in parts)
    known = [upper for upper in uppers if upper is not None]
    bases = [part.base for part in parts if part.base is not None]
    return Due(
        sum(plans, Fraction(0)),
        sum(known, Fraction(0)) if has_upper else None,
        sum(bases, Fraction(0)) if bases else None,
    )


def _due_in(kpi: Kpi, target: Target | None, period: Period | None, company: Company) -> Due:
    """The target of one month; with ``period`` only what is due on its days."""
    if target is None or target.value is None:
        return Due()
    plan = exact(target.value)
    upper = None if target.upper is None else exact(target.upper)
    base = None if kpi.base is None else exact(kpi.base)
    month = month_of(target.month)
    if period is None or (period.first <= month.first and month.last <= period.last):
        return Due(plan, upper, base)
    share = _share(pace_of(kpi, target, company), month, period)
    return Due(
        plan * share,
        None if upper is None else upper * share,
        None if base is None else base * share,
    )


def _share(pace: Pace, month: Period, period: Period) -> Fraction:
    """The part of the month's target due between the period's days: due by its last day without
    what had been due before its first."""
    last = min(period.last, month.last)
    by_last = Fraction(1) if last == month.last else plan_to_date(Fraction(1), month, last, pace)
    return by_last - plan_to_date(Fraction(1), month, period.first - ONE_DAY, pace)


def reading_over(
    *,
    item: Defined,
    department: Department,
    scope: Scope,
    period: Period,
    grain: Grain,
    today: dt.date,
) -> PeriodReading:
    """One KPI in ``period``; ``scope`` is the department's or one of its directions'. ``today`` is
    the company's date. Eight queries at most, and those of our own apps' metrics."""
    formula = item.in_month(period.first)
    data = inputs(
        scope=_figures_of(department, scope),
        codes=formula.codes,
        spans=spans_for(period, [formula], grain),
    )
    months = _months_in_force(item.kpi, scope, months_of(period))
    company = department.company
    if grain is Grain.MONTH:
        target = months.get(period.first)
        reading = read(item, data, period, today, target, company)
    else:
        bare = read(item, data, period, today, None, company, grain=grain)
        reading = _planned(bare, months, company)
    return PeriodReading(reading, grain, tuple(months[month] for month in sorted(months)))


def points_over(
    *,
    item: Defined,
    department: Department,
    scope: Scope,
    periods: Sequence[Period],
    grain: Grain,
    today: dt.date,
) -> tuple[list[Point], Inputs]:
    """The KPI in every one of ``periods``, each by the formula valid when it began. As many queries
    as for one of them."""
    formulas = [item.in_month(period.first) for period in periods]
    codes = dict.fromkeys(code for formula in formulas for code in formula.codes)
    back = max(look_back(formula) for formula in formulas)
    first, last = periods[0].first, periods[-1].last
    since = previous(grain, periods[0]).first - back
    data = inputs(scope=_figures_of(department, scope), codes=codes, spans=[(since, last)])
    months = _months_in_force(item.kpi, scope, months_of(Period(first, last)))
    found, company = [], department.company
    for period, formula in zip(periods, formulas, strict=True):
        series = {code: data.days[code] for code in formula.codes}
        as_of = as_of_day(series.values(), period, today)
        fact = value_over(formula, series, period, as_of, today, grain)
        until = period.until(as_of)
        due = due_of(item.kpi, months, until, company) if until else Due()
        plan = Value.of(due_of(item.kpi, months, period, company).plan, Reason.NO_PLAN)
        attained = attainment(fact.value, _goal(item.kpi, due))
        found.append(Point(period, period_name(grain, period), as_of, fact, plan, attained))
    return found, data


def _planned(reading: Reading, months: Months, company: Company) -> Reading:
    """``reading`` with the plan of its period, made of the targets of ``months``."""
    kpi, period = reading.kpi, reading.period
    elapsed = period.until(reading.as_of)
    whole = due_of(kpi, months, period, company)
    due = due_of(kpi, months, elapsed, company) if elapsed else whole
    # A sample too small to judge by is the engine's word; without a target it says so all the same.
    small = reading.attained.reason is Reason.SMALL_SAMPLE
    judged = reading.attained if small else reading.fact.value
    attained = attainment(judged, _goal(kpi, due))
    interval = reading.interval
    uncertain = bool(
        interval and due.plan is not None and interval.low <= due.plan <= interval.high
    )
    return replace(
        reading,
        plan=Value.of(whole.plan, Reason.NO_PLAN),
        plan_to_date=Value.of(due.plan, Reason.NO_PLAN),
        upper=Value.of(whole.upper, Reason.NO_PLAN),
        attained=attained,
        lamp=lamp_of(attained, reading.thresholds, uncertain=uncertain),
        forecast_attained=attainment(reading.forecast, _goal(kpi, whole)),
        uncertain=uncertain,
    )


def _goal(kpi: Kpi, due: Due) -> Goal | None:
    if due.plan is None:
        return None
    return Goal(due.plan, Better(kpi.better), due.upper, due.base)


def _months_in_force(kpi: Kpi, scope: Scope, months: Sequence[dt.date]) -> dict[dt.date, Target]:
    """Targets of one KPI by month. One query."""
    known = targets_in_force(scope=scope, months=months)
    return {month: target for (pk, month), target in known.items() if pk == kpi.pk}


def _figures_of(department: Department, scope: Scope) -> Scope:
    return figures_scope(department) if scope == department.scope else scope
