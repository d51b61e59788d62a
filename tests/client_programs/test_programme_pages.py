"""Pages of programmes and client groups."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from client_programs.menu import programmes as provider
from client_programs.models import ClientGroup, Programme
from staff.accounts.models import User
from tests.client_programs.helpers import make_group, make_programme, run
from tests.factories import Tree

Open = Callable[[User], Client]
APP = "client_programs"


@pytest.fixture
def group(tree: Tree, head: User) -> ClientGroup:
    return make_group(head, tree.department)


@pytest.fixture
def programme(tree: Tree, head: User, group: ClientGroup) -> Programme:
    return make_programme(head, tree.b, group)


def test_rows_out_of_scope_are_not_found(
    group: ClientGroup, programme: Programme, outsider: User, client_of: Open
) -> None:
    client = client_of(outsider)
    assert client.get(group.get_absolute_url()).status_code == 404
    assert client.get(reverse(f"{APP}:group-edit", args=[group.uid])).status_code == 404
    assert client.post(reverse(f"{APP}:group-archive", args=[group.uid])).status_code == 404
    assert client.get(programme.get_absolute_url()).status_code == 404
    for name in ("programme-edit", "programme-close"):
        assert client.get(reverse(f"{APP}:{name}", args=[programme.uid])).status_code == 404
    moved = client.post(reverse(f"{APP}:programme-move", args=[programme.uid, "training"]))
    assert moved.status_code == 404


def test_a_programme_of_another_direction_is_not_found(
    programme: Programme, specialist: User, client_of: Open
) -> None:
    assert client_of(specialist).get(programme.get_absolute_url()).status_code == 404


def test_the_auditor_reads_and_may_not_change(
    group: ClientGroup, programme: Programme, auditor: User, client_of: Open
) -> None:
    client = client_of(auditor)
    assert client.get(group.get_absolute_url()).status_code == 200
    assert client.get(programme.get_absolute_url()).status_code == 200
    for address in (
        reverse(f"{APP}:group-create"),
        reverse(f"{APP}:programme-create"),
        reverse(f"{APP}:programme-edit", args=[programme.uid]),
    ):
        assert client.get(address).status_code == 403
    moved = client.post(reverse(f"{APP}:programme-move", args=[programme.uid, "training"]))
    assert moved.status_code == 403


def test_the_way_on_the_pages(tree: Tree, head: User, client_of: Open) -> None:
    client = client_of(head)
    group_form = {"department": tree.department.pk, "name": "Students", "description": "Day"}
    client.post(reverse(f"{APP}:group-create"), group_form)
    group = ClientGroup.objects.get()
    form = {
        "direction": tree.b.pk,
        "name": "Student card",
        "group": group.pk,
        "goal": "Come on weekdays",
        "starts_on": "2026-03-02",
    }
    assert client.post(reverse(f"{APP}:programme-create"), form).status_code == 302
    programme = Programme.objects.get()
    edited = {**form, "name": "Student pass"}
    client.post(reverse(f"{APP}:programme-edit", args=[programme.uid]), edited)
    for state in ("training", "running"):
        client.post(reverse(f"{APP}:programme-move", args=[programme.uid, state]))
    close = reverse(f"{APP}:programme-close", args=[programme.uid])
    assert client.post(close, {"conclusions": ""}).status_code == 422
    assert client.post(close, {"conclusions": "Weekdays grew"}).status_code == 302
    page = client.get(programme.get_absolute_url()).content.decode()
    assert "Student pass" in page
    assert "Weekdays grew" in page
    assert "Student pass" in client.get(group.get_absolute_url()).content.decode()


def test_closed_programmes_are_found_by_their_conclusions(
    programme: Programme, head: User, client_of: Open
) -> None:
    from client_programs.services.programmes import programme_move

    programme_move(
        actor=head, programme=run(head, programme), state="closed", conclusions="Weekdays grew"
    )
    page = client_of(head).get(reverse(f"{APP}:programme-list"), {"q": "weekdays"})
    assert programme.name in page.content.decode()


@pytest.mark.parametrize("rows", [1, 20])
def test_lists_cost_the_same(
    tree: Tree,
    head: User,
    client_of: Open,
    rows: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(rows):
        group = make_group(head, tree.department, f"Group {number}")
        make_programme(head, tree.b, group, name=f"Plan {number}")
    client = client_of(head)
    with django_assert_max_num_queries(14):
        page = client.get(reverse(f"{APP}:programme-list"), {"q": "plan"})
    assert page.content.decode().count("Plan ") == rows
    with django_assert_max_num_queries(14):
        page = client.get(reverse(f"{APP}:group-list"), {"q": "group"})
    assert page.content.decode().count("Group ") == rows


def test_programmes_are_exported(programme: Programme, head: User, client_of: Open) -> None:
    file = client_of(head).get(reverse(f"{APP}:programme-list"), {"_export": "csv"})
    assert "Second visit" in file.content.decode()


def test_the_search_stays_in_scope(programme: Programme, head: User, outsider: User) -> None:
    assert [hit.label for hit in provider(head, "second", 5)] == ["Second visit"]
    assert [hit.label for hit in provider(head, "young", 5)] == ["Young parents"]
    assert list(provider(outsider, "young", 5)) == []
