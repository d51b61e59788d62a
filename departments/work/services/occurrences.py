"""Making the rows that are due. Idempotent, and safe when several workers and pages do it at once:
the unique constraint decides, ON CONFLICT keeps it silent."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.dates import days_between
from config.lib.errors import Invalid
from departments.structure.blueprint import Frequency
from departments.structure.models import Department
from departments.work import policies
from departments.work.calendar import calendar_of, next_working
from departments.work.clock import moment, today_of
from departments.work.models import Occurrence, OperationalTask
from departments.work.models.occurrence import Status
from departments.work.rhythm import falls_due
from staff.accounts.access import require
from staff.accounts.models import User
from staff.accounts.services.audit import audit, snapshot
from staff.people.models import Employee
from staff.people.selectors import holders

# After a standstill weekly and rarer work of these days is still owed, a daily round is not.
CATCH_UP_DAYS = 6


@transaction.atomic
def occurrences_create(*, day: dt.date, department: Department) -> int:
    """Make what is due on ``day``, and the rarer tasks of the week before that nobody made.

    Returns how many rows are new. Costs two queries when there is nothing to make. The assignee
    is the task's employee, or the only one who holds its position and is not away; else nobody.
    """
    wanted = _wanted(department, day)
    known = set(
        Occurrence.objects.filter(
            task__department=department, due_on__gte=day - dt.timedelta(days=CATCH_UP_DAYS)
        )
        .filter(raised_by=None)
        .values_list("task_id", "due_on")
    )
    missing = [(task, due) for task, due in wanted if (task.pk, due) not in known]
    if not missing:
        return 0
    held = holders(department, day)
    rows = [
        Occurrence(
            scope_id=task.scope_id,
            task=task,
            due_on=due,
            due_at=moment(department, due, task.due_time),
            assignee=_expected(task, held),
        )
        for task, due in missing
    ]
    Occurrence.objects.bulk_create(rows, ignore_conflicts=True)
    _close_missed(day, department)
    return Occurrence.objects.filter(uid__in=[row.uid for row in rows]).count()


def occurrences_create_everywhere() -> int:
    """Today's rows of every department, each in its own zone. Returns how many are new."""
    departments = Department.objects.select_related("company").order_by("pk")
    return sum(occurrences_create(day=today_of(each), department=each) for each in departments)


@transaction.atomic
def occurrence_raise(*, actor: User, task: OperationalTask, event: str) -> Occurrence:
    """Begin an on-event task: due its working days from today. ``event`` says what happened."""
    require(actor, policies.TASK_DO, task.scope)
    if task.frequency != Frequency.ON_EVENT or not task.is_active:
        raise Invalid(_("Only a task on an event that is in force is started by hand."))
    if not event.strip():
        message = _("Say what happened.")
        raise Invalid(message, fields={"event": message})
    day = today_of(task.department)
    works = calendar_of(task.department.company)
    due = next_working(day, task.working_days or 1, works)
    occurrence = Occurrence.objects.create(
        scope_id=task.scope_id,
        task=task,
        due_on=due,
        due_at=moment(task.department, due, task.due_time),
        assignee=_expected(task, holders(task.department, day)),
        raised_by=actor,
        event=event.strip()[:250],
    )
    audit(
        action="work.occurrence.raised",
        actor=actor,
        target=occurrence,
        scope=task.scope,
        after=snapshot(occurrence, "due_on", "assignee", "event"),
    )
    return occurrence


def _wanted(department: Department, day: dt.date) -> list[tuple[OperationalTask, dt.date]]:
    tasks = OperationalTask.objects.filter(
        ~Q(frequency=Frequency.ON_EVENT), department=department, is_active=True
    ).select_related("employee__user")
    first = day - dt.timedelta(days=CATCH_UP_DAYS)
    works = calendar_of(department.company)
    return [
        (task, due)
        for task in tasks
        for due in days_between(day if task.frequency == Frequency.DAILY else first, day)
        if due >= task.active_from and falls_due(task.rhythm, due, works)
    ]


def _close_missed(day: dt.date, department: Department) -> None:
    """Daily rounds of days before ``day`` that nobody began."""
    Occurrence.objects.filter(
        task__department=department,
        task__frequency=Frequency.DAILY,
        status=Status.NEW,
        raised_by=None,
        due_on__lt=day,
    ).update(status=Status.MISSED)


def _expected(task: OperationalTask, held: dict[int, list[Employee]]) -> User | None:
    if task.employee is not None:
        return task.employee.user
    people = held.get(task.position_id or 0, [])
    return people[0].user if len(people) == 1 else None
