"""On which days tasks fall due."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.lib.dates import month_first, month_last
from departments.structure.blueprint import Frequency, Rhythm
from departments.work.calendar import is_provisional, is_working, next_working
from departments.work.rhythm import due_days, falls_due

days = st.dates(dt.date(2024, 1, 1), dt.date(2030, 12, 31))
month_days = st.integers(1, 28)


def monthly(day: int | None) -> Rhythm:
    return Rhythm(Frequency.MONTHLY, month_day=day, last_working_day=day is None)


@given(day=days, month_day=st.none() | month_days)
def test_monthly_task_is_due_once_a_month_on_a_working_day(
    day: dt.date, month_day: int | None
) -> None:
    due = list(due_days(monthly(month_day), month_first(day), month_last(day)))
    assert len(due) == 1
    assert is_working(due[0])


@given(day=days)
def test_last_working_day_has_no_working_day_after_it_in_the_month(day: dt.date) -> None:
    (due,) = due_days(monthly(None), month_first(day), month_last(day))
    after = (due + dt.timedelta(days=n) for n in range(1, 32))
    assert not any(is_working(each) for each in after if each.month == due.month)


@given(day=days, weekday=st.integers(1, 7))
def test_weekly_task_is_due_once_in_every_week_that_has_a_working_day(
    day: dt.date, weekday: int
) -> None:
    monday = day - dt.timedelta(days=day.weekday())
    week = [monday + dt.timedelta(days=n) for n in range(7)]
    due = list(due_days(Rhythm(Frequency.WEEKLY, weekday=weekday), week[0], week[-1]))
    assert len(due) == any(is_working(each) for each in week)
    assert all(is_working(each) for each in due)


@given(
    year=st.integers(2024, 2030), quarter=st.integers(0, 3), month=st.integers(1, 3), day=month_days
)
def test_quarterly_task_is_due_once_in_its_month(
    year: int, quarter: int, month: int, day: int
) -> None:
    rhythm = Rhythm(Frequency.QUARTERLY, month_day=day, quarter_month=month)
    first = dt.date(year, quarter * 3 + 1, 1)
    (due,) = due_days(rhythm, first, month_last(dt.date(year, quarter * 3 + 3, 1)))
    assert due.month == quarter * 3 + month
    assert is_working(due)


@given(day=days)
def test_daily_task_is_due_exactly_on_working_days(day: dt.date) -> None:
    assert falls_due(Rhythm(Frequency.DAILY), day) is is_working(day)


@given(day=days)
def test_task_on_an_event_is_never_due_by_itself(day: dt.date) -> None:
    assert not falls_due(Rhythm(Frequency.ON_EVENT, working_days=3), day)


@pytest.mark.parametrize(
    ("rhythm", "day"),
    [
        # 5 December 2026 is a Saturday: the next working day.
        (monthly(5), dt.date(2026, 12, 7)),
        # 28 February 2027 is a Sunday: forward would leave the month.
        (monthly(28), dt.date(2027, 2, 26)),
        # New Year's Eve 2026 is a day off.
        (monthly(None), dt.date(2026, 12, 30)),
        # Monday 9 March 2026 is off because 8 March is a Sunday.
        (Rhythm(Frequency.WEEKLY, weekday=1), dt.date(2026, 3, 10)),
        # Friday 1 May 2026 is off and the week has nothing after it.
        (Rhythm(Frequency.WEEKLY, weekday=5), dt.date(2026, 4, 30)),
    ],
)
def test_day_off_moves_the_task_inside_its_period(rhythm: Rhythm, day: dt.date) -> None:
    assert falls_due(rhythm, day)


def test_official_calendar_of_2026() -> None:
    year = [dt.date(2026, 1, 1) + dt.timedelta(days=n) for n in range(365)]
    assert sum(map(is_working, year)) == 247
    off = {dt.date(2026, 1, 9), dt.date(2026, 5, 11), dt.date(2026, 12, 31)}
    assert not any(map(is_working, off))
    assert is_working(dt.date(2026, 1, 12))
    assert not is_provisional(2026)


def test_calendar_without_a_decree_is_provisional() -> None:
    assert is_provisional(2027)
    assert not is_working(dt.date(2027, 5, 3))  # 1 May 2027 is a Saturday
    assert is_working(dt.date(2027, 5, 4))


def test_working_saturday_of_2025() -> None:
    assert is_working(dt.date(2025, 11, 1))
    assert not is_working(dt.date(2025, 11, 3))


@given(day=days, count=st.integers(0, 10))
def test_next_working_counts_working_days_only(day: dt.date, count: int) -> None:
    due = next_working(day, count)
    passed = (day + dt.timedelta(days=n) for n in range(1, (due - day).days + 1))
    assert is_working(due)
    assert sum(map(is_working, passed)) == count or count == 0
