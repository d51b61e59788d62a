"""The audit page: found by person, action, row, period and origin; readable; exported safely."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from config.lib import context
from staff.accounts.models import AuditEvent, User
from staff.accounts.services.audit import audit
from staff.accounts.services.roles import role_grant
from tests.factories import Tree, make_user

Open = Callable[[User], Client]


def lines(client: Client, query: str) -> list[list[str]]:
    body = client.get(f"/accounts/audit/?_export=csv&{query}").content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(body)))[1:]


@pytest.fixture
def client(auditor: User, tree: Tree, client_of: Open) -> Client:
    with context.acting("worker", "register.sweep"):
        audit(action="test.worker.ran", scope=tree.a.scope)
    with context.acting("command", "user_add"):
        audit(action="test.command.ran", scope=tree.a.scope, reason="by hand")
    return client_of(auditor)


def test_it_is_narrowed_by_origin(client: Client) -> None:
    assert [line[2] for line in lines(client, "origin=worker")] == ["test.worker.ran"]


def test_it_is_narrowed_by_person(client: Client, head: User, tree: Tree) -> None:
    role_grant(actor=head, user=make_user(), role="trainee", scope=tree.a.scope)
    (line,) = lines(client, f"person={head.uid}")
    assert line[1:3] == [str(head), "Role given"]


def test_it_is_narrowed_by_action(client: Client, head: User, tree: Tree) -> None:
    role_grant(actor=head, user=make_user(), role="trainee", scope=tree.a.scope)
    assert len(lines(client, "action=accounts.role.granted")) == 1


def test_it_is_narrowed_by_row(client: Client, head: User, tree: Tree) -> None:
    person = make_user()
    role_grant(actor=head, user=person, role="trainee", scope=tree.a.scope)
    query = f"target_type=accounts.User&target_id={person.uid}"
    assert [line[3] for line in lines(client, query)] == [str(person)]


def test_it_is_narrowed_by_day(client: Client) -> None:
    today = timezone.localdate()
    tomorrow = today + dt.timedelta(days=1)
    assert len(lines(client, f"since={today}&until={today}&origin=command")) == 1
    assert lines(client, f"since={tomorrow}") == []


def test_a_word_finds_it(client: Client) -> None:
    assert [line[2] for line in lines(client, "q=by+hand")] == ["test.command.ran"]


def test_the_difference_reads_as_words(client: Client, tree: Tree) -> None:
    event = audit(
        action="test.row.changed",
        target=make_user(),
        scope=tree.a.scope,
        before={"is_active": True},
        after={"is_active": False},
    )
    page = client.get(f"/accounts/audit/{event.uid}/").content.decode()
    assert "may log in" in page
    assert '<del class="muted">yes</del>' in page
    assert "<ins>no</ins>" in page


def test_actions_of_one_request_are_shown_together(client: Client, tree: Tree) -> None:
    with context.acting("web", "POST /x"):
        first = audit(action="test.first.done", scope=tree.a.scope)
        audit(action="test.second.done", scope=tree.a.scope)
    page = client.get(f"/accounts/audit/{first.uid}/").content.decode()
    assert "test.second.done" in page


def test_text_is_escaped_on_the_page_and_in_the_file(client: Client, tree: Tree) -> None:
    audit(action="test.row.changed", scope=tree.a.scope, reason="=1+1")
    audit(action="test.row.changed", scope=tree.a.scope, reason="<b>bold</b>")
    assert "'=1+1" in lines(client, "q=1%2B1")[0]
    assert "<b>bold</b>" not in client.get("/accounts/audit/").content.decode()


def test_the_list_costs_the_same_for_many_rows(
    client: Client, tree: Tree, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    for number in range(30):
        audit(action="test.row.changed", scope=tree.a.scope, after={"number": number})
    assert AuditEvent.objects.count() > 30
    with django_assert_max_num_queries(18):  # type: ignore[attr-defined]  # a context manager
        client.get("/accounts/audit/")
