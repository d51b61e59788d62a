"""A list page: search, sort, pages, fragments, two empty states, the right to add."""

from __future__ import annotations

import re
from typing import Any

import django_tables2 as tables
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import include, path

from config.lib.listing import ListPage
from staff.accounts.access import LOGIN
from staff.accounts.models import User
from staff.accounts.policies import USER_MANAGE
from tests import factories


class PeopleTable(tables.Table):
    full_name = tables.Column()
    email = tables.Column()

    class Meta:
        order_by = "full_name"


class PeoplePage(ListPage):
    access = LOGIN
    title = "People"
    table_class = PeopleTable
    search_fields = ("full_name", "email")
    create_url_name = "shell:help"
    create_right = USER_MANAGE
    empty_title = "No people"
    rows_per_page = 2

    def get_queryset(self) -> Any:
        return User.objects.filter(email__endswith="@list.example")

    def row_url(self, record: User) -> str:
        return f"/people/{record.pk}/"


urlpatterns = [
    path("people/", PeoplePage.as_view(), name="people"),
    path("", include("config.urls")),
]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def people() -> list[User]:
    names = ("Anna Ivanova", "Boris Petrov", "Vera Ivanova")
    return [
        factories.make_user(email=f"p{number}@list.example", full_name=name)
        for number, name in enumerate(names)
    ]


def shown(response: Any) -> list[str]:
    return re.findall(r'class="row-link" href="[^"]+">([^<]+)<', response.content.decode())


@pytest.fixture
def page(client: Client, nobody: User) -> Client:
    client.force_login(nobody)
    return client


def test_rows_come_in_order_and_by_pages(page: Client, people: list[User]) -> None:
    assert shown(page.get("/people/")) == ["Anna Ivanova", "Boris Petrov"]
    assert shown(page.get("/people/?page=2")) == ["Vera Ivanova"]


@pytest.mark.parametrize(("number", "names"), [("99", ["Vera Ivanova"]), ("x", None), ("-1", None)])
def test_any_page_number_is_answered(
    page: Client, people: list[User], number: str, names: list[str] | None
) -> None:
    assert shown(page.get(f"/people/?page={number}")) == (names or ["Anna Ivanova", "Boris Petrov"])


def test_sort_is_kept_in_the_address(page: Client, people: list[User]) -> None:
    response = page.get("/people/?sort=-full_name")
    assert shown(response) == ["Vera Ivanova", "Boris Petrov"]
    assert b'aria-sort="descending"' in response.content
    assert page.get("/people/?sort=password").status_code == 200


def test_every_word_must_be_found(page: Client, people: list[User]) -> None:
    assert shown(page.get("/people/?q=ivanova")) == ["Anna Ivanova", "Vera Ivanova"]
    assert shown(page.get("/people/?q=ivanova+p2")) == ["Vera Ivanova"]


def test_htmx_gets_only_the_table(page: Client, people: list[User]) -> None:
    headers = {"HX-Request": "true", "HX-Target": "list"}
    part = page.get("/people/?q=boris", headers=headers)
    assert shown(part) == ["Boris Petrov"]
    assert part.content.lstrip().startswith(b'<div id="list"')
    assert b"<html" not in part.content
    boosted = page.get("/people/?sort=email", headers={**headers, "HX-Boosted": "true"})
    assert b"<html" not in boosted.content
    # Going back in the browser asks for the same address as a whole page.
    whole = page.get("/people/", headers={**headers, "HX-History-Restore-Request": "true"})
    assert b"<html" in whole.content


def test_nothing_found_is_not_nothing_there(page: Client, people: list[User]) -> None:
    nothing = page.get("/people/?q=zzz").content.decode()
    assert "Nothing found" in nothing
    assert "No people" not in nothing
    User.objects.filter(email__endswith="@list.example").delete()
    assert "No people" in page.get("/people/").content.decode()


def test_the_button_to_add_is_for_those_who_may(
    page: Client, client_of: Any, head: User, people: list[User]
) -> None:
    mark = 'ti-plus"'
    assert mark not in page.get("/people/").content.decode()
    assert mark in client_of(head).get("/people/").content.decode()


def test_export_holds_every_row_the_filter_leaves(page: Client, people: list[User]) -> None:
    text = page.get("/people/?_export=csv").content.decode()
    assert len(text.splitlines()) == 4
    text = page.get("/people/?_export=csv&q=ivanova&sort=-full_name").content.decode()
    assert [line.split(",")[0] for line in text.splitlines()[1:]] == [
        "Vera Ivanova",
        "Anna Ivanova",
    ]
    assert page.get("/people/?_export=xlsx").content.startswith(b"PK")


def test_the_page_costs_the_same_for_one_row_and_many(page: Client, people: list[User]) -> None:
    with CaptureQueriesContext(connection) as one:
        page.get("/people/?q=boris")
    with CaptureQueriesContext(connection) as many:
        page.get("/people/")
    assert len(one) == len(many)
