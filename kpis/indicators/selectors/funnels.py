"""The directions as funnels: from being seen to being bought from, and where it leaks most."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from config.lib.dates import month_first
from departments.structure.models import Department, Direction
from kpis.indicators.attribution_metrics import orders_by_direction
from kpis.indicators.engine.periods import ONE_DAY, Period
from kpis.indicators.engine.values import Reason, Value, exact
from kpis.indicators.measure import Measure, metric_measure
from kpis.indicators.selectors.directions import directions_in
from kpis.indicators.selectors.scope import figures_scope
from kpis.register.models import Metric
from kpis.register.selectors.series import totals_by_scope

NORM_WEEKS = 4
LEAST_DAYS = 3
# What each direction leads people through; the last step is the same for all.
ORDERS = "orders"
CHAINS: Mapping[str, tuple[str, ...]] = {
    Direction.Code.A: ("impressions", "clicks", "sessions", "leads", ORDERS),
    Direction.Code.B: ("coupons_issued", "promo_code_uses", "card_receipts", ORDERS),
    Direction.Code.C: ("sends", "deliveries", "unique_opens", "unique_email_clicks", ORDERS),
}
# A step is weak when it passes on a tenth less than it usually does.
WEAK_BELOW = Fraction(9, 10)


@dataclass(frozen=True, slots=True)
class Step:
    """One metric of a funnel from the month's first day to its last complete one. ``rate`` is the
    share of the step before, ``norm`` the same share over the four weeks before the month;
    ``is_weakest`` marks the step that fell most behind its norm."""

    metric: Metric
    measure: Measure
    total: Value
    rate: Value
    norm: Value
    is_weakest: bool = False

    @property
    def against_norm(self) -> Fraction | None:
        """1 = as usual."""
        if self.rate.number is None or not self.norm.number:
            return None
        return self.rate.number / self.norm.number


@dataclass(frozen=True, slots=True)
class Funnel:
    """``steps`` are those that have figures at all; none for a direction without a source."""

    direction: Direction
    steps: tuple[Step, ...]

    @property
    def weakest(self) -> Step | None:
        return next((step for step in self.steps if step.is_weakest), None)


def funnels(department: Department, today: dt.date) -> list[Funnel]:
    """The month to date of every direction, yesterday included. Seven queries."""
    last = today - ONE_DAY
    month = Period(month_first(last), last)
    before = Period(month.first - ONE_DAY * 7 * NORM_WEEKS, month.first - ONE_DAY)
    directions = directions_in(department)
    codes = {code for chain in CHAINS.values() for code in chain}
    words = {metric.code: metric for metric in Metric.objects.filter(code__in=codes)}
    totals = totals_by_scope(
        scopes=[direction.scope for direction in directions],
        metrics=codes,
        first=before.first,
        last=last,
    )
    brought = orders_by_direction(figures_scope(department), before.first, last)
    found = []
    for direction in directions:
        days = {
            code: {day: exact(value) for day, value in known.items()}
            for code, known in totals[direction.scope.pk].items()
        }
        if attributed := brought.get(direction.pk):
            # Orders of a direction are those its channels brought.
            days[ORDERS] = {day: exact(value) for day, value in attributed.items()}
        chain = [words[code] for code in CHAINS[direction.code] if days.get(code)]
        currency = department.company.currency
        found.append(Funnel(direction, _steps(chain, days, month, before, currency)))
    return found


def _steps(
    chain: list[Metric],
    days: Mapping[str, Mapping[dt.date, Fraction]],
    month: Period,
    before: Period,
    currency: str,
) -> tuple[Step, ...]:
    steps: list[Step] = []
    for index, metric in enumerate(chain):
        rate = norm = Value(reason=Reason.NO_BASE)
        if index:
            earlier = days[chain[index - 1].code]
            rate = _rate(earlier, days[metric.code], month)
            norm = _rate(earlier, days[metric.code], before)
        total = _total(days[metric.code], month)
        steps.append(Step(metric, metric_measure(metric, currency), total, rate, norm))
    behind = {
        index: step.against_norm
        for index, step in enumerate(steps)
        if step.against_norm is not None and step.against_norm < WEAK_BELOW
    }
    if behind:
        worst = min(behind, key=lambda index: behind[index] or Fraction(0))
        steps[worst] = replace(steps[worst], is_weakest=True)
    return tuple(steps)


def _total(days: Mapping[dt.date, Fraction], period: Period) -> Value:
    known = [number for day, number in days.items() if day in period]
    return Value.of(sum(known, Fraction(0)) if known else None, Reason.NO_DATA)


def _rate(
    above: Mapping[dt.date, Fraction], below: Mapping[dt.date, Fraction], over: Period
) -> Value:
    """Over the days both steps have; too few of them say nothing."""
    common = [day for day in above if day in below and day in over]
    if len(common) < LEAST_DAYS:
        return Value(reason=Reason.NO_DATA)
    whole = sum((above[day] for day in common), Fraction(0))
    part = sum((below[day] for day in common), Fraction(0))
    return Value.of(part / whole if whole else None, Reason.NO_BASE)
