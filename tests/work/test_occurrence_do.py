"""Start, finish, undo, skip, hand over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone

from config.lib.errors import Conflict, Forbidden, Invalid
from departments.work.models import LogLine, Occurrence
from departments.work.services.doing import (
    occurrence_assign,
    occurrence_finish,
    occurrence_reopen,
    occurrence_skip,
    occurrence_start,
)
from departments.work.services.log import LogEntry
from staff.accounts.models import AuditEvent, User
from tests import factories
from tests.factories import Tree, make_user
from tests.work.factories import make_occurrence, make_task, photo, started

Raced = Callable[..., list[object]]


def at_noon(tree: Tree) -> None:
    """The company where it is noon now, so that minutes ago is today."""
    ahead = 12 - timezone.now().hour
    tree.company.time_zone = f"Etc/GMT{-ahead:+d}"
    tree.company.save()
    for each in (tree.department, tree.a.department):
        each.company = tree.company


def fresh(occurrence: Occurrence) -> Occurrence:
    return Occurrence.objects.get(pk=occurrence.pk)


def test_start_takes_the_task(tree: Tree, specialist: User) -> None:
    occurrence = make_occurrence(make_task(tree.a))
    occurrence_start(actor=specialist, occurrence=occurrence)
    row = fresh(occurrence)
    assert (row.status, row.assignee) == ("in_progress", specialist)
    event = AuditEvent.objects.get(action="work.occurrence.started")
    assert (event.actor, event.after["status"]) == (specialist, "in_progress")


def test_start_twice_by_the_same_person_changes_nothing(tree: Tree, specialist: User) -> None:
    occurrence = make_occurrence(make_task(tree.a))
    occurrence_start(actor=specialist, occurrence=occurrence)
    at = fresh(occurrence).started_at
    occurrence_start(actor=specialist, occurrence=occurrence)
    assert fresh(occurrence).started_at == at


def test_start_of_anothers_work_is_refused_with_the_name(
    tree: Tree, specialist: User, trainee: User
) -> None:
    occurrence = started(make_task(tree.a), trainee)
    with pytest.raises(Conflict) as refusal:
        occurrence_start(actor=specialist, occurrence=occurrence)
    assert refusal.value.code == "already_started"
    assert trainee.full_name in str(refusal.value)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_start_at_once_one_gets_it(raced: Raced) -> None:
    tree = factories.make_tree()
    pair = [factories.make_user("specialist", tree.a.scope) for _ in range(2)]
    occurrence = make_occurrence(make_task(tree.a))
    calls = [
        lambda user=user: occurrence_start(actor=user, occurrence=fresh(occurrence))
        for user in pair
    ]
    results = raced(*calls)
    losers = [each for each in results if isinstance(each, Conflict)]
    assert len(losers) == 1
    assert losers[0].status == 409
    winner = pair[results.index(next(each for each in results if each not in losers))]
    assert fresh(occurrence).assignee == winner


@pytest.mark.django_db(transaction=True)
def test_finish_at_once_is_counted_once(raced: Raced) -> None:
    tree = factories.make_tree()
    user = factories.make_user("specialist", tree.a.scope)
    occurrence = started(make_task(tree.a), user, minutes_ago=10)
    results = raced(lambda: occurrence_finish(actor=user, occurrence=fresh(occurrence)))
    assert sum(isinstance(each, Conflict) for each in results) == 3
    assert AuditEvent.objects.filter(action="work.occurrence.finished").count() == 1
    assert LogLine.objects.count() == 1


def test_finish_writes_the_time_by_the_clock(tree: Tree, specialist: User) -> None:
    at_noon(tree)
    occurrence = started(make_task(tree.a), specialist, minutes_ago=12)
    occurrence_finish(actor=specialist, occurrence=occurrence)
    line = fresh(occurrence).log_lines.get()
    assert (line.minutes in (12, 13), line.by_clock) == (True, True)


def test_work_begun_yesterday_is_not_measured_by_the_clock(tree: Tree, specialist: User) -> None:
    at_noon(tree)
    occurrence = started(make_task(tree.a), specialist, minutes_ago=24 * 60)
    occurrence_finish(actor=specialist, occurrence=occurrence)
    assert not LogLine.objects.exists()


def test_finish_keeps_what_was_logged_and_adds_no_clock(tree: Tree, specialist: User) -> None:
    occurrence = started(make_task(tree.a), specialist, minutes_ago=12)
    entry = LogEntry(minutes=50, text="Two posts")
    occurrence_finish(actor=specialist, occurrence=occurrence, entry=entry)
    assert list(occurrence.log_lines.values_list("minutes", "by_clock")) == [(50, False)]


def test_one_tap_finishes_a_new_task_without_inventing_time(tree: Tree, specialist: User) -> None:
    occurrence = make_occurrence(make_task(tree.a))
    occurrence_finish(actor=specialist, occurrence=occurrence)
    assert fresh(occurrence).status == "done"
    assert not LogLine.objects.exists()


def test_finish_without_the_required_proof_is_refused(tree: Tree, specialist: User) -> None:
    occurrence = started(make_task(tree.a, evidence_required=True), specialist)
    with pytest.raises(Invalid) as refusal:
        occurrence_finish(actor=specialist, occurrence=occurrence)
    assert refusal.value.code == "evidence_required"
    assert fresh(occurrence).status == "in_progress"


@pytest.mark.parametrize(
    "entry",
    [LogEntry(proof_url="https://vk.com/wall-1_2"), LogEntry(proof_file=photo())],
    ids=["link", "photo"],
)
def test_finish_with_a_proof(tree: Tree, specialist: User, entry: LogEntry) -> None:
    occurrence = started(make_task(tree.a, evidence_required=True), specialist)
    occurrence_finish(actor=specialist, occurrence=occurrence, entry=entry)
    assert fresh(occurrence).status == "done"
    assert occurrence.log_lines.get().has_proof


def test_finish_of_anothers_work_is_refused(tree: Tree, specialist: User, trainee: User) -> None:
    occurrence = started(make_task(tree.a), trainee)
    with pytest.raises(Conflict) as refusal:
        occurrence_finish(actor=specialist, occurrence=occurrence)
    assert refusal.value.code == "already_started"


def test_head_finishes_for_a_colleague(tree: Tree, head: User, specialist: User) -> None:
    occurrence = started(make_task(tree.a), specialist)
    occurrence_finish(actor=head, occurrence=occurrence)
    assert fresh(occurrence).assignee == specialist
    assert not LogLine.objects.exists()


def test_director_and_other_direction_do_no_tasks(tree: Tree, director: User) -> None:
    occurrence = make_occurrence(make_task(tree.a))
    stranger = factories.make_user("specialist", tree.b.scope)
    for user in (director, stranger):
        with pytest.raises(Forbidden):
            occurrence_start(actor=user, occurrence=occurrence)


def test_reopen_undoes_finish_then_start(tree: Tree, specialist: User) -> None:
    occurrence = started(make_task(tree.a), specialist, minutes_ago=5)
    occurrence_finish(actor=specialist, occurrence=occurrence)
    occurrence_reopen(actor=specialist, occurrence=fresh(occurrence))
    assert fresh(occurrence).status == "in_progress"
    assert not LogLine.objects.kept().exists()
    occurrence_reopen(actor=specialist, occurrence=fresh(occurrence))
    assert (fresh(occurrence).status, fresh(occurrence).started_at) == ("new", None)


def test_reopen_after_one_tap_makes_it_new(tree: Tree, specialist: User) -> None:
    occurrence = make_occurrence(make_task(tree.a))
    occurrence_finish(actor=specialist, occurrence=occurrence)
    occurrence_reopen(actor=specialist, occurrence=fresh(occurrence))
    assert fresh(occurrence).status == "new"


def test_reopen_of_anothers_work_is_refused(tree: Tree, specialist: User, trainee: User) -> None:
    with pytest.raises(Forbidden):
        occurrence_reopen(actor=specialist, occurrence=started(make_task(tree.a), trainee))


def test_skip_needs_a_reason(tree: Tree, specialist: User) -> None:
    with pytest.raises(Invalid) as refusal:
        occurrence_skip(actor=specialist, occurrence=make_occurrence(make_task(tree.a)), reason=" ")
    assert refusal.value.code == "reason_required"


def test_skip_takes_the_earlier_misses_along(tree: Tree, specialist: User) -> None:
    task = make_task(tree.a)
    earlier = make_occurrence(task, day=dt.date(2026, 1, 13))
    occurrence = make_occurrence(task)
    occurrence_skip(actor=specialist, occurrence=occurrence, reason="No news", with_earlier=True)
    assert fresh(earlier).status == fresh(occurrence).status == "skipped"
    assert fresh(earlier).skip_reason == "No news"


def test_head_hands_over(tree: Tree, head: User, specialist: User) -> None:
    occurrence = make_occurrence(make_task(tree.a))
    occurrence_assign(actor=head, occurrence=occurrence, user=specialist)
    assert fresh(occurrence).assignee == specialist


def test_handing_over_to_somebody_of_another_direction_is_refused(tree: Tree, head: User) -> None:
    stranger = factories.make_user("specialist", tree.b.scope)
    with pytest.raises(Invalid):
        occurrence_assign(actor=head, occurrence=make_occurrence(make_task(tree.a)), user=stranger)


def test_specialist_does_not_hand_over(tree: Tree, specialist: User, trainee: User) -> None:
    with pytest.raises(Forbidden):
        occurrence_assign(
            actor=specialist, occurrence=make_occurrence(make_task(tree.a)), user=trainee
        )


def test_the_clock_of_one_is_not_the_time_of_another(
    tree: Tree, head: User, specialist: User
) -> None:
    at_noon(tree)
    colleague = make_user("specialist", tree.a.scope)
    occurrence = started(make_task(tree.a), specialist, minutes_ago=90)
    occurrence_assign(actor=head, occurrence=occurrence, user=colleague)
    assert (fresh(occurrence).status, fresh(occurrence).started_at) == ("new", None)
    occurrence_finish(actor=colleague, occurrence=fresh(occurrence))
    assert not LogLine.objects.exists()
