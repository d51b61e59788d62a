"""Pages of mailings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from mailings.menu import mailings as provider
from mailings.models import Mailing
from staff.accounts.models import User
from tests.factories import Tree
from tests.mailings.helpers import make_group, plan

Open = Callable[[User], Client]
FORMS = ("mailing-edit", "mailing-sent", "mailing-cancel")


@pytest.fixture
def mailing(tree: Tree, head: User) -> Mailing:
    return plan(head, tree.c, make_group(head, tree.department))


def test_rows_out_of_scope_are_not_found(
    mailing: Mailing, outsider: User, specialist: User, client_of: Open
) -> None:
    for person in (outsider, specialist):
        client = client_of(person)
        assert client.get(mailing.get_absolute_url()).status_code == 404
        for name in FORMS:
            assert client.get(reverse(f"mailings:{name}", args=[mailing.uid])).status_code == 404


def test_the_auditor_reads_and_may_not_change(
    mailing: Mailing, auditor: User, client_of: Open
) -> None:
    client = client_of(auditor)
    assert client.get(mailing.get_absolute_url()).status_code == 200
    assert client.get(reverse("mailings:mailing-create")).status_code == 403
    for name in FORMS:
        assert client.get(reverse(f"mailings:{name}", args=[mailing.uid])).status_code == 403


def test_the_way_on_the_pages(tree: Tree, head: User, client_of: Open) -> None:
    client = client_of(head)
    group = make_group(head, tree.department)
    form = {
        "direction": tree.c.pk,
        "name": "Spring letter",
        "group": group.pk,
        "medium": "email",
        "planned_at": "2026-03-02T10:00",
    }
    assert client.post(reverse("mailings:mailing-create"), form).status_code == 302
    mailing = Mailing.objects.get()
    edit = reverse("mailings:mailing-edit", args=[mailing.uid])
    assert client.get(edit).status_code == 200
    client.post(edit, {**form, "name": "March letter"})
    sent = reverse("mailings:mailing-sent", args=[mailing.uid])
    now = f"{timezone.localtime():%Y-%m-%dT%H:%M}"
    assert client.post(sent, {"sent_at": now, "recipients": "0"}).status_code == 422
    assert client.post(sent, {"sent_at": now, "recipients": "1512"}).status_code == 302
    page = client.get(mailing.get_absolute_url()).content.decode()
    assert "March letter" in page
    assert "1,512" in page
    assert "Mailing sent" in page  # the history, for the head


def test_late_mailings_are_found(tree: Tree, head: User, client_of: Open) -> None:
    group = make_group(head, tree.department)
    plan(head, tree.c, group, name="Late one", planned_at=timezone.now() - dt.timedelta(hours=1))
    plan(head, tree.c, group, name="Next one")
    page = client_of(head).get(reverse("mailings:mailing-list"), {"state": "late"})
    assert "Late one" in page.content.decode()
    assert "Next one" not in page.content.decode()


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_costs_the_same(
    tree: Tree,
    head: User,
    client_of: Open,
    rows: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    group = make_group(head, tree.department)
    for number in range(rows):
        plan(head, tree.c, group, name=f"Letter {number}")
    client = client_of(head)
    with django_assert_max_num_queries(14):
        page = client.get(reverse("mailings:mailing-list"), {"q": "letter"})
    assert page.content.decode().count("Letter ") == rows


def test_mailings_are_exported(mailing: Mailing, head: User, client_of: Open) -> None:
    file = client_of(head).get(reverse("mailings:mailing-list"), {"_export": "csv"})
    assert "Spring letter" in file.content.decode()


def test_the_search_stays_in_scope(mailing: Mailing, head: User, outsider: User) -> None:
    assert [hit.label for hit in provider(head, "spring", 5)] == ["Spring letter"]
    assert list(provider(outsider, "spring", 5)) == []
