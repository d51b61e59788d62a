"""Setting up operational tasks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Invalid
from departments.structure.blueprint import Rhythm
from departments.structure.models import Department, Direction, Unit
from departments.work import policies
from departments.work.clock import today_of
from departments.work.models import OperationalTask
from departments.work.models.task import RHYTHM_FIELDS
from staff.accounts.access import require
from staff.accounts.models import User
from staff.accounts.services.audit import audit, snapshot
from staff.people.models import Employee, Position
from staff.people.services.checks import refuse_invalid

AUDITED = (
    "name_ru",
    "name_en",
    *RHYTHM_FIELDS,
    "due_time",
    "active_from",
    "direction",
    "unit",
    "position",
    "employee",
    "minutes",
    "evidence_required",
    "is_active",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPlan:
    """What a task is: its words, rhythm, responsible and proof. Fields as in `OperationalTask`."""

    name_ru: str
    name_en: str = ""
    direction: Direction | None = None
    unit: Unit | None = None
    rhythm: Rhythm
    due_time: dt.time = dt.time(17)
    position: Position | None = None
    employee: Employee | None = None
    minutes: int
    evidence_required: bool = False
    checklist_ru: str = ""
    checklist_en: str = ""
    trigger_ru: str = ""
    trigger_en: str = ""
    is_active: bool = True


@transaction.atomic
def task_create(
    *,
    actor: User,
    department: Department,
    plan: TaskPlan,
    model_code: str = "",
    active_from: dt.date | None = None,
) -> OperationalTask:
    """A new task, in force from ``active_from`` (today in the company's zone by default)."""
    task = OperationalTask(
        department=department,
        model_code=model_code,
        active_from=active_from or today_of(department),
    )
    _fill(task, plan)
    require(actor, policies.TASK_MANAGE, task.scope)
    refuse_invalid(task)
    task.save()
    audit(
        action="work.task.created",
        actor=actor,
        target=task,
        scope=task.scope,
        after=snapshot(task, *AUDITED),
    )
    return task


@transaction.atomic
def task_edit(*, actor: User, task: OperationalTask, plan: TaskPlan) -> OperationalTask:
    """Change a task. A new rhythm, or switching on again, counts from today: nothing is made
    overdue for days before it. Occurrences that exist stay."""
    require(actor, policies.TASK_MANAGE, task.scope)
    before = snapshot(task, *AUDITED)
    restarts = plan.rhythm != task.rhythm or (plan.is_active and not task.is_active)
    _fill(task, plan)
    require(actor, policies.TASK_MANAGE, task.scope)
    if restarts:
        task.active_from = today_of(task.department)
    refuse_invalid(task)
    task.save()
    audit(
        action="work.task.changed",
        actor=actor,
        target=task,
        scope=task.scope,
        before=before,
        after=snapshot(task, *AUDITED),
    )
    return task


def task_set_active(*, actor: User, task: OperationalTask, active: bool) -> OperationalTask:
    """Switch a task on or off; its history stays."""
    return task_edit(actor=actor, task=task, plan=replace(plan_of(task), is_active=active))


def plan_of(task: OperationalTask) -> TaskPlan:
    return TaskPlan(
        name_ru=task.name_ru,
        name_en=task.name_en,
        direction=task.direction,
        unit=task.unit,
        rhythm=task.rhythm,
        due_time=task.due_time,
        position=task.position,
        employee=task.employee,
        minutes=task.minutes,
        evidence_required=task.evidence_required,
        checklist_ru=task.checklist_ru,
        checklist_en=task.checklist_en,
        trigger_ru=task.trigger_ru,
        trigger_en=task.trigger_en,
        is_active=task.is_active,
    )


def _fill(task: OperationalTask, plan: TaskPlan) -> None:
    direction = plan.direction or (plan.unit.direction if plan.unit else None)
    _refuse_foreign(task.department, direction, plan)
    rhythm = plan.rhythm
    task.frequency = rhythm.frequency.value
    for name in ("weekday", "month_day", "last_working_day", "quarter_month", "working_days"):
        setattr(task, name, getattr(rhythm, name))
    for name in ("name_ru", "name_en", "unit", "due_time", "position", "employee", "minutes"):
        setattr(task, name, getattr(plan, name))
    for name in ("checklist_ru", "checklist_en", "trigger_ru", "trigger_en"):
        setattr(task, name, getattr(plan, name))
    task.evidence_required, task.is_active = plan.evidence_required, plan.is_active
    task.direction = direction
    task.scope = direction.scope if direction else task.department.scope


def _refuse_foreign(department: Department, direction: Direction | None, plan: TaskPlan) -> None:
    """Raises `Invalid` for anything of another department or direction."""
    message = _("This belongs to another department or direction.")
    if direction and direction.department_id != department.pk:
        raise Invalid(message, fields={"direction": message})
    if plan.unit and direction and plan.unit.direction_id != direction.pk:
        raise Invalid(message, fields={"unit": message})
    for name in ("position", "employee"):
        holder: Position | Employee | None = getattr(plan, name)
        if holder and holder.department_id != department.pk:
            raise Invalid(message, fields={name: message})
