"""A month and a half of work behind the demo company, so that its pages are not those of day
one.
"""

from __future__ import annotations

import datetime as dt
import hashlib

from django.utils import timezone

from config.lib.dates import days_between
from departments.structure.models import Department
from departments.work.calendar import is_working
from departments.work.models import LogLine, Occurrence, OperationalTask
from departments.work.models.occurrence import Status
from departments.work.services.occurrences import occurrences_create

DAYS = 45
DONE_OF_100 = 88
ASSIGNED_ONLY = {"assignee__isnull": False}


def history_create(*, department: Department) -> None:
    """Past rounds of the operational tasks, most of them done by those who hold the position.

    The only rows of the demo that no service writes: nobody can finish a task yesterday.
    """
    today = timezone.localdate()
    first = today - dt.timedelta(days=DAYS)
    OperationalTask.objects.filter(department=department).update(active_from=first)
    for day in days_between(first, today):
        if is_working(day):
            occurrences_create(day=day, department=department)
    lines = []
    done = []
    past = Occurrence.objects.filter(
        task__department=department, due_on__lt=today, **ASSIGNED_ONLY
    ).select_related("task")
    for occurrence in past:
        chance = int(
            hashlib.sha256(f"{occurrence.task.model_code}{occurrence.due_on}".encode()).hexdigest()[
                :4
            ],
            16,
        )
        if chance % 100 >= DONE_OF_100 or occurrence.assignee is None:
            continue
        spent = dt.timedelta(minutes=occurrence.task.minutes * (80 + chance % 50) // 100)
        occurrence.status = Status.DONE
        occurrence.finished_at = occurrence.due_at - dt.timedelta(minutes=chance % 90)
        occurrence.started_at = occurrence.finished_at - spent
        done.append(occurrence)
        lines.append(
            LogLine(
                scope=occurrence.scope,
                occurrence=occurrence,
                user=occurrence.assignee,
                day=occurrence.due_on,
                minutes=max(1, int(spent.total_seconds()) // 60),
                text=occurrence.task.name_ru,
            )
        )
    Occurrence.objects.bulk_update(done, ["status", "started_at", "finished_at"], batch_size=500)
    LogLine.objects.bulk_create(lines, batch_size=500)
