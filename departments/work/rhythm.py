"""On which days a recurring task falls due: pure functions over a rhythm and a calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from config.lib.dates import days_between, month_first, month_last
from departments.structure.blueprint import Frequency, Rhythm
from departments.work.calendar import IsWorking, is_working


def falls_due(rhythm: Rhythm, day: dt.date, working: IsWorking = is_working) -> bool:
    """Whether a task of ``rhythm`` is due on ``day``; an on-event task never is by itself."""
    if not working(day):
        return False
    match rhythm.frequency:
        case Frequency.DAILY:
            return True
        case Frequency.WEEKLY:
            monday = day - dt.timedelta(days=day.weekday())
            nominal = monday + dt.timedelta(days=(rhythm.weekday or 1) - 1)
            return day == _nearest(nominal, monday, monday + dt.timedelta(days=6), working)
        case Frequency.MONTHLY:
            return day == _in_month(rhythm, day, working)
        case Frequency.QUARTERLY:
            in_quarter = (day.month - 1) % 3 + 1
            return in_quarter == rhythm.quarter_month and day == _in_month(rhythm, day, working)
        case Frequency.ON_EVENT:
            return False


def due_days(
    rhythm: Rhythm, first: dt.date, last: dt.date, working: IsWorking = is_working
) -> Iterator[dt.date]:
    """Due days from ``first`` to ``last``, both included."""
    return (day for day in days_between(first, last) if falls_due(rhythm, day, working))


def _in_month(rhythm: Rhythm, day: dt.date, working: IsWorking) -> dt.date | None:
    first, last = month_first(day), month_last(day)
    nominal = last if rhythm.last_working_day else first.replace(day=rhythm.month_day or 1)
    return _nearest(nominal, first, last, working)


def _nearest(nominal: dt.date, first: dt.date, last: dt.date, working: IsWorking) -> dt.date | None:
    """The first working day from ``nominal`` on, never leaving the period: else the last before it.

    None when the whole period is off (a week of the New Year holidays).
    """
    for day in days_between(nominal, last):
        if working(day):
            return day
    before = (nominal - dt.timedelta(days=back) for back in range(1, (nominal - first).days + 1))
    return next((day for day in before if working(day)), None)
