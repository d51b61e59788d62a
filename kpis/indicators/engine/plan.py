"""Plan to date: how much of a month's target was due by a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from config.lib.dates import days_between
from kpis.indicators.engine.periods import Period

IsWorking = Callable[[dt.date], bool]


class PlanMethod(StrEnum):
    """``NONE``: a ratio or a level, whose target is the same on any day."""

    CALENDAR = "calendar"
    WORKING = "working"
    WEIGHTS = "weights"
    MILESTONES = "milestones"
    NONE = "none"


def every_day(day: dt.date) -> bool:
    """The calendar method's working calendar."""
    return True


@dataclass(frozen=True, slots=True)
class Pace:
    """How a target is spread over its days. ``weekdays`` are seven weights, Monday first;
    ``milestones`` say what of the whole (0…1) is due by the end of a day."""

    method: PlanMethod = PlanMethod.CALENDAR
    is_working: IsWorking = every_day
    weekdays: tuple[int, ...] = ()
    milestones: tuple[tuple[dt.date, Fraction], ...] = ()

    def weight(self, day: dt.date) -> int:
        """What ``day`` counts beside others."""
        if self.method is PlanMethod.WORKING:
            return int(self.is_working(day))
        if self.method is PlanMethod.WEIGHTS and self.weekdays:
            return self.weekdays[day.isoweekday() - 1]
        return 1

    def share_of(self, days: Iterable[dt.date], period: Period) -> Fraction:
        """The part of ``period`` that ``days`` make, 0…1. A period whose days all weigh nothing is
        shared out by calendar days. Milestones: what was due by the last of the days."""
        known = {day for day in days if day in period}
        if self.method is PlanMethod.MILESTONES and self.milestones:
            return self._reached(max(known)) if known else Fraction(0)
        whole = sum(self.weight(day) for day in days_between(period.first, period.last))
        if not whole:
            return Pace().share_of(known, period)
        return Fraction(sum(self.weight(day) for day in known), whole)

    def _reached(self, day: dt.date) -> Fraction:
        return max((share for due, share in self.milestones if due <= day), default=Fraction(0))


def plan_to_date(target: Fraction, period: Period, as_of: dt.date, pace: Pace) -> Fraction:
    """What of ``target`` was due by the end of ``as_of``."""
    if pace.method is PlanMethod.NONE:
        return target
    elapsed = period.until(as_of)
    if elapsed is None:
        return Fraction(0)
    return target * pace.share_of(days_between(elapsed.first, elapsed.last), period)
