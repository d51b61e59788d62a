"""Where each person starts, and what the menu shows them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import include, path

from config.lib import registry
from config.lib.registry import NavItem
from config.shell.navigation import bottom_links, menu
from config.shell.urls import urlpatterns as shell_urls
from staff.accounts.models import User
from staff.accounts.policies import AUDIT_VIEW
from staff.accounts.rights import Role
from tests import factories
from tests.factories import Tree


def blank(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


indicators = (
    [path("dashboard/", blank, name="dashboard"), path("report/", blank, name="report")],
    "indicators",
)
work = ([path("my-day/", blank, name="my-day")], "work")
urlpatterns = [
    path("", include((shell_urls, "shell"))),
    path("indicators/", include(indicators)),
    path("work/", include(work)),
    path("account/", include("allauth.urls")),
]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


@pytest.mark.parametrize(
    ("person", "target"),
    [
        ("head", "/indicators/dashboard/"),
        ("direction_head", "/indicators/dashboard/"),
        ("superuser", "/indicators/dashboard/"),
        ("specialist", "/work/my-day/"),
        ("trainee", "/work/my-day/"),
        ("director", "/indicators/report/"),
        ("auditor", "/indicators/report/"),
    ],
)
def test_each_starts_at_their_own_page(
    request: pytest.FixtureRequest, client: Client, person: str, target: str
) -> None:
    client.force_login(request.getfixturevalue(person))
    response = client.get("/")
    assert response.status_code == 302
    assert response["Location"] == target


def test_a_specialist_who_is_also_head_starts_as_head(
    client: Client, specialist: User, tree: Tree
) -> None:
    factories.grant(specialist, Role.HEAD, tree.department.scope)
    client.force_login(specialist)
    assert client.get("/")["Location"] == "/indicators/dashboard/"


def test_without_a_role_one_is_told_whom_to_ask(
    client: Client, nobody: User, director: User
) -> None:
    client.force_login(nobody)
    page = client.get("/").content.decode()
    assert "You have no role yet" in page
    assert director.email in page


def items(*rows: tuple[str, str, str, str]) -> dict[str, NavItem]:
    return {
        code: NavItem(code, code, url, "home", section, order, right)
        for order, (code, url, section, right) in enumerate(rows)
    }


def test_menu_by_right(monkeypatch: pytest.MonkeyPatch, head: User, specialist: User) -> None:
    rows = items(
        ("audit", "shell:search", "settings", AUDIT_VIEW),
        ("day", "work:my-day", "today", ""),
        ("off", "nowhere:page", "today", ""),
    )
    monkeypatch.setattr(registry, "_nav", rows)
    assert [s.code for s in menu(head, "/")] == ["today", "settings"]
    assert [s.code for s in menu(specialist, "/")] == ["today"]
    assert [link.label for link in menu(head, "/")[0].links] == ["day"]


def test_the_longest_address_is_the_active_one(monkeypatch: pytest.MonkeyPatch, head: User) -> None:
    rows = items(("all", "shell:help", "today", ""), ("day", "work:my-day", "today", ""))
    monkeypatch.setattr(registry, "_nav", rows)
    links = menu(head, "/help/keyboard/")[0].links
    assert [link.active for link in links] == [True, False]


def test_the_bottom_bar_holds_the_day_and_one_result(
    monkeypatch: pytest.MonkeyPatch, head: User
) -> None:
    rows = items(
        ("t1", "shell:help", "today", ""),
        ("t2", "shell:search", "today", ""),
        ("t3", "shell:notifications", "today", ""),
        ("r1", "indicators:report", "results", ""),
        ("w1", "work:my-day", "team", ""),
        ("s1", "shell:components", "settings", ""),
    )
    monkeypatch.setattr(registry, "_nav", rows)
    assert [link.label for link in bottom_links(menu(head, "/"))] == ["t1", "t2", "t3", "r1"]


def test_every_page_costs_the_same_few_queries(
    client_of: Callable[[User], Client], nobody: User, head: User
) -> None:
    browser = client_of(head)
    with CaptureQueriesContext(connection) as seen:
        assert browser.get("/help/").status_code == 200
    # session, user, own and lent roles, second factor, brand, unread news
    assert len(seen) <= 8, [query["sql"][:80] for query in seen]
