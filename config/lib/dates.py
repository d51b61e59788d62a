"""Business dates: "today" belongs to a time zone, never to the server."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.utils import timezone


def today(zone: str) -> dt.date:
    """The date now in the IANA ``zone``."""
    return timezone.now().astimezone(ZoneInfo(zone)).date()


def month_first(day: dt.date) -> dt.date:
    return day.replace(day=1)


def month_last(day: dt.date) -> dt.date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day ``months`` later, clamped to the month's end (31 Jan + 1 → 28 or 29 Feb)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def days_between(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Every day, both ends included."""
    for offset in range((last - first).days + 1):
        yield first + dt.timedelta(days=offset)
