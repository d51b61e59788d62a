"""The page of a person's day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.structure.blueprint import Frequency
from departments.work.clock import today_of
from departments.work.models import LogLine, Occurrence
from departments.work.selectors.home import home_of
from departments.work.selectors.my_day import MyDay, my_day
from staff.accounts.models import User
from tests import factories
from tests.factories import Tree, reread
from tests.work.factories import employ, make_occurrence, make_task, photo, started

ClientOf = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
LONG_AGO = dt.date(2026, 1, 13)


def day_of(user: User) -> MyDay:
    user = reread(user)
    home = home_of(user)
    assert home is not None
    return my_day(user, home)


def test_it_makes_todays_rows_when_nobody_has_yet(
    tree: Tree, specialist: User, client_of: ClientOf
) -> None:
    employ(specialist, tree.a)
    weekday = today_of(tree.department).isoweekday()
    make_task(tree.a, frequency=Frequency.WEEKLY, weekday=weekday)
    answer = client_of(specialist).get(reverse("work:my-day"))
    assert answer.status_code == 200
    made = Occurrence.objects.filter(due_on=today_of(tree.department)).count()
    assert made == (weekday <= 5)


def test_mine_others_and_overdue_first(tree: Tree, specialist: User, trainee: User) -> None:
    position = employ(specialist, tree.a)
    late = make_occurrence(make_task(tree.a, position=position), day=LONG_AGO)
    today = make_occurrence(make_task(tree.a, position=position))
    colleagues = make_occurrence(make_task(tree.a), assignee=trainee)
    foreign = make_occurrence(make_task(tree.b))
    day = day_of(specialist)
    assert [row.occurrence for row in day.mine] == [late, today]
    assert [row.occurrence for row in day.others] == [colleagues]
    assert day.overdue == 1
    assert foreign not in [row.occurrence for row in (*day.mine, *day.others)]


def test_misses_of_one_task_are_one_row(tree: Tree, specialist: User) -> None:
    task = make_task(tree.a, position=employ(specialist, tree.a))
    for number in range(3):
        last = make_occurrence(task, day=LONG_AGO + dt.timedelta(days=number))
    (row,) = day_of(specialist).mine
    assert (row.occurrence, row.earlier) == (last, 2)


def test_total_is_missing_until_something_is_told(tree: Tree, specialist: User) -> None:
    employ(specialist, tree.a)
    assert day_of(specialist).minutes is None


def test_finished_work_goes_to_done(tree: Tree, specialist: User, client_of: ClientOf) -> None:
    occurrence = started(make_task(tree.a), specialist)
    client_of(specialist).post(reverse("work:occurrence-finish", args=[occurrence.uid]))
    day = day_of(specialist)
    assert (day.mine, day.done) == ([], [occurrence])


@pytest.mark.parametrize("who", ["specialist", "trainee", "head", "direction_head", "superuser"])
def test_it_opens(
    who: str, tree: Tree, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    make_occurrence(make_task(tree.a))
    answer = client_of(request.getfixturevalue(who)).get(reverse("work:my-day"))
    assert answer.status_code == 200
    assert b"Start" in answer.content


@pytest.mark.parametrize("who", ["director", "auditor", "nobody"])
def test_it_refuses_those_who_do_no_tasks(
    who: str, tree: Tree, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    answer = client_of(request.getfixturevalue(who)).get(reverse("work:my-day"))
    assert answer.status_code == 403


def test_without_a_department_it_says_what_to_do(superuser: User, client_of: ClientOf) -> None:
    answer = client_of(superuser).get(reverse("work:my-day"))
    assert answer.status_code == 200
    assert b"Ask the head of department" in answer.content


def test_query_count_does_not_depend_on_rows(
    tree: Tree, specialist: User, client_of: ClientOf
) -> None:
    position = employ(specialist, tree.a)
    client = client_of(specialist)
    address = reverse("work:my-day")
    counts = []
    for more in (1, 29):
        for _ in range(more):
            make_occurrence(make_task(tree.a, position=position, evidence_required=True))
            LogLine.objects.create(
                scope=tree.a.scope, user=specialist, day=today_of(tree.department), text="x"
            )
        client.get(address)  # today's rows exist from here on
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- buttons ------------------------------------------------------------------------------------
def test_buttons_work_without_javascript(tree: Tree, specialist: User, client_of: ClientOf) -> None:
    occurrence = make_occurrence(make_task(tree.a))
    client = client_of(specialist)
    for verb, status in (("start", "in_progress"), ("finish", "done"), ("reopen", "in_progress")):
        answer = client.post(reverse(f"work:occurrence-{verb}", args=[occurrence.uid]))
        assert (answer.status_code, answer.headers["Location"]) == (302, reverse("work:my-day"))
        occurrence.refresh_from_db()
        assert occurrence.status == status


def test_htmx_gets_the_lists_and_an_undo(tree: Tree, specialist: User, client_of: ClientOf) -> None:
    occurrence = make_occurrence(make_task(tree.a))
    address = reverse("work:occurrence-start", args=[occurrence.uid])
    page = client_of(specialist).post(address, headers=HTMX).content.decode()
    assert 'id="day"' in page
    assert 'id="log"' in page
    assert "<html" not in page
    assert reverse("work:occurrence-reopen", args=[occurrence.uid]) in page


def test_second_person_gets_409_with_the_name(
    tree: Tree, specialist: User, trainee: User, client_of: ClientOf
) -> None:
    occurrence = started(make_task(tree.a), trainee)
    address = reverse("work:occurrence-start", args=[occurrence.uid])
    answer = client_of(specialist).post(address, headers=HTMX)
    assert answer.status_code == 409
    assert trainee.full_name in answer.content.decode()


def test_finish_without_proof_comes_back_with_422(
    tree: Tree, specialist: User, client_of: ClientOf
) -> None:
    occurrence = started(make_task(tree.a, evidence_required=True), specialist)
    address = reverse("work:occurrence-finish", args=[occurrence.uid])
    answer = client_of(specialist).post(address, {"text": "Typed words"})
    assert answer.status_code == 422
    assert "Typed words" in answer.content.decode()


def test_next_never_leads_outside(tree: Tree, specialist: User, client_of: ClientOf) -> None:
    occurrence = make_occurrence(make_task(tree.a))
    address = reverse("work:occurrence-start", args=[occurrence.uid])
    answer = client_of(specialist).post(address, {"next": "https://evil.example/"})
    assert answer.headers["Location"] == reverse("work:my-day")


def test_log_line_in_one_post(tree: Tree, specialist: User, client_of: ClientOf) -> None:
    client = client_of(specialist)
    answer = client.post(reverse("work:log-add"), {"text": "Called", "minutes": "1ч 20м"})
    assert answer.status_code == 302
    assert LogLine.objects.get().minutes == 80


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_refused_log_line_keeps_what_was_typed(
    tree: Tree, specialist: User, client_of: ClientOf, headers: dict[str, str]
) -> None:
    data = {"text": "Called a client", "minutes": "many"}
    answer = client_of(specialist).post(reverse("work:log-add"), data, headers=headers)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Called a client" in page
    assert 'value="many"' in page
    assert "1h20m or 1.5" in page


def test_log_line_for_a_task_of_another_direction_is_refused(
    tree: Tree, specialist: User, client_of: ClientOf
) -> None:
    foreign = make_occurrence(make_task(tree.b))
    data = {"text": "x", "occurrence": str(foreign.uid)}
    assert client_of(specialist).post(reverse("work:log-add"), data).status_code == 422


def test_line_is_corrected_by_its_author_only(
    tree: Tree, specialist: User, trainee: User, outsider: User, client_of: ClientOf
) -> None:
    client = client_of(specialist)
    client.post(reverse("work:log-add"), {"text": "Called", "minutes": "20"})
    address = reverse("work:log-edit", args=[LogLine.objects.get().uid])
    told = {"text": "Called twice", "minutes": "25"}
    assert client_of(outsider).post(address, told).status_code == 404
    assert client_of(trainee).post(address, told).status_code == 403
    assert client.get(address).status_code == 200
    assert client.post(address, told).status_code == 302
    assert LogLine.objects.get().minutes == 25


# --- proofs -------------------------------------------------------------------------------------
def proof_of(tree: Tree, user: User, client: Client) -> LogLine:
    client.post(reverse("work:log-add"), {"text": "Shelf", "proof_file": photo()})
    return LogLine.objects.get(user=user)


def test_proof_is_served_safely(tree: Tree, specialist: User, client_of: ClientOf) -> None:
    client = client_of(specialist)
    answer = client.get(proof_of(tree, specialist, client).proof_link)
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")  # type: ignore[attr-defined]
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_proof_is_not_found_by_strangers(
    tree: Tree, specialist: User, outsider: User, nobody: User, client_of: ClientOf
) -> None:
    link = proof_of(tree, specialist, client_of(specialist)).proof_link
    other_direction = factories.make_user("specialist", tree.b.scope)
    assert client_of(outsider).get(link).status_code == 404
    assert client_of(other_direction).get(link).status_code == 404
    assert client_of(nobody).get(link).status_code == 403
    assert Client().get(link).status_code == 302


def test_proof_of_a_line_taken_out_is_gone(
    tree: Tree, specialist: User, client_of: ClientOf
) -> None:
    client = client_of(specialist)
    line = proof_of(tree, specialist, client)
    client.post(reverse("work:log-delete", args=[line.uid]))
    assert client.get(line.proof_link).status_code == 404
