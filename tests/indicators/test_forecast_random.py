"""Forecasts and cohorts of random figures, against the same counted slowly, day by day and customer
by customer.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from departments.work.calendar import by_law
from kpis.indicators.engine.cohorts import Cohort, cohort_value, payback_month
from kpis.indicators.engine.forecast import forecast
from kpis.indicators.engine.formula import parse
from kpis.indicators.engine.periods import month_of
from kpis.indicators.engine.plan import Pace, PlanMethod
from kpis.indicators.engine.series import AddUp, Day, MetricDays
from kpis.indicators.engine.values import Reason

MONTHS = st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31)).map(lambda day: day.replace(day=1))
FIGURES = st.lists(st.one_of(st.none(), st.integers(0, 500)), min_size=31, max_size=31)
WEIGHTS = st.lists(st.integers(0, 5), min_size=7, max_size=7)
METHODS = st.sampled_from([PlanMethod.CALENDAR, PlanMethod.WORKING, PlanMethod.WEIGHTS])


def days_of(month: dt.date) -> list[dt.date]:
    length = calendar.monthrange(month.year, month.month)[1]
    return [month + dt.timedelta(days=number) for number in range(length)]


def daily(code: str, month: dt.date, figures: list[int | None], kind: AddUp) -> MetricDays:
    known = {
        day: Day(Fraction(figure))
        for day, figure in zip(days_of(month), figures, strict=False)
        if figure is not None
    }
    return MetricDays(code, known, kind)


def weight(day: dt.date, method: PlanMethod, weekdays: list[int]) -> int:
    if method is PlanMethod.WORKING:
        return 1 if by_law(day) else 0
    return weekdays[day.weekday()] if method is PlanMethod.WEIGHTS else 1


def slow_flow(
    month: dt.date, known: dict[dt.date, int], method: PlanMethod, weekdays: list[int]
) -> Fraction | None:
    """What the month brings if every day without a figure brings what its weight says."""
    weights = {day: weight(day, method, weekdays) for day in days_of(month)}
    if not any(weights.values()):
        weights = dict.fromkeys(weights, 1)
    seen = sum(weights[day] for day in known)
    return Fraction(sum(known.values()) * sum(weights.values()), seen) if seen else None


@given(MONTHS, FIGURES, FIGURES, st.integers(0, 27), METHODS, WEIGHTS)
def test_a_flow_and_a_ratio_as_counted_day_by_day(
    month: dt.date,
    upper: list[int | None],
    lower: list[int | None],
    gone: int,
    method: PlanMethod,
    weekdays: list[int],
) -> None:
    as_of = days_of(month)[gone]
    pace = Pace(method, by_law, tuple(weekdays))
    series = {
        "orders": daily("orders", month, upper, AddUp.SUM),
        "sessions": daily("sessions", month, lower, AddUp.SUM),
    }

    def ahead(formula: str) -> Fraction | None:
        node = parse(formula)
        found = forecast(node, series, period=month_of(month), as_of=as_of, pace=pace)
        assert (found.number is None) == (found.reason is not None)
        return found.number

    orders, sessions = (
        {
            day: figure
            for day, figure in zip(days_of(month), figures, strict=False)
            if figure is not None and day <= as_of
        }
        for figures in (upper, lower)
    )
    early = len(days_of(month))
    flow = slow_flow(month, orders, method, weekdays) if 5 * len(orders) >= early else None
    assert ahead("orders") == flow

    # a ratio: on the days both are known of
    both = orders.keys() & sessions.keys()
    ratio = None
    if both and 5 * len(both) >= early:
        parts = [
            slow_flow(month, {day: known[day] for day in both}, method, weekdays)
            for known in (orders, sessions)
        ]
        if parts[0] is not None and parts[1]:
            ratio = parts[0] / parts[1]
    assert ahead("orders / sessions") == ratio


@given(MONTHS, FIGURES, st.integers(0, 27))
def test_a_level_goes_on_as_it_went(month: dt.date, figures: list[int | None], gone: int) -> None:
    as_of = days_of(month)[gone]
    series = {"list_size": daily("list_size", month, figures, AddUp.LAST)}
    node = parse("list_size")
    found = forecast(node, series, period=month_of(month), as_of=as_of, pace=Pace())
    known = [(day, value) for day, value in enumerate(figures[: gone + 1]) if value is not None]
    length = len(days_of(month))
    if not known or 5 * (known[-1][0] + 1) < length:
        assert found.reason in {Reason.NO_DATA, Reason.TOO_EARLY}
        return
    (begin, was), (end, now) = known[0], known[-1]
    a_day = Fraction(now - was, end - begin) if end > begin else Fraction(0)
    level = Fraction(now)
    for _day in range(end + 1, length):
        level += a_day
    assert found.number == level


PURCHASES = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 11), st.integers(-50, 500)), max_size=40
)


@given(PURCHASES, st.integers(1, 12), st.integers(0, 12), st.integers(1, 2000))
def test_cohorts_as_counted_customer_by_customer(
    purchases: list[tuple[int, int, int]], months: int, now: int, cost: int
) -> None:
    """``(customer, month, margin)``; ``now`` months are over."""
    seen = [row for row in purchases if row[1] < now]
    first: dict[int, int] = {}
    for who, month, _margin in sorted(seen, key=lambda row: row[1]):
        first.setdefault(who, month)
    margins: dict[int, list[Fraction]] = defaultdict(lambda: [Fraction(0)] * 12)
    for who, month, margin in seen:
        margins[first[who]][month - first[who]] += margin
    cohorts = {
        begun: Cohort(list(first.values()).count(begun), tuple(margins[begun]), now - begun)
        for begun in set(first.values())
    }

    # lifetime value, of customers who have been here long enough
    old = [who for who, begun in first.items() if now - begun >= months]
    brought = sum(
        margin for who, month, margin in seen if who in old and month - first[who] < months
    )
    value = cohort_value(list(cohorts.values()), months).number
    assert value == (Fraction(brought, len(old)) if old else None)

    # payback of each cohort
    for begun, cohort in cohorts.items():
        ours = [who for who, start in first.items() if start == begun]
        paid = None
        for month in range(begun, now):
            so_far = sum(row[2] for row in seen if row[0] in ours and row[1] <= month)
            if Fraction(so_far, len(ours)) >= cost:
                paid = month - begun + 1
                break
        assert payback_month(cohort, Fraction(cost)).number == paid
