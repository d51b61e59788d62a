"""What day and time it is for a department: its company's zone, never the server's."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from config.lib.dates import today
from departments.structure.models import Department


def today_of(department: Department) -> dt.date:
    return today(department.company.time_zone)


def moment(department: Department, day: dt.date, time: dt.time) -> dt.datetime:
    """``time`` of ``day`` on the company's clock, as an aware moment."""
    return dt.datetime.combine(day, time, ZoneInfo(department.company.time_zone))


def date_of(department: Department, moment: dt.datetime) -> dt.date:
    """The date of an aware ``moment`` on the company's clock."""
    return moment.astimezone(ZoneInfo(department.company.time_zone)).date()


def day_bounds(department: Department, day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """The first moment of ``day`` and of the day after it."""
    following = day + dt.timedelta(days=1)
    return moment(department, day, dt.time.min), moment(department, following, dt.time.min)
