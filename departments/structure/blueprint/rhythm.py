"""How often an operational task of the ideal model falls due."""

from dataclasses import dataclass
from enum import StrEnum

# Every month has this day, so a monthly task can never fall out of February.
LAST_SAFE_MONTH_DAY = 28


class Frequency(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    ON_EVENT = "on_event"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A default schedule, in dates of the department's own time zone and working calendar.

    - daily: every working day;
    - weekly: on the ISO ``weekday``, 1 Monday … 7 Sunday;
    - monthly: on ``month_day`` (1-28), or on the last working day;
    - quarterly: the same inside ``quarter_month``, the 1st, 2nd or 3rd month of the quarter;
    - on_event: ``working_days`` working days after the event that calls for the task.

    A date that is not a working day is the calendar's business, not the rhythm's. Build it with
    the functions below. Raises ``ValueError`` for a value out of range or a field that does not
    belong to the frequency.
    """

    frequency: Frequency
    weekday: int | None = None
    month_day: int | None = None
    last_working_day: bool = False
    quarter_month: int | None = None
    working_days: int | None = None

    def __post_init__(self) -> None:
        by_month = self.frequency in {Frequency.MONTHLY, Frequency.QUARTERLY}
        by_date = by_month and not self.last_working_day
        quarterly = self.frequency is Frequency.QUARTERLY
        weekly = self.frequency is Frequency.WEEKLY
        by_event = self.frequency is Frequency.ON_EVENT
        _check("weekday", self.weekday, wanted=weekly, highest=7)
        _check("month_day", self.month_day, wanted=by_date, highest=LAST_SAFE_MONTH_DAY)
        _check("quarter_month", self.quarter_month, wanted=quarterly, highest=3)
        _check("working_days", self.working_days, wanted=by_event, highest=60)
        if self.last_working_day and not by_month:
            raise ValueError(f"last_working_day does not belong to a {self.frequency} rhythm")


def _check(name: str, value: int | None, *, wanted: bool, highest: int) -> None:
    if wanted and (value is None or not 1 <= value <= highest):
        raise ValueError(f"{name} must be from 1 to {highest}, got {value}")
    if not wanted and value is not None:
        raise ValueError(f"{name} does not belong to this rhythm")


def daily() -> Rhythm:
    return Rhythm(Frequency.DAILY)


def weekly(weekday: int) -> Rhythm:
    return Rhythm(Frequency.WEEKLY, weekday=weekday)


def monthly(month_day: int) -> Rhythm:
    return Rhythm(Frequency.MONTHLY, month_day=month_day)


def last_working_day_of_month() -> Rhythm:
    return Rhythm(Frequency.MONTHLY, last_working_day=True)


def quarterly(quarter_month: int, month_day: int) -> Rhythm:
    return Rhythm(Frequency.QUARTERLY, quarter_month=quarter_month, month_day=month_day)


def on_event(working_days: int) -> Rhythm:
    return Rhythm(Frequency.ON_EVENT, working_days=working_days)
