"""One KPI in one month, day by day: the way from the figure down to the register."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from config.lib.dates import add_months, days_between
from departments.structure.models import Department
from kpis.indicators.engine.evaluate import Part
from kpis.indicators.engine.periods import Period, month_of
from kpis.indicators.engine.plan import plan_to_date
from kpis.indicators.engine.values import Reason, Value
from kpis.indicators.engine.wording import in_words, shift_words
from kpis.indicators.measured import is_measured
from kpis.indicators.models import Kpi
from kpis.indicators.selectors.definitions import defined_kpis
from kpis.indicators.selectors.inputs import inputs
from kpis.indicators.selectors.readings import Reading, read, spans_for, value_over
from kpis.indicators.selectors.scope import figures_scope
from kpis.indicators.selectors.targets import targets_in_force
from kpis.register.models import Metric


@dataclass(frozen=True, slots=True)
class PartLine:
    """A metric of the formula over the days counted."""

    metric: Metric
    part: Part

    @property
    def is_measured(self) -> bool:
        """Whether one of our apps gives it: it has no rows in the register."""
        return is_measured(self.metric.code)

    @property
    def way_words(self) -> str:
        """ "a year ago", "" for the asked days themselves."""
        return ", ".join(shift_words(shift, days) for shift, days in self.part.way)


@dataclass(frozen=True, slots=True)
class DayLine:
    """A day: its metrics, the KPI on it, and month to date against plan to date."""

    day: dt.date
    metrics: tuple[tuple[Metric, Value], ...]
    value: Value
    to_date: Value
    due: Value


@dataclass(frozen=True, slots=True)
class Detail:
    """``days`` run over the whole month; days ahead have no values."""

    reading: Reading
    formula_words: str
    parts: tuple[PartLine, ...]
    days: tuple[DayLine, ...]
    previous_month: dt.date
    next_month: dt.date | None

    @property
    def elapsed_days(self) -> list[DayLine]:
        """Newest first, for the table."""
        return [line for line in reversed(self.days) if line.day <= self.reading.as_of]


def kpi_detail(
    *, department: Department, kpi: Kpi, month: dt.date, today: dt.date
) -> Detail | None:
    """None for a KPI without a formula. Nine queries."""
    defined = defined_kpis([kpi])
    if not defined:
        return None
    period, item = month_of(month), defined[0]
    formula = item.in_month(period.first)
    data = inputs(
        scope=figures_scope(department), codes=formula.codes, spans=spans_for(period, [formula])
    )
    targets = targets_in_force(scope=department.scope, months=[period.first])
    target = targets.get((kpi.pk, period.first))
    reading = read(item, data, period, today, target, department.company)
    series = {code: data.days[code] for code in formula.codes}
    pace, goal = reading.pace, reading.plan.number

    def line(day: dt.date) -> DayLine:
        def value(span: Period) -> Value:
            if span.last > reading.as_of:
                return Value(reason=Reason.NOT_STARTED)
            return value_over(formula, series, span, span.last, today).value

        due = None if goal is None else plan_to_date(goal, period, day, pace)
        metrics = tuple(
            (data.metrics[code], Value.of(series[code].added_up(present), Reason.NO_DATA))
            for code in formula.codes
            for present in [series[code].present(Period(day, day))]
        )
        return DayLine(
            day,
            metrics,
            value(Period(day, day)),
            value(Period(period.first, day)),
            Value.of(due, Reason.NO_PLAN),
        )

    following = add_months(period.first, 1)
    return Detail(
        reading=reading,
        formula_words=in_words(
            formula.node, {code: metric.name for code, metric in data.metrics.items()}
        ),
        parts=tuple(PartLine(data.metrics[part.code], part) for part in reading.fact.parts),
        days=tuple(line(day) for day in days_between(period.first, period.last)),
        previous_month=add_months(period.first, -1),
        next_month=following if following <= today else None,
    )
