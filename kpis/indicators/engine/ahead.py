"""What is left to do until a period ends."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from kpis.indicators.engine.attain import Better
from kpis.indicators.engine.periods import Period
from kpis.indicators.engine.plan import IsWorking, PlanMethod
from kpis.indicators.engine.prorate import working_days
from kpis.indicators.engine.values import Reason, Value

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Needed:
    """``total`` = plan − fact, not below 0, and ``per_day`` of it on each of the ``days`` working
    days that are left. Less is better: what may still be used up. A ratio or a level is not made
    up of days: it has neither."""

    total: Value
    per_day: Value
    days: int


def needed(
    fact: Value,
    plan: Value,
    *,
    period: Period,
    as_of: dt.date,
    method: PlanMethod,
    better: Better,
    is_working: IsWorking,
) -> Needed:
    """Of ``plan`` for ``period`` after the fact up to ``as_of``, its last complete day."""
    rest = Period(max(as_of + ONE_DAY, period.first), period.last) if as_of < period.last else None
    days = working_days(rest, is_working)
    if method is PlanMethod.NONE or better is Better.CORRIDOR:
        nothing = Value(reason=Reason.NOT_ADDITIVE)
        return Needed(nothing, nothing, days)
    if fact.number is None or plan.number is None:
        missing = fact if fact.number is None else plan
        return Needed(missing, missing, days)
    total = max(plan.number - fact.number, Fraction(0))
    return Needed(Value(total), Value.of(total / days if days else None, Reason.NO_BASE), days)
