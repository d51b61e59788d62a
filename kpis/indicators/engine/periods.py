"""Periods and what they are compared with. Dates are business dates of the company's zone.

The rules, written on screen too: the previous month is taken for the same number of elapsed days,
clamped to its end; last year is the same dates, 29 February becomes 28 February.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from config.lib.dates import add_months, month_first, month_last

LOOK_BACK = dt.timedelta(days=28)


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


def previous_month(elapsed: Period) -> Period:
    """The previous month up to the same number of elapsed days. A whole month gives a whole month
    only as far as the days go: 1–28 Feb is compared with 1–28 Jan, 1–31 Mar with 1–28 Feb."""
    first = add_months(month_first(elapsed.first), -1)
    last = min(first + dt.timedelta(days=elapsed.days - 1), month_last(first))
    return Period(first, last)


def last_year(period: Period) -> Period:
    """The same dates a year before. A period that ends with February keeps February whole."""
    first = add_months(period.first, -12)
    last = add_months(period.last, -12)
    if period.last.month == 2 and period.last == month_last(period.last) and period.first.day == 1:
        last = month_last(last)
    return Period(first, last)
