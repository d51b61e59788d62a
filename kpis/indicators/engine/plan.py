"""Plan to date: how much of a month's target was due by a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from enum import StrEnum
from fractions import Fraction

from config.lib.dates import days_between
from kpis.indicators.engine.periods import Period

IsWorking = Callable[[dt.date], bool]


class PlanMethod(StrEnum):
    """``NONE``: a ratio or a level, whose target is the same on any day."""

    CALENDAR = "calendar"
    WORKING = "working"
    NONE = "none"


def every_day(day: dt.date) -> bool:
    """The calendar method's working calendar."""
    return True


def share_of(
    days: Iterable[dt.date], period: Period, method: PlanMethod, is_working: IsWorking
) -> Fraction:
    """The part of ``period`` that ``days`` make, 0…1. A period without a single working day is
    shared out by calendar days."""
    counts = is_working if method is PlanMethod.WORKING else every_day
    whole = sum(1 for day in days_between(period.first, period.last) if counts(day))
    if not whole:
        return share_of(days, period, PlanMethod.CALENDAR, is_working)
    return Fraction(sum(1 for day in set(days) if day in period and counts(day)), whole)


def plan_to_date(
    target: Fraction,
    period: Period,
    as_of: dt.date,
    method: PlanMethod,
    is_working: IsWorking = every_day,
) -> Fraction:
    """What of ``target`` was due by the end of ``as_of``."""
    if method is PlanMethod.NONE:
        return target
    elapsed = period.until(as_of)
    if elapsed is None:
        return Fraction(0)
    days = days_between(elapsed.first, elapsed.last)
    return target * share_of(days, period, method, is_working)
