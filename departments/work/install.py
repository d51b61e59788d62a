"""Operational tasks of the ideal model, installed into a new department."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from departments.structure.blueprint import OperationRow, operations
from departments.structure.install_registry import InstallOptions, register_installer
from departments.structure.models import Department, Direction, Unit
from departments.work.clock import today_of
from departments.work.models import OperationalTask
from staff.accounts.models import User
from staff.accounts.services.audit import audit
from staff.people.models import Position


def install_tasks(department: Department, actor: User, options: InstallOptions) -> None:
    """Every operation of the chosen directions that the department has not got, from today on.

    Without installed positions the tasks have no responsible yet.
    """
    known = set(department.tasks.values_list("model_code", flat=True))
    rows = [
        row for letter in options.directions for row in operations(letter) if row.code not in known
    ]
    joined = department.directions.select_related("department__company")
    directions = {each.code: each for each in joined}
    units = {
        each.model_code: each for each in Unit.objects.filter(direction__department=department)
    }
    positions = {each.model_code: each for each in department.positions.all()}
    made = OperationalTask.objects.bulk_create(
        _task(direction, row, units.get(row.unit_code), positions.get(row.staff_code))
        for row in rows
        if (direction := directions.get(row.direction or "")) is not None
    )
    audit(
        action="work.task.installed",
        actor=actor,
        target=department,
        scope=department.scope,
        after={"codes": [task.model_code for task in made]},
    )


def _task(
    direction: Direction, row: OperationRow, unit: Unit | None, position: Position | None
) -> OperationalTask:
    rhythm = row.rhythm
    return OperationalTask(
        scope_id=direction.scope_id,
        department=direction.department,
        direction=direction,
        unit=unit,
        position=position,
        model_code=row.code,
        name_ru=row.ru,
        name_en=row.en,
        frequency=rhythm.frequency.value,
        weekday=rhythm.weekday,
        month_day=rhythm.month_day,
        last_working_day=rhythm.last_working_day,
        quarter_month=rhythm.quarter_month,
        working_days=rhythm.working_days,
        due_time=row.due_time,
        active_from=today_of(direction.department),
        minutes=row.minutes,
        evidence_required=row.evidence_required,
        checklist_ru=row.checklist_ru,
        checklist_en=row.checklist_en,
        trigger_ru=row.trigger_ru,
        trigger_en=row.trigger_en,
    )


register_installer(install_tasks, part="tasks", label=_("Operational tasks"))
