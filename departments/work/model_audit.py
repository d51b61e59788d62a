"""What the model audit learns about the operations of the ideal model (A.O1 … C.O11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from departments.structure.audit_registry import Finding, State, register_probe
from departments.structure.blueprint import operations
from departments.structure.models import Department
from departments.work.models import Occurrence, OperationalTask
from departments.work.models.occurrence import Status


@register_probe
def operations_probe(department: Department) -> Mapping[str, Finding]:
    """Done in its rhythm, never done, overdue or not set up. Three queries."""
    tasks = {task.model_code: task for task in department.tasks.exclude(model_code="")}
    rows = Occurrence.objects.filter(task__department=department).exclude(task__model_code="")
    due = rows.filter(due_at__lt=timezone.now()).order_by("task_id", "-due_at")
    last_due = {each.task_id: each for each in due.distinct("task_id")}
    finished = rows.filter(status=Status.DONE).order_by("task_id", "-finished_at")
    last_done = {each.task_id: each for each in finished.distinct("task_id")}
    return {
        row.code: _finding(task, last_due.get(task.pk), last_done.get(task.pk))
        if (task := tasks.get(row.code))
        else Finding(State.MISSING, _("Not set up"), reverse("work:task-list"))
        for row in operations()
    }


def _finding(
    task: OperationalTask, last_due: Occurrence | None, last_done: Occurrence | None
) -> Finding:
    if not task.is_active:
        return Finding(State.EMPTY, _("Switched off"), task.get_absolute_url())
    if last_due is not None and (last_due.is_open or last_due.status == Status.MISSED):
        text = _("Was due on %(day)s, not done") % {"day": _day(last_due.due_on)}
        return Finding(State.OVERDUE, text, last_due.get_absolute_url())
    if last_done is None or last_done.finished_at is None:
        return Finding(State.EMPTY, _("Set up, never done yet"), task.get_absolute_url())
    done = timezone.localdate(last_done.finished_at)
    text = _("Last done on %(day)s") % {"day": _day(done)}
    return Finding(State.PRESENT, text, task.get_absolute_url())


def _day(day: dt.date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")
