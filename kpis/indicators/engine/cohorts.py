"""What a customer brings and costs: lifetime value, cost of a new customer, payback."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

from kpis.indicators.engine.periods import Period
from kpis.indicators.engine.values import Reason, Value


@dataclass(frozen=True, slots=True)
class Cohort:
    """``customers`` who bought first in one month. ``margins`` is what they brought, the month of
    the first purchase first; it may be below zero. ``known``: how many of these months are over."""

    customers: int
    margins: tuple[Fraction, ...]
    known: int

    @property
    def per_customer(self) -> list[Fraction]:
        """The margin of one customer by the end of every month that is over."""
        if not self.customers:
            return []
        return [total / self.customers for total in accumulate(self.margins[: self.known])]


def mature_on(cohort: Period, window: int) -> dt.date:
    """The first day on which every customer of ``cohort`` has had ``window`` days."""
    return cohort.last + dt.timedelta(days=window)


def cohort_value(cohorts: Sequence[Cohort], months: int) -> Value:
    """Lifetime value: the cumulative margin per customer ``months`` after the first purchase, over
    all cohorts that are old enough. Young ones are left out, not counted as poor ones."""
    old = [item for item in cohorts if item.known >= months]
    if not old:
        return Value(reason=Reason.IMMATURE if cohorts else Reason.NO_DATA)
    customers = sum(item.customers for item in old)
    brought = sum((sum(item.margins[:months], Fraction(0)) for item in old), Fraction(0))
    return Value.of(Fraction(brought) / customers if customers else None, Reason.NO_BASE)


def payback_month(cohort: Cohort, cost: Fraction) -> Value:
    """In which month (1 = that of the first purchase) the margin of one customer first covers
    ``cost``, the cost of getting one. Immature while it has not, for it still may."""
    if not cohort.customers:
        return Value(reason=Reason.NO_BASE)
    months = enumerate(cohort.per_customer, start=1)
    reached = next((Fraction(month) for month, brought in months if brought >= cost), None)
    return Value.of(reached, Reason.IMMATURE)


def lifetime_value(
    average_order: Fraction, margin: Fraction, orders_a_year: Fraction, years: Fraction
) -> Fraction:
    """The quick estimate: margin of an order × orders a year × years. ``margin`` is a share."""
    return average_order * margin * orders_a_year * years


def cost_of_customer(costs: Sequence[Fraction], customers: int) -> Value:
    """All ``costs`` ÷ new customers: paid with the media alone, full with everything."""
    return Value.of(
        sum(costs, Fraction(0)) / customers if customers else None,
        Reason.NO_BASE,
    )
