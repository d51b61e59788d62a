"""Forecast to the end of the period from what is there.

Flow: fact ÷ the share of the period its days make. Ratio: the forecast numerator over the forecast
denominator. Level: the last value and its trend. Nothing is forecast before a fifth of the period
is known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction

from kpis.indicators.engine.evaluate import (
    Ask,
    Leaf,
    Referred,
    calculate,
    days_over,
    evaluate,
    leaves_of,
    used_days,
)
from kpis.indicators.engine.periods import Grain, Period
from kpis.indicators.engine.plan import Pace
from kpis.indicators.engine.series import AddUp, MetricDays
from kpis.indicators.engine.span import OWN, Span
from kpis.indicators.engine.syntax import Node, divides, kpi_codes, metric_codes
from kpis.indicators.engine.values import Reason, Value

LEAST_SHARE = Fraction(1, 5)


class ForecastMethod(StrEnum):
    """How the number was made; its name is shown beside it."""

    FLOW = "flow"
    RATIO = "ratio"
    LEVEL = "level"
    AS_IS = "as_is"


def method_of(
    node: Node, series: Mapping[str, MetricDays] | None = None, span: Span = OWN
) -> ForecastMethod:
    """Flow, ratio or level; a KPI over a span of its own is taken as it stands."""
    if span != OWN:
        return ForecastMethod.AS_IS
    if divides(node) or kpi_codes(node):
        return ForecastMethod.RATIO
    kinds = {series[code].adds_up for code in metric_codes(node)} if series else set()
    return ForecastMethod.LEVEL if kinds == {AddUp.LAST} else ForecastMethod.FLOW


def forecast(
    node: Node,
    series: Mapping[str, MetricDays],
    *,
    period: Period,
    as_of: dt.date,
    pace: Pace,
    today: dt.date | None = None,
    grain: Grain = Grain.MONTH,
    span: Span = OWN,
    maturity_days: int = 0,
    kpis: Mapping[str, Referred] | None = None,
) -> Value:
    """The formula on every metric's forecast for the whole of ``period``."""
    elapsed = period.until(as_of)
    if elapsed is None:
        return Value(reason=Reason.NO_DATA)
    if maturity_days:
        return Value(reason=Reason.IMMATURE)
    today = today or as_of
    if span != OWN:
        return evaluate(
            node, series, period=period, as_of=as_of, today=today, grain=grain, span=span, kpis=kpis
        ).value
    now = Ask(elapsed, as_of, today, grain, kpis=kpis or {})
    whole = Ask(period, as_of, today, grain)
    leaves = list(leaves_of(node))
    used = used_days(leaves, series, now)
    totals = {}
    for leaf in leaves:
        item, days = series[leaf.code], used[leaf]
        if leaf.way:
            # days gone by: known already, over the whole period's counterpart
            over = days_over(leaf.way, whole)
            total = item.of_period(over, item.present(over))
            totals[leaf] = Value.of(total, Reason.NO_DATA)
            continue
        if not days:
            return Value(reason=Reason.NO_DATA)
        if _known_days(item, days, elapsed) < LEAST_SHARE * period.days:
            return Value(reason=Reason.TOO_EARLY)
        totals[leaf] = _whole(leaf, item, days, elapsed, period, pace)
    nested = {
        code: forecast(
            other.node, series, period=period, as_of=as_of, pace=pace, today=today, grain=grain,
            span=other.span, maturity_days=other.maturity_days, kpis=kpis,
        )
        for code, other in (kpis or {}).items()
        if code in kpi_codes(node)
    }  # fmt: skip
    return calculate(node, totals, nested)[0]


def _known_days(metric: MetricDays, days: frozenset[dt.date], elapsed: Period) -> int:
    """A level stands for all the days up to its last one."""
    if metric.adds_up is AddUp.LAST:
        return (max(days) - elapsed.first).days + 1
    return len(days)


def _whole(
    leaf: Leaf,
    metric: MetricDays,
    days: frozenset[dt.date],
    elapsed: Period,
    period: Period,
    pace: Pace,
) -> Value:
    total = metric.of_period(elapsed, days)
    if total is None:
        return Value(reason=Reason.NOT_ADDITIVE)
    if metric.adds_up is AddUp.LAST:
        return Value(total + _trend(metric, days, total, period))
    if metric.adds_up is not AddUp.SUM:
        return Value(total)
    share = pace.share_of(days, period)
    return Value.of(total / share if share else None, Reason.TOO_EARLY)


def _trend(
    metric: MetricDays, days: frozenset[dt.date], last: Fraction, period: Period
) -> Fraction:
    """What a level moves until the period's end at the pace it moved since its first value."""
    first_day, last_day = min(days), max(days)
    moved = (last_day - first_day).days
    if not moved:
        return Fraction(0)
    began = metric.added_up({first_day})
    return (last - (last if began is None else began)) / moved * (period.last - last_day).days
