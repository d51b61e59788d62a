"""Setting up operational tasks, installing them, finding them, the model audit."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.lib.errors import Forbidden, Invalid
from departments.structure.audit_registry import State
from departments.structure.blueprint import Frequency, Rhythm, operations
from departments.structure.install_registry import InstallOptions
from departments.work.clock import today_of
from departments.work.install import install_tasks
from departments.work.menu import tasks as search_tasks
from departments.work.model_audit import operations_probe
from departments.work.models import OperationalTask
from departments.work.services.tasks import TaskPlan, plan_of, task_create, task_edit
from staff.accounts.models import AuditEvent, User
from staff.people.install import install_positions
from tests.factories import Tree
from tests.work.factories import make_occurrence, make_task

ClientOf = Callable[[User], Client]
PLAN = TaskPlan(name_ru="Планёрка", rhythm=Rhythm(Frequency.DAILY), minutes=15)
FORM = {
    "name_ru": "Планёрка",
    "frequency": "weekly",
    "weekday": "2",
    "month_day": "9",
    "due_time": "10:00",
    "minutes": "0:15",
    "is_active": "on",
}


def test_head_adds_a_task_by_the_form(tree: Tree, head: User, client_of: ClientOf) -> None:
    answer = client_of(head).post(reverse("work:task-create"), FORM)
    task = OperationalTask.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, task.get_absolute_url())
    assert task.rhythm == Rhythm(Frequency.WEEKLY, weekday=2)
    assert task.minutes == 15


def test_rhythm_without_its_day_comes_back(tree: Tree, head: User, client_of: ClientOf) -> None:
    data = FORM | {"weekday": ""}
    answer = client_of(head).post(reverse("work:task-create"), data)
    assert answer.status_code == 422
    assert "This rhythm needs it." in answer.content.decode()


def test_unit_of_another_direction_is_refused(tree: Tree, head: User) -> None:
    plan = dataclasses.replace(PLAN, direction=tree.a, unit=tree.b.units.first())
    with pytest.raises(Invalid) as refusal:
        task_create(actor=head, department=tree.department, plan=plan)
    assert set(refusal.value.fields) == {"unit"}


def test_head_of_direction_sets_up_only_their_own(tree: Tree, direction_head: User) -> None:
    own = dataclasses.replace(PLAN, direction=tree.a)
    task = task_create(actor=direction_head, department=tree.department, plan=own)
    foreign = dataclasses.replace(PLAN, direction=tree.b)
    with pytest.raises(Forbidden):
        task_edit(actor=direction_head, task=task, plan=foreign)


def test_new_rhythm_counts_from_today(tree: Tree, head: User) -> None:
    task = make_task(tree.a)
    plan = dataclasses.replace(plan_of(task), rhythm=Rhythm(Frequency.WEEKLY, weekday=1))
    task_edit(actor=head, task=task, plan=plan)
    task.refresh_from_db()
    assert task.active_from == today_of(tree.department)
    event = AuditEvent.objects.get(action="work.task.changed")
    assert (event.before["frequency"], event.after["frequency"]) == ("daily", "weekly")


def test_other_changes_leave_the_history_alone(tree: Tree, head: User) -> None:
    task = make_task(tree.a)
    task_edit(actor=head, task=task, plan=dataclasses.replace(plan_of(task), minutes=5))
    task.refresh_from_db()
    assert (task.minutes, task.active_from) == (5, dt.date(2024, 1, 9))


@pytest.mark.parametrize(
    "fields",
    [
        {"frequency": "weekly"},
        {"frequency": "daily", "weekday": 1},
        {"frequency": "monthly"},
        {"frequency": "monthly", "month_day": 29},
        {"frequency": "monthly", "month_day": 5, "last_working_day": True},
        {"frequency": "quarterly", "month_day": 5},
        {"frequency": "on_event"},
        {"frequency": "daily", "last_working_day": True},
    ],
)
def test_database_refuses_a_senseless_rhythm(tree: Tree, fields: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_task(tree.a, **fields)


def test_installer_brings_every_operation_once(tree: Tree, director: User) -> None:
    for _ in range(2):
        install_positions(tree.department, director, InstallOptions())
        install_tasks(tree.department, director, InstallOptions())
    tasks = {task.model_code: task for task in tree.department.tasks.all()}
    assert set(tasks) == {row.code for row in operations()}
    for row in operations():
        task = tasks[row.code]
        assert task.rhythm == row.rhythm
        assert task.position is not None
        assert (task.position.model_code, task.unit.model_code) == (row.staff_code, row.unit_code)
        assert task.scope == tree.directions[row.code[0]].scope


def test_installer_leaves_out_directions_that_are_not_wanted(tree: Tree, director: User) -> None:
    install_tasks(tree.department, director, InstallOptions(directions=("B",)))
    assert set(tree.department.tasks.values_list("direction__code", flat=True)) == {"B"}


def test_model_audit_tells_done_never_late_off_and_missing(tree: Tree, specialist: User) -> None:
    now = timezone.now()
    done: dict[str, Any] = {
        "status": "done",
        "assignee": specialist,
        "started_at": now,
        "finished_at": now,
    }
    late_day = dt.date(2026, 1, 13)
    make_occurrence(make_task(tree.a, model_code="A.O1"), **done)
    make_task(tree.a, model_code="A.O2")
    late = make_occurrence(make_task(tree.a, model_code="A.O3"), day=late_day)
    make_task(tree.a, model_code="A.O4", is_active=False)
    recovered = make_task(tree.a, model_code="A.O5")
    make_occurrence(recovered, day=late_day)
    make_occurrence(recovered, day=dt.date(2026, 1, 14), **done)
    found = operations_probe(tree.department)
    states = [found[f"A.O{number}"].state for number in range(1, 7)]
    assert states == [
        State.PRESENT,
        State.EMPTY,
        State.OVERDUE,
        State.EMPTY,
        State.PRESENT,
        State.MISSING,
    ]
    assert found["A.O3"].url == late.get_absolute_url()
    assert set(found) == {row.code for row in operations()}


def test_model_audit_calls_a_missed_round_overdue(tree: Tree) -> None:
    make_occurrence(make_task(tree.a, model_code="A.O3"), day=dt.date(2026, 1, 13), status="missed")
    assert operations_probe(tree.department)["A.O3"].state == State.OVERDUE


def test_search_finds_only_what_is_in_scope(tree: Tree, specialist: User) -> None:
    make_task(tree.a, name_en="Analysis of channels")
    make_task(tree.b, name_en="Analysis of events")
    assert [hit.label for hit in search_tasks(specialist, "analysis", 5)] == [
        "Analysis of channels"
    ]


def test_export_of_the_list(tree: Tree, head: User, client_of: ClientOf) -> None:
    make_task(tree.a, name_en="=2+2")
    answer = client_of(head).get(reverse("work:task-list"), {"_export": "csv"})
    body = b"".join(answer) if answer.streaming else answer.content
    assert "'=2+2" in body.decode("utf-8-sig")
