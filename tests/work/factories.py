"""Tasks and their occurrences to test with."""

from __future__ import annotations

import datetime as dt
import itertools

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from departments.structure.blueprint import Frequency
from departments.structure.models import Direction
from departments.work.clock import moment, today_of
from departments.work.models import Occurrence, OperationalTask
from staff.accounts.models import User
from staff.people.models import Position
from tests.people.factories import appoint, make_employee, make_position

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32
_numbers = itertools.count(1)


def make_task(direction: Direction, **fields: object) -> OperationalTask:
    """A daily task of the direction's first unit, due at the end of the day."""
    number = next(_numbers)
    defaults: dict[str, object] = {
        "name_ru": f"Задача {number}",
        "name_en": f"Task {number}",
        "unit": direction.units.order_by("model_code").first(),
        "frequency": Frequency.DAILY,
        "due_time": dt.time(23, 59, 59),
        "minutes": 30,
        "active_from": dt.date(2024, 1, 9),
    }
    return OperationalTask.objects.create(
        scope=direction.scope,
        department=direction.department,
        direction=direction,
        **(defaults | fields),
    )


def make_occurrence(
    task: OperationalTask, *, day: dt.date | None = None, **fields: object
) -> Occurrence:
    """Due today (or on ``day``) in the company's zone."""
    due = day or today_of(task.department)
    at = moment(task.department, due, task.due_time)
    return Occurrence.objects.create(scope=task.scope, task=task, due_on=due, due_at=at, **fields)


def started(task: OperationalTask, user: User, minutes_ago: int = 0) -> Occurrence:
    """In progress by ``user``."""
    at = timezone.now() - dt.timedelta(minutes=minutes_ago)
    return make_occurrence(task, status="in_progress", assignee=user, started_at=at)


def employ(user: User, direction: Direction, code: str = "A.S1") -> Position:
    """``user`` as an employee who holds a new position of ``direction``."""
    position = make_position(direction, code)
    appoint(make_employee(direction.department, user), position)
    return position


def photo(name: str = "shelf.png", content: bytes = PNG) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/png")
