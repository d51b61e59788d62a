from departments.work.models.calendar import CalendarDay, CalendarVersion
from departments.work.models.decision import Decision
from departments.work.models.log import LogLine
from departments.work.models.occurrence import Occurrence
from departments.work.models.task import OperationalTask

__all__ = [
    "CalendarDay",
    "CalendarVersion",
    "Decision",
    "LogLine",
    "Occurrence",
    "OperationalTask",
]
