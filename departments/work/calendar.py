"""The Russian production calendar as data, and the question "is it a working day?".

Saturday and Sunday are days off; public holidays come from Article 112 of the Labour Code, where a
holiday on a weekend moves to the next working day (January moves only by a government decree); the
decrees of past and current years are `DECREES`. A year without a decree is provisional.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

IsWorking = Callable[[dt.date], bool]

HOLIDAYS = ((2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4))
NEW_YEAR = tuple((1, day) for day in range(1, 9))


@dataclass(frozen=True, slots=True)
class Decree:
    """What the government moved for one year. ``replaced`` holidays get no day off of their own."""

    days_off: frozenset[tuple[int, int]]
    working: frozenset[tuple[int, int]] = frozenset()
    replaced: frozenset[tuple[int, int]] = frozenset()


DECREES: dict[int, Decree] = {
    2025: Decree(
        days_off=frozenset({(5, 2), (5, 8), (6, 13), (11, 3), (12, 31)}),
        working=frozenset({(11, 1)}),
        replaced=frozenset({(2, 23), (3, 8)}),
    ),
    # 3 and 4 January, both at a weekend, moved to 9 January and 31 December.
    2026: Decree(days_off=frozenset({(1, 9), (12, 31)})),
}


@lru_cache(maxsize=64)
def days_off(year: int) -> frozenset[dt.date]:
    """Days off of ``year`` beyond Saturdays and Sundays (weekend holidays are included too)."""
    decree = DECREES.get(year, Decree(frozenset()))
    found = {dt.date(year, month, day) for month, day in (*NEW_YEAR, *HOLIDAYS, *decree.days_off)}
    for month, day in HOLIDAYS:
        holiday = dt.date(year, month, day)
        if holiday.isoweekday() > 5 and (month, day) not in decree.replaced:
            moved = holiday
            while moved.isoweekday() > 5 or moved in found:
                moved += dt.timedelta(days=1)
            found.add(moved)
    return frozenset(found)


def is_working(day: dt.date) -> bool:
    """Whether the office works on ``day``."""
    decree = DECREES.get(day.year)
    if decree and (day.month, day.day) in decree.working:
        return True
    return day.isoweekday() <= 5 and day not in days_off(day.year)


def is_provisional(year: int) -> bool:
    """Whether the year's moved days are not officially known here."""
    return year not in DECREES


def next_working(day: dt.date, count: int = 1, working: IsWorking = is_working) -> dt.date:
    """``count`` working days after ``day``; 0 gives ``day`` itself or the next working day."""
    while count or not working(day):
        day += dt.timedelta(days=1)
        if working(day):
            count = max(count - 1, 0)
    return day
