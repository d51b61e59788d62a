"""Pages of vacancies and candidates; who sees contacts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from staff.accounts.models import User
from staff.hiring.menu import candidates as provider
from staff.hiring.models import Candidate, Vacancy
from tests.factories import Tree
from tests.hiring.helpers import CONTACT, make_candidate, make_mentor, make_position, make_vacancy

Open = Callable[[User], Client]


@pytest.fixture
def vacancy(tree: Tree, head: User) -> Vacancy:
    return make_vacancy(head, tree)


@pytest.fixture
def candidate(vacancy: Vacancy, head: User) -> Candidate:
    return make_candidate(head, vacancy)


def test_rows_out_of_scope_are_not_found(
    vacancy: Vacancy, candidate: Candidate, outsider: User, client_of: Open
) -> None:
    client = client_of(outsider)
    for row in (vacancy, candidate):
        assert client.get(row.get_absolute_url()).status_code == 404
    for name, row in (
        ("vacancy-cancel", vacancy),
        ("candidate-create", vacancy),
        ("candidate-edit", candidate),
        ("candidate-move", candidate),
    ):
        assert client.get(reverse(f"hiring:{name}", args=[row.uid])).status_code == 404


@pytest.mark.parametrize("role", ["specialist", "trainee"])
def test_specialists_do_not_see_candidates(
    candidate: Candidate, role: str, client_of: Open, request: pytest.FixtureRequest
) -> None:
    client = client_of(request.getfixturevalue(role))
    assert client.get(candidate.get_absolute_url()).status_code == 403
    assert client.get(reverse("hiring:vacancy-list")).status_code == 403


def test_readers_do_not_change(
    vacancy: Vacancy, candidate: Candidate, director: User, client_of: Open
) -> None:
    client = client_of(director)
    assert client.get(candidate.get_absolute_url()).status_code == 200
    assert client.get(reverse("hiring:vacancy-create")).status_code == 403
    assert client.get(reverse("hiring:candidate-move", args=[candidate.uid])).status_code == 403


@pytest.mark.parametrize(
    ("role", "sees"),
    [("head", True), ("direction_head", True), ("director", True), ("auditor", False)],
)
def test_a_contact_is_seen_only_with_its_right(
    vacancy: Vacancy,
    candidate: Candidate,
    role: str,
    sees: bool,
    client_of: Open,
    request: pytest.FixtureRequest,
) -> None:
    client = client_of(request.getfixturevalue(role))
    listed = reverse("hiring:candidate-list")
    pages = [
        client.get(candidate.get_absolute_url()),
        client.get(vacancy.get_absolute_url()),
        client.get(listed),
        client.get(listed, {"_export": "csv"}),
    ]
    for page in pages:
        assert page.status_code == 200
        assert (CONTACT in page.content.decode()) is sees


def test_the_way_on_the_pages(tree: Tree, head: User, client_of: Open) -> None:
    client = client_of(head)
    position = make_position(tree)
    form = {"position": position.pk, "opened_on": "2026-03-02", "reason": "More work"}
    assert client.post(reverse("hiring:vacancy-create"), form).status_code == 302
    vacancy = Vacancy.objects.get()
    person = {"full_name": "Pavel Novikov", "contact": CONTACT, "source": ""}
    client.post(reverse("hiring:candidate-create", args=[vacancy.uid]), person)
    candidate = Candidate.objects.get()
    edit = reverse("hiring:candidate-edit", args=[candidate.uid])
    assert CONTACT in client.get(edit).content.decode()
    client.post(edit, {**person, "source": "Job site"})
    move = reverse("hiring:candidate-move", args=[candidate.uid])
    assert client.get(move).status_code == 200
    client.post(move, {"stage": "interview"})
    assert client.post(move, {"stage": "internship"}).status_code == 422
    client.post(move, {"stage": "internship", "mentor": make_mentor(tree).pk})
    assert client.post(move, {"stage": "hired", "verdict": "Quick"}).status_code == 302
    page = client.get(candidate.get_absolute_url()).content.decode()
    assert "Quick" in page
    assert reverse("people:employee-hire") in page
    assert (
        reverse("hiring:candidate-create", args=[vacancy.uid])
        not in client.get(vacancy.get_absolute_url()).content.decode()
    )


@pytest.mark.parametrize("rows", [1, 20])
def test_lists_cost_the_same(
    tree: Tree,
    head: User,
    client_of: Open,
    rows: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(rows):
        make_candidate(head, make_vacancy(head, tree, f"Writer {number}"), f"Person {number}")
    client = client_of(head)
    with django_assert_max_num_queries(14):
        page = client.get(reverse("hiring:vacancy-list"), {"q": "writer"})
    assert page.content.decode().count("Writer ") == rows
    with django_assert_max_num_queries(14):
        page = client.get(reverse("hiring:candidate-list"), {"q": "person"})
    assert page.content.decode().count(">Person ") == rows


def test_the_search_finds_names_and_not_contacts(
    candidate: Candidate, head: User, outsider: User
) -> None:
    assert [hit.label for hit in provider(head, "novikov", 5)] == ["Pavel Novikov"]
    assert list(provider(head, "900 000", 5)) == []
    assert list(provider(outsider, "novikov", 5)) == []
