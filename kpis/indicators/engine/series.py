"""What the engine is given: a metric day by day."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping
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


# One telling of a level: who gave it and about what; the register's (stream id, subject id).
SeriesKey = tuple[int, int]


@dataclass(frozen=True, slots=True)
class MetricDays:
    """An absent day was not measured, unless ``missing_is_zero``. Days younger than
    ``settle_days`` may still change.

    ``levels`` are the single series of a metric that takes its last value or does not add up: each
    is read on its own, so one that was silent on the last day is not lost. ``wholes`` are the
    source's own figures of whole periods, for metrics whose days do not add up.
    """

    code: str
    days: Mapping[dt.date, Day] = field(default_factory=dict)
    adds_up: AddUp = AddUp.SUM
    settle_days: int = 0
    missing_is_zero: bool = False
    levels: Mapping[SeriesKey, Mapping[dt.date, Fraction]] = field(default_factory=dict)
    wholes: Mapping[Period, Fraction] = field(default_factory=dict)
    # A page asks for the same periods hundreds of times. Days are complete once it begins to ask.
    _order: list[dt.date] = field(init=False, repr=False, compare=False, default_factory=list)
    _present: dict[Period, frozenset[dt.date]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )
    _streams: dict[Period, int] = field(init=False, repr=False, compare=False, default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether no period can have a value."""
        return not (self.days or self.wholes or self.missing_is_zero)

    def _within(self, first: dt.date, last: dt.date) -> list[dt.date]:
        """Days with a value, in order."""
        if not self._order:
            self._order.extend(sorted(self.days))
        return self._order[bisect_left(self._order, first) : bisect_right(self._order, last)]

    def present(self, period: Period) -> frozenset[dt.date]:
        """Days of ``period`` that have a value."""
        found = self._present.get(period)
        if found is None:
            first, last = period.first, period.last
            days = days_between(first, last) if self.missing_is_zero else self._within(first, last)
            found = self._present[period] = frozenset(days)
        return found

    def expected_streams(self, period: Period) -> int:
        """Sources that should have given every day: as many as gave any day of the period or of the
        four weeks before it. A source silent for longer is not waited for."""
        found = self._streams.get(period)
        if found is None:
            known = self._within(period.first - LOOK_BACK, period.last)
            found = self._streams[period] = max(
                (self.days[day].streams for day in known), default=1
            )
        return found

    def added_up(self, days: Collection[dt.date]) -> Fraction | None:
        """The metric over ``days``; None when it does not add up or there are none."""
        if self.adds_up is AddUp.SUM and days:
            return sum(
                (self.days[day].number for day in days if day in self.days), start=Fraction(0)
            )
        known = sorted(days)
        numbers = [self.days[day].number if day in self.days else Fraction(0) for day in known]
        if not numbers:
            return None
        if self.adds_up is AddUp.NONE and (len(numbers) > 1 or len(self.levels) > 1):
            return None
        match self.adds_up:
            case AddUp.MAX:
                return max(numbers)
            case AddUp.LAST:
                return self._lasts(set(known)) if self.levels else numbers[-1]
            case _:
                return numbers[-1]

    def of_period(self, period: Period, days: Collection[dt.date]) -> Fraction | None:
        """The metric over ``period`` of which ``days`` are used: the source's own figure where the
        days do not add up."""
        if self.adds_up is AddUp.NONE and period in self.wholes:
            return self.wholes[period]
        return self.added_up(days)

    def bounds(self, days: Iterable[dt.date]) -> tuple[Fraction, Fraction] | None:
        """Between what the figure of a period lies when days do not add up: at least the largest
        part, at most the sum of the parts."""
        if self.adds_up is not AddUp.NONE:
            return None
        known = set(days)
        numbers = [
            number for one in self.levels.values() for day, number in one.items() if day in known
        ] or [self.days[day].number for day in known if day in self.days]
        return (max(numbers), sum(numbers, Fraction(0))) if len(numbers) > 1 else None

    def _lasts(self, days: set[dt.date]) -> Fraction | None:
        """The last value of every series on ``days``, added up over the series."""
        lasts = [
            series[max(known)] for series in self.levels.values() if (known := days & set(series))
        ]
        return sum(lasts, Fraction(0)) if lasts else None


def last_complete_day(metrics: Iterable[MetricDays], limit: dt.date) -> dt.date | None:
    """The newest day up to ``limit``, at most four weeks back, on which every metric is there from
    every source expected of it; else the newest on which every metric is there at all. What is
    booked on some days only says nothing about a day without it."""
    series = [item for item in metrics if not item.missing_is_zero]
    if not series:
        return None
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
