"""Several attainments in one number."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from kpis.indicators.engine.attain import capped
from kpis.indicators.engine.values import Reason, Value

LEAST_KNOWN = Fraction(7, 10)


def department_total(attained: Sequence[Value]) -> Value:
    """The mean of attainments with equal weights, each capped at 120 %. KPIs without one are left
    out while at least 70 % of them have one, else there is no total."""
    known = [capped(item.number) for item in attained if item.number is not None]
    if not known or len(known) < LEAST_KNOWN * len(attained):
        return Value(reason=Reason.NO_DATA)
    return Value(sum(known, Fraction(0)) / len(known))
