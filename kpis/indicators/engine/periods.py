"""Periods and what they are compared with. Dates are business dates of the company's zone.

The rules, written on screen too: the previous period is taken for the same number of elapsed days,
clamped to its end; last year is the same dates, 29 February becomes 28 February; beside it stands
the year by weekdays, 364 days ago. A week is an ISO week: it begins on Monday and belongs to the
year of its Thursday.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from config.lib.dates import add_months, month_first, month_last

LOOK_BACK = dt.timedelta(days=28)
ONE_DAY = dt.timedelta(days=1)
SAME_WEEKDAY = dt.timedelta(days=364)


class Grain(StrEnum):
    """Calendar periods. CUSTOM is any two dates."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Both days included."""

    first: dt.date
    last: dt.date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("a period ends before it begins")

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def until(self, as_of: dt.date) -> Period | None:
        """The part that lies on or before ``as_of``; None when nothing does."""
        return Period(self.first, min(self.last, as_of)) if as_of >= self.first else None

    def __contains__(self, day: dt.date) -> bool:
        return self.first <= day <= self.last


def month_of(day: dt.date) -> Period:
    return Period(month_first(day), month_last(day))


def start_of(grain: Grain, day: dt.date) -> dt.date:
    """The first day of the week, month, quarter or year that ``day`` lies in."""
    match grain:
        case Grain.WEEK:
            return day - dt.timedelta(days=day.isoweekday() - 1)
        case Grain.MONTH:
            return month_first(day)
        case Grain.QUARTER:
            return day.replace(month=day.month - (day.month - 1) % 3, day=1)
        case Grain.YEAR:
            return day.replace(month=1, day=1)
        case _:
            return day


def period_of(grain: Grain, day: dt.date) -> Period:
    """The whole period of ``grain`` around ``day``; a custom one is the day itself."""
    first = start_of(grain, day)
    match grain:
        case Grain.WEEK:
            return Period(first, first + dt.timedelta(days=6))
        case Grain.MONTH:
            return Period(first, month_last(first))
        case Grain.QUARTER:
            return Period(first, month_last(add_months(first, 2)))
        case Grain.YEAR:
            return Period(first, first.replace(month=12, day=31))
        case _:
            return Period(first, first)


def name_of(grain: Grain, period: Period) -> str:
    """The period's name by ISO 8601: ``2026-W53``, ``2026-11``, ``2026-Q4``, ``2026``, a date."""
    first = period.first
    match grain:
        case Grain.WEEK:
            year, week, _weekday = first.isocalendar()
            return f"{year}-W{week:02d}"
        case Grain.MONTH:
            return f"{first:%Y-%m}"
        case Grain.QUARTER:
            return f"{first.year}-Q{(first.month + 2) // 3}"
        case Grain.YEAR:
            return str(first.year)
        case _:
            return first.isoformat()


def previous_month(elapsed: Period) -> Period:
    """The previous month up to the same number of elapsed days. A whole month gives a whole month
    only as far as the days go: 1–28 Feb is compared with 1–28 Jan, 1–31 Mar with 1–28 Feb."""
    return previous(Grain.MONTH, elapsed)


def previous(grain: Grain, elapsed: Period) -> Period:
    """The period of ``grain`` before, up to the same number of elapsed days, clamped to its end;
    for days and custom periods as many days right before."""
    if grain in {Grain.DAY, Grain.CUSTOM}:
        last = elapsed.first - ONE_DAY
        return Period(last - dt.timedelta(days=elapsed.days - 1), last)
    before = period_of(grain, start_of(grain, elapsed.first) - ONE_DAY)
    same = before.first + dt.timedelta(days=elapsed.days - 1)
    return Period(before.first, min(same, before.last))


def last_year(period: Period) -> Period:
    """The same dates a year before. A period that ends with February keeps February whole."""
    first = add_months(period.first, -12)
    last = add_months(period.last, -12)
    if period.last.month == 2 and period.last == month_last(period.last) and period.first.day == 1:
        last = month_last(last)
    return Period(first, last)


def same_weekdays(period: Period) -> Period:
    """364 days ago: the same weekdays, for flows that follow the week."""
    return Period(period.first - SAME_WEEKDAY, period.last - SAME_WEEKDAY)
