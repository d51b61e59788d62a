"""Forecast to the end of the period from what is there.

Flow: fact ÷ the share of the period its days make. Ratio: the forecast numerator over the forecast
denominator. Nothing is forecast before a fifth of the period is known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction

from kpis.indicators.engine.evaluate import calculate, common_days
from kpis.indicators.engine.periods import Period
from kpis.indicators.engine.plan import IsWorking, PlanMethod, every_day, share_of
from kpis.indicators.engine.series import AddUp, MetricDays
from kpis.indicators.engine.syntax import Node, combines, metric_codes
from kpis.indicators.engine.values import Reason, Value

LEAST_SHARE = Fraction(1, 5)


class ForecastMethod(StrEnum):
    """How the number was made; its name is shown beside it."""

    FLOW = "flow"
    RATIO = "ratio"


def method_of(node: Node) -> ForecastMethod:
    return ForecastMethod.RATIO if combines(node) else ForecastMethod.FLOW


def forecast(
    node: Node,
    series: Mapping[str, MetricDays],
    *,
    period: Period,
    as_of: dt.date,
    method: PlanMethod,
    is_working: IsWorking = every_day,
) -> Value:
    """The formula on every metric's forecast for the whole of ``period``."""
    elapsed = period.until(as_of)
    if elapsed is None:
        return Value(reason=Reason.NO_DATA)
    metrics = [series[code] for code in metric_codes(node)]
    days, _uneven = common_days(node, metrics, elapsed)
    totals = {}
    for item in metrics:
        used = days[item.code]
        if not used:
            return Value(reason=Reason.NO_DATA)
        if len(used) < LEAST_SHARE * period.days:
            return Value(reason=Reason.TOO_EARLY)
        totals[item.code] = _whole(item, used, share_of(used, period, method, is_working))
    return calculate(node, totals)[0]


def _whole(metric: MetricDays, days: set[dt.date], share: Fraction) -> Value:
    total = metric.added_up(days)
    if total is None:
        return Value(reason=Reason.NOT_ADDITIVE)
    if metric.adds_up is not AddUp.SUM:
        return Value(total)  # a level stays where it is
    return Value.of(total / share if share else None, Reason.TOO_EARLY)
