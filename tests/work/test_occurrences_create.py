"""Making the rows that are due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from config.lib.errors import Forbidden, Invalid
from departments.structure.blueprint import Frequency
from departments.work.clock import today_of
from departments.work.models import Occurrence
from departments.work.services.occurrences import (
    occurrence_raise,
    occurrences_create,
    occurrences_create_everywhere,
)
from departments.work.tasks import occurrences_create_today
from staff.accounts.models import User
from staff.people.models import Absence
from tests import factories
from tests.factories import Tree
from tests.work.factories import employ, make_task, started

WEDNESDAY = dt.date(2026, 11, 25)
Raced = Callable[[Callable[[], object]], list[object]]


def test_it_makes_what_is_due_once(tree: Tree) -> None:
    make_task(tree.a)
    make_task(tree.a, frequency=Frequency.WEEKLY, weekday=3)
    make_task(tree.a, frequency=Frequency.WEEKLY, weekday=4, active_from=WEDNESDAY)
    make_task(tree.a, is_active=False)
    make_task(tree.a, frequency=Frequency.ON_EVENT, working_days=2)
    assert occurrences_create(day=WEDNESDAY, department=tree.department) == 2
    assert occurrences_create(day=WEDNESDAY, department=tree.department) == 0
    assert set(Occurrence.objects.values_list("due_on", flat=True)) == {WEDNESDAY}


def test_due_moment_is_on_the_companys_clock(tree: Tree) -> None:
    tree.company.time_zone = "Asia/Vladivostok"
    tree.company.save()
    make_task(tree.a, due_time=dt.time(12))
    tree.department.refresh_from_db()
    occurrences_create(day=WEDNESDAY, department=tree.department)
    at = Occurrence.objects.get().due_at
    assert at == dt.datetime(2026, 11, 25, 2, 0, tzinfo=dt.UTC)


def test_nothing_is_made_on_a_day_off(tree: Tree) -> None:
    make_task(tree.a)
    assert occurrences_create(day=dt.date(2026, 11, 28), department=tree.department) == 0


def test_after_a_standstill_rare_work_is_owed_and_daily_rounds_are_not(tree: Tree) -> None:
    make_task(tree.a)
    weekly = make_task(tree.a, frequency=Frequency.WEEKLY, weekday=5)
    assert occurrences_create(day=WEDNESDAY, department=tree.department) == 2
    assert weekly.occurrences.get().due_on == dt.date(2026, 11, 20)


def test_nothing_is_owed_from_before_a_task_is_in_force(tree: Tree) -> None:
    make_task(tree.a, frequency=Frequency.WEEKLY, weekday=5, active_from=WEDNESDAY)
    assert occurrences_create(day=WEDNESDAY, department=tree.department) == 0


def test_the_only_holder_of_the_position_is_expected_to_do_it(tree: Tree, specialist: User) -> None:
    position = employ(specialist, tree.a)
    task = make_task(tree.a, position=position)
    occurrences_create(day=WEDNESDAY, department=tree.department)
    assert task.occurrences.get().assignee == specialist


def test_nobody_is_expected_while_the_holder_is_away(tree: Tree, specialist: User) -> None:
    position = employ(specialist, tree.a)
    task = make_task(tree.a, position=position)
    Absence.objects.create(
        employee=specialist.employee, kind="vacation", starts_on=WEDNESDAY, ends_on=WEDNESDAY
    )
    occurrences_create(day=WEDNESDAY, department=tree.department)
    assert task.occurrences.get().assignee is None


def test_the_task_of_the_worker_covers_every_department(tree: Tree, other_tree: Tree) -> None:
    weekend = today_of(tree.department).isoweekday() > 5
    for each in (tree, other_tree):
        make_task(each.a, frequency=Frequency.WEEKLY, weekday=1)
    occurrences_create_today()
    made = Occurrence.objects.values_list("task__department", flat=True)
    assert set(made) == {tree.department.pk, other_tree.department.pk} or weekend
    assert occurrences_create_everywhere() == 0


@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_time_make_one_row(raced: Raced) -> None:
    tree = factories.make_tree()
    for _ in range(3):
        make_task(tree.a)
    made = raced(lambda: occurrences_create(day=WEDNESDAY, department=tree.department))
    assert sum(made) == 3  # type: ignore[arg-type]  # numbers of new rows
    assert Occurrence.objects.count() == 3


def test_a_task_on_an_event_begins_by_hand(tree: Tree, specialist: User) -> None:
    task = make_task(tree.a, frequency=Frequency.ON_EVENT, working_days=2)
    first = occurrence_raise(actor=specialist, task=task, event="A programme was approved")
    second = occurrence_raise(actor=specialist, task=task, event="Another one")
    assert first.due_on == second.due_on > today_of(tree.department)
    assert first.raised_by == specialist


def test_it_refuses_to_begin_a_scheduled_task(tree: Tree, specialist: User) -> None:
    with pytest.raises(Invalid):
        occurrence_raise(actor=specialist, task=make_task(tree.a), event="Now")


def test_it_refuses_to_begin_without_saying_what_happened(tree: Tree, specialist: User) -> None:
    task = make_task(tree.a, frequency=Frequency.ON_EVENT, working_days=2)
    with pytest.raises(Invalid) as refusal:
        occurrence_raise(actor=specialist, task=task, event="  ")
    assert set(refusal.value.fields) == {"event"}


def test_it_refuses_a_task_of_another_direction(tree: Tree, specialist: User) -> None:
    task = make_task(tree.b, frequency=Frequency.ON_EVENT, working_days=2)
    with pytest.raises(Forbidden):
        occurrence_raise(actor=specialist, task=task, event="Now")


def test_daily_round_nobody_began_is_missed_the_next_day(tree: Tree, specialist: User) -> None:
    daily = make_task(tree.a)
    weekly = make_task(tree.a, frequency=Frequency.WEEKLY, weekday=2)
    begun = started(make_task(tree.a), specialist, minutes_ago=60 * 24 * 300)
    begun.due_on = WEDNESDAY - dt.timedelta(days=1)
    begun.save()
    for day in (WEDNESDAY - dt.timedelta(days=1), WEDNESDAY):
        occurrences_create(day=day, department=tree.department)
    days = daily.occurrences.order_by("due_on").values_list("status", flat=True)
    assert list(days) == ["missed", "new"]
    assert weekly.occurrences.get(due_on=WEDNESDAY - dt.timedelta(days=1)).status == "new"
    begun.refresh_from_db()
    assert begun.status == "in_progress"
