"""Saved views: own, per list, replaced by name, limited."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from config.lib.errors import Invalid
from config.shell.models import SavedView
from config.shell.services.views import VIEWS_OF_A_PAGE, view_save
from staff.accounts.models import User

PAGE = "/accounts/users/"


def test_a_view_is_kept_and_shown_on_its_list(
    client_of: Callable[[User], Client], head: User
) -> None:
    browser = client_of(head)
    typed = {"page": PAGE, "name": "  Blocked   ones ", "query": "q=a+b&page=3&sort=-name&x="}
    response = browser.post("/views/save/", typed)
    assert response["Location"] == f"{PAGE}?q=a+b&sort=-name"
    assert "Blocked ones" in browser.get(PAGE).content.decode()
    assert "Blocked ones" not in browser.get("/accounts/audit/").content.decode()


def test_the_same_name_replaces(head: User) -> None:
    view_save(user=head, page=PAGE, name="Mine", query="q=1")
    view_save(user=head, page=PAGE, name="Mine", query="q=2")
    assert [view.query for view in SavedView.objects.filter(user=head)] == ["q=2"]


def test_nobody_sees_or_deletes_a_foreign_view(
    client_of: Callable[[User], Client], head: User, director: User
) -> None:
    view = view_save(user=head, page=PAGE, name="Mine", query="q=1")
    other = client_of(director)
    assert ">Mine<" not in other.get(PAGE).content.decode()
    assert other.post(f"/views/{view.pk}/delete/").status_code == 404
    assert client_of(head).get(f"/views/{view.pk}/delete/").status_code == 405
    assert client_of(head).post(f"/views/{view.pk}/delete/")["Location"] == PAGE
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("page", ["https://evil.example/", "//evil.example", "/nowhere/", ""])
def test_a_view_never_leads_elsewhere(head: User, page: str) -> None:
    with pytest.raises(Invalid):
        view_save(user=head, page=page, name="Mine", query="")


def test_a_view_needs_a_name_and_there_is_a_limit(head: User) -> None:
    with pytest.raises(Invalid, match="name"):
        view_save(user=head, page=PAGE, name="  ", query="")
    for number in range(VIEWS_OF_A_PAGE):
        view_save(user=head, page=PAGE, name=str(number), query="q=1")
    with pytest.raises(Invalid, match="Too many"):
        view_save(user=head, page=PAGE, name="one more", query="q=1")
    view_save(user=head, page=PAGE, name="0", query="q=2")
