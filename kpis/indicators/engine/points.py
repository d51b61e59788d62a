"""A formula in many periods, for a chart: the numbers `evaluate` gives, without what explains
them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from fractions import Fraction

from kpis.indicators.engine.evaluate import (
    Ask,
    Referred,
    calculate,
    days_over,
    is_mature,
    leaves_of,
    used_days,
)
from kpis.indicators.engine.periods import Period
from kpis.indicators.engine.series import MetricDays
from kpis.indicators.engine.span import OWN, Span
from kpis.indicators.engine.syntax import Node, kpi_codes
from kpis.indicators.engine.values import Reason, Value

_NO = Value(reason=Reason.NO_DATA)


def numbers_over(
    node: Node,
    series: Mapping[str, MetricDays],
    periods: Sequence[Period],
    *,
    today: dt.date,
    span: Span = OWN,
    maturity_days: int = 0,
    kpis: Mapping[str, Referred] | None = None,
) -> list[Fraction | None]:
    """The formula over each of ``periods``, all of its days; None where it has no value."""
    leaves = list(leaves_of(node))
    if any(series[leaf.code].is_empty for leaf in leaves):
        return [None] * len(periods)
    known = kpis or {}
    wide = [span.over(period) for period in periods]
    inner = {
        code: numbers_over(
            known[code].node,
            series,
            wide,
            today=today,
            span=known[code].span,
            maturity_days=known[code].maturity_days,
            kpis=known,
        )
        for code in set(kpi_codes(node))
        if code in known
    }
    found: list[Fraction | None] = []
    for at, (period, asked) in enumerate(zip(periods, wide, strict=True)):
        ask = Ask(asked, period.last, today, maturity_days=maturity_days)
        if today < period.first or (maturity_days and not is_mature(ask)):
            found.append(None)
            continue
        used = used_days(leaves, series, ask)
        totals = {}
        for leaf in leaves:
            total = series[leaf.code].of_period(days_over(leaf.way, ask), used[leaf])
            totals[leaf] = _NO if total is None else Value(total)
        nested = {code: _value(numbers[at]) for code, numbers in inner.items()}
        found.append(calculate(node, totals, nested)[0].number)
    return found


def _value(number: Fraction | None) -> Value:
    return _NO if number is None else Value(number)
