"""Rhythms and durations in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.lib.money import NBSP
from departments.work.models import OperationalTask
from departments.work.models.task import FrequencyChoice


def rhythm_words(task: OperationalTask) -> str:
    """ "Weekly, Monday", "Monthly, day 5", … in the active language."""
    name = task.get_frequency_display()
    match task.frequency:
        case FrequencyChoice.WEEKLY:
            return f"{name}, {task.get_weekday_display().lower()}"
        case FrequencyChoice.MONTHLY:
            return f"{name}, {_month_day(task)}"
        case FrequencyChoice.QUARTERLY:
            month = _("month %(number)s") % {"number": task.quarter_month}
            return f"{name}, {month}, {_month_day(task)}"
        case FrequencyChoice.ON_EVENT:
            days = task.working_days or 0
            words = ngettext("in %(days)s working day", "in %(days)s working days", days)
            return f"{name}, {words % {'days': days}}"
    return str(name)


def _month_day(task: OperationalTask) -> str:
    if task.last_working_day:
        return _("the last working day")
    return _("day %(number)s") % {"number": task.month_day}


def duration_words(minutes: int | None) -> str:
    """ "1 h 20 min", "45 min" in one unbroken piece; "—" for what is not told."""
    return "—" if minutes is None else _hours_minutes(minutes).replace(" ", NBSP)


def _hours_minutes(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    # Translators: short for hours and minutes, as in "1 h 20 min"
    if hours and rest:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}
    if hours:
        return _("%(hours)s h") % {"hours": hours}
    return _("%(minutes)s min") % {"minutes": rest}
