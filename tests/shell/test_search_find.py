"""The global search shows only what the person may see."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from config.lib import registry
from config.lib.registry import SearchHit
from departments.structure.models import Department
from departments.structure.policies import STRUCTURE_VIEW
from staff.accounts.models import User
from tests.factories import Tree


@pytest.fixture
def departments_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """One provider over scoped rows, as every app registers it."""

    def provider(user: User, query: str, limit: int) -> list[SearchHit]:
        rows = Department.objects.visible_to(user, STRUCTURE_VIEW)
        rows = rows.filter(company__name__icontains=query)[:limit]
        return [SearchHit("Departments", str(row.company), f"/d/{row.pk}/") for row in rows]

    monkeypatch.setattr(registry, "_search", [provider])


@pytest.mark.usefixtures("departments_are_found")
def test_foreign_rows_are_not_found(
    client_of: Callable[[User], Client], tree: Tree, other_tree: Tree, head: User, outsider: User
) -> None:
    own = client_of(head).get("/search/?q=alpha").content.decode()
    assert f"/d/{tree.department.pk}/" in own
    foreign = client_of(outsider).get("/search/?q=alpha").content.decode()
    assert f"/d/{tree.department.pk}/" not in foreign
    assert "Nothing found" in foreign


@pytest.mark.usefixtures("departments_are_found")
def test_suggestions_are_a_fragment(client_of: Callable[[User], Client], head: User) -> None:
    part = client_of(head).get("/search/?q=alp", headers={"HX-Request": "true"})
    assert b"<html" not in part.content
    assert b"search-hit" in part.content


@pytest.mark.usefixtures("departments_are_found")
@pytest.mark.parametrize("query", ["", " ", "a"])
def test_less_than_two_letters_ask_for_more(
    client_of: Callable[[User], Client], head: User, query: str
) -> None:
    page = client_of(head).get("/search/", {"q": query}).content.decode()
    assert "at least two letters" in page


def test_what_was_typed_is_escaped(client_of: Callable[[User], Client], nobody: User) -> None:
    page = client_of(nobody).get("/search/", {"q": "<script>x"}).content.decode()
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page


def test_strangers_log_in_first(client: Client) -> None:
    response = client.get("/search/?q=alpha")
    assert response.status_code == 302
    assert response["Location"].startswith("/account/login/")
