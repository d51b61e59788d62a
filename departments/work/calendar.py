"""The Russian production calendar, and the question "is it a working day?".

Saturday and Sunday are days off; public holidays come from Article 112 of the Labour Code, where a
holiday on a weekend moves to the next working day (January moves only by a government decree); the
decrees of past and current years are `DECREES`. A year without a decree is provisional. What a
company decides itself, or a decree that came later, are rows (`CalendarDay`): they go before it.

The rows are remembered in the process; whether they still hold is asked at most every
``CALENDAR_SECONDS`` by two small queries, so a change reaches every process within that time.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from uuid import UUID

from django.conf import settings

from departments.structure.models import Company
from departments.work.models.calendar import CalendarDay, CalendarVersion

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


@dataclass(slots=True)
class _Memory:
    """Exceptions by company (None: of all companies), as of ``token``; ``alone`` is the only
    company; ``checked`` on the clock of the process."""

    days: Mapping[int | None, Mapping[dt.date, bool]] = field(default_factory=dict)
    token: UUID | None = None
    alone: int | None = None
    checked: float | None = None


_memory = _Memory()


def is_working(day: dt.date) -> bool:
    """Whether the office works on ``day``. Where there are several companies: by what holds for
    all of them, see `calendar_of`."""
    return _works(_memory.alone, day)


def calendar_of(company: Company) -> IsWorking:
    """`is_working` for one company: its own exceptions, then those of all, then the law."""

    return partial(_works, company.pk)


def refresh() -> None:
    """Read the exceptions again if they have changed. Two queries, three where they have."""
    token = CalendarVersion.objects.values_list("token", flat=True).first()
    companies = list(Company.objects.order_by("pk").values_list("pk", flat=True)[:2])
    _memory.alone = companies[0] if len(companies) == 1 else None
    _memory.checked = time.monotonic()
    if token == _memory.token:
        return
    found: dict[int | None, dict[dt.date, bool]] = {}
    for company, day, works in CalendarDay.objects.values_list("company_id", "day", "is_working"):
        found.setdefault(company, {})[day] = works
    _memory.days, _memory.token = found, token


def forget() -> None:
    """As after a start of the process."""
    _memory.days, _memory.token, _memory.alone, _memory.checked = {}, None, None, None


def _works(company: int | None, day: dt.date) -> bool:
    every = settings.CALENDAR_SECONDS  # 0: only when told
    if every and (_memory.checked is None or time.monotonic() - _memory.checked >= every):
        refresh()
        company = company or _memory.alone
    for whose in (company, None):
        found = _memory.days.get(whose, {}).get(day)
        if found is not None:
            return found
    return by_law(day)


def by_law(day: dt.date) -> bool:
    """Whether ``day`` is a working day by the law and its decrees."""
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
