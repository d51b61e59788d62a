"""What the engine is given: a metric day by day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from config.lib.dates import days_between
from kpis.indicators.engine.periods import LOOK_BACK, Period


class AddUp(StrEnum):
    """How days become a period."""

    SUM = "sum"
    LAST = "last"
    MAX = "max"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Day:
    """``streams`` is how many sources gave the day; ``provisional``: the source called it so."""

    number: Fraction
    streams: int = 1
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class MetricDays:
    """An absent day was not measured, unless ``missing_is_zero``. Days younger than
    ``settle_days`` may still change."""

    code: str
    days: Mapping[dt.date, Day] = field(default_factory=dict)
    adds_up: AddUp = AddUp.SUM
    settle_days: int = 0
    missing_is_zero: bool = False

    def present(self, period: Period) -> set[dt.date]:
        """Days of ``period`` that have a value."""
        if self.missing_is_zero:
            return set(days_between(period.first, period.last))
        return {day for day in days_between(period.first, period.last) if day in self.days}

    def expected_streams(self, period: Period) -> int:
        """Sources that should have given every day: as many as gave any day of the period or of the
        four weeks before it. A source silent for longer is not waited for."""
        known = days_between(period.first - LOOK_BACK, period.last)
        return max((self.days[day].streams for day in known if day in self.days), default=1)

    def added_up(self, days: Iterable[dt.date]) -> Fraction | None:
        """The metric over ``days``; None when it does not add up or there are none."""
        known = sorted(days)
        numbers = [self.days[day].number if day in self.days else Fraction(0) for day in known]
        if not numbers or (self.adds_up is AddUp.NONE and len(numbers) > 1):
            return None
        match self.adds_up:
            case AddUp.SUM:
                return sum(numbers, Fraction(0))
            case AddUp.MAX:
                return max(numbers)
            case _:
                return numbers[-1]


def last_complete_day(metrics: Iterable[MetricDays], limit: dt.date) -> dt.date | None:
    """The newest day up to ``limit``, at most four weeks back, on which every metric is there from
    every source expected of it; else the newest on which every metric is there at all."""
    series = list(metrics)
    window = Period(limit - LOOK_BACK, limit)
    days = sorted(days_between(window.first, window.last), reverse=True)
    expected = {item.code: item.expected_streams(window) for item in series}
    there = [day for day in days if all(day in item.days for item in series)]
    full = (
        day
        for day in there
        if all(item.days[day].streams >= expected[item.code] for item in series)
    )
    return next(full, there[0] if there else None)
