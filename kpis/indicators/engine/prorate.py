"""A norm for a part of a month: by the working days somebody was employed."""

from __future__ import annotations

from fractions import Fraction

from config.lib.dates import days_between
from kpis.indicators.engine.periods import Period
from kpis.indicators.engine.plan import IsWorking
from kpis.indicators.engine.values import rounded


def working_days(period: Period | None, is_working: IsWorking) -> int:
    """How many days of ``period`` are worked."""
    if period is None:
        return 0
    return sum(1 for day in days_between(period.first, period.last) if is_working(day))


def prorated(norm: int, employed: Period | None, month: Period, is_working: IsWorking) -> int:
    """``norm`` kopecks × working days of ``month`` within ``employed`` ÷ all of them, rounded half
    up to a kopeck; 0 for who was not employed in it. A month without working days counts by the
    calendar."""
    both = None
    if employed and employed.first <= month.last and employed.last >= month.first:
        both = Period(max(employed.first, month.first), min(employed.last, month.last))
    if both is None:
        return 0
    if not working_days(month, is_working):
        is_working = _every_day
    share = Fraction(working_days(both, is_working), working_days(month, is_working))
    return int(rounded(norm * share, 0))


def _every_day(day: object) -> bool:
    return True
