"""What the head sees of the team's day."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.work.clock import today_of
from departments.work.models import LogLine
from departments.work.selectors import team_today
from staff.accounts.models import User
from staff.people.models import Absence
from tests import factories
from tests.factories import Tree
from tests.work.factories import employ, make_occurrence, make_task, started

ClientOf = Callable[[User], Client]


def test_head_sees_a_start_at_once(
    tree: Tree, head: User, specialist: User, client_of: ClientOf
) -> None:
    employ(specialist, tree.a)
    occurrence = make_occurrence(make_task(tree.a, name_en="Write the post"))
    watching = client_of(head)
    page = watching.get(reverse("work:team-today"), HTTP_HX_REQUEST="true").content.decode()
    assert "team-now" not in page
    client_of(specialist).post(reverse("work:occurrence-start", args=[occurrence.uid]))
    page = watching.get(reverse("work:team-today"), HTTP_HX_REQUEST="true").content.decode()
    assert "team-now" in page
    assert specialist.full_name in page
    assert "<html" not in page


def test_counts_by_person(tree: Tree, specialist: User) -> None:
    employ(specialist, tree.a)
    day = today_of(tree.department)
    started(make_task(tree.a), specialist)
    make_occurrence(make_task(tree.a), assignee=specialist)
    make_occurrence(make_task(tree.a))
    LogLine.objects.create(scope=tree.a.scope, user=specialist, day=day, minutes=40)
    team = team_today(tree.department, day)
    (person,) = team.people
    assert (person.due, person.done, person.overdue, person.minutes) == (2, 0, 0, 40)
    assert len(person.now) == 1
    assert (team.due, team.working, len(team.unclaimed)) == (3, 1, 1)


def test_time_not_logged_is_not_zero(tree: Tree, specialist: User) -> None:
    employ(specialist, tree.a)
    assert team_today(tree.department, today_of(tree.department)).people[0].minutes is None


def test_away_comes_last_and_is_said(tree: Tree, specialist: User, trainee: User) -> None:
    day = today_of(tree.department)
    for user, code in ((specialist, "A.S1"), (trainee, "A.S2")):
        employ(user, tree.a, code)
    Absence.objects.create(
        employee=specialist.employee, kind="vacation", starts_on=day, ends_on=day
    )
    people = team_today(tree.department, day).people
    assert [bool(each.away) for each in people] == [False, True]


def test_head_of_direction_sees_their_own(
    tree: Tree, direction_head: User, specialist: User, client_of: ClientOf
) -> None:
    employ(specialist, tree.a)
    other = factories.make_user("specialist", tree.b.scope, full_name="Boris of B")
    employ(other, tree.b, "B.S1")
    make_occurrence(make_task(tree.b, name_en="Foreign task"))
    page = client_of(direction_head).get(reverse("work:team-today")).content.decode()
    assert specialist.full_name in page
    assert "Boris of B" not in page
    assert "Foreign task" not in page


def test_query_count_does_not_depend_on_people(tree: Tree) -> None:
    day = today_of(tree.department)
    counts = []
    for number in range(12):
        user = factories.make_user("specialist", tree.a.scope)
        employ(user, tree.a, f"X.{number}")
        started(make_task(tree.a), user)
        with CaptureQueriesContext(connection) as queries:
            team_today(tree.department, day)
        counts.append(len(queries))
    assert len(set(counts)) == 1
