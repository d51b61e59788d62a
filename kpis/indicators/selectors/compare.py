"""Two periods beside each other: every main KPI, what changed, and what changed per day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from departments.structure.models import Department
from kpis.indicators.engine.change import Change, change, per_day
from kpis.indicators.engine.evaluate import Evaluation
from kpis.indicators.engine.forecast import ForecastMethod, method_of
from kpis.indicators.engine.periods import ONE_DAY, Period, last_year, same_weekdays
from kpis.indicators.engine.values import Reason, Value
from kpis.indicators.measure import Measure
from kpis.indicators.models import Kpi
from kpis.indicators.selectors.definitions import defined_kpis
from kpis.indicators.selectors.inputs import inputs
from kpis.indicators.selectors.readings import look_back, value_over
from kpis.indicators.selectors.scope import figures_scope


class Against(StrEnum):
    """What a period is compared with."""

    BEFORE = "before"
    YEAR = "year"
    WEEKDAYS = "weekdays"
    DATES = "dates"


@dataclass(frozen=True, slots=True)
class Pair:
    """One KPI in both periods. ``daily`` is the change of the average day of a flow, for periods of
    different length; it has no number for ratios and levels. ``reworded``: the formula of the later
    period is another one than that of the earlier."""

    kpi: Kpi
    measure: Measure
    then: Evaluation
    now: Evaluation
    change: Change
    daily: Change
    reworded: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    now: Period
    then: Period
    pairs: tuple[Pair, ...]

    @property
    def lengths_differ(self) -> bool:
        return self.now.days != self.then.days

    @property
    def overlap(self) -> bool:
        return self.now.first <= self.then.last and self.then.first <= self.now.last


def counterpart(period: Period, against: Against) -> Period:
    """The days ``period`` is compared with by a rule."""
    match against:
        case Against.YEAR:
            return last_year(period)
        case Against.WEEKDAYS:
            return same_weekdays(period)
        case _:
            last = period.first - ONE_DAY
            return Period(last - ONE_DAY * (period.days - 1), last)


def comparison(*, department: Department, now: Period, then: Period, today: dt.date) -> Comparison:
    """Every main KPI of the department over both periods, days after ``today`` left out. Ten
    queries at most, whatever the register holds."""
    kpis = defined_kpis()
    pairs = [(item, item.in_month(now.first), item.in_month(then.first)) for item in kpis]
    formulas = [formula for _item, *both in pairs for formula in both]
    codes = dict.fromkeys(code for formula in formulas for code in formula.codes)
    back = max([look_back(formula) for formula in formulas], default=ONE_DAY)
    spans = [(period.first - back, period.last) for period in (then, now)]
    data = inputs(scope=figures_scope(department), codes=codes, spans=spans)
    found = []
    yesterday = today - ONE_DAY
    for item, formula_now, formula_then in pairs:
        results = []
        for formula, period in ((formula_then, then), (formula_now, now)):
            series = {code: data.days[code] for code in formula.codes}
            until = min(period.last, yesterday)
            results.append(value_over(formula, series, period, until, today))
        before, after = results
        flow = method_of(formula_now.node, data.days, formula_now.span) is ForecastMethod.FLOW
        found.append(
            Pair(
                item.kpi,
                Measure.of(item.kpi, department.company.currency),
                before,
                after,
                change(before.value, after.value),
                change(_daily(before, flow), _daily(after, flow)),
                formula_now.version != formula_then.version,
            )
        )
    return Comparison(now, then, tuple(found))


def _daily(result: Evaluation, flow: bool) -> Value:
    if not flow or result.elapsed is None:
        return Value(reason=Reason.NOT_ADDITIVE)
    return per_day(result.value, result.elapsed.days)
