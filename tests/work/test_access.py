"""Who gets what from every address of the work app."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from departments.work.models import Decision
from staff.accounts.models import User
from tests.factories import Tree
from tests.work.factories import make_occurrence, make_task

ClientOf = Callable[[User], Client]
PEOPLE = ("head", "direction_head", "specialist", "auditor", "director", "outsider", "nobody")
# address, verb → the answer for each of PEOPLE
TABLE = [
    ("task-list", "get", (200, 200, 200, 200, 200, 200, 403)),
    ("task-create", "get", (200, 200, 403, 403, 403, 200, 403)),
    ("task-detail", "get", (200, 200, 200, 200, 200, 404, 403)),
    ("task-edit", "get", (200, 200, 403, 403, 403, 404, 403)),
    ("task-switch", "post", (302, 302, 403, 403, 403, 404, 403)),
    ("task-raise", "post", (422, 422, 422, 403, 403, 404, 403)),
    ("occurrence-detail", "get", (200, 200, 200, 200, 200, 404, 403)),
    ("occurrence-start", "post", (302, 302, 302, 403, 403, 404, 403)),
    ("occurrence-finish", "post", (302, 302, 302, 403, 403, 404, 403)),
    ("occurrence-skip", "post", (422, 422, 422, 403, 403, 404, 403)),
    ("occurrence-assign", "post", (422, 422, 403, 403, 403, 404, 403)),
    ("team-today", "get", (200, 200, 403, 200, 200, 200, 403)),
    ("decision-list", "get", (200, 403, 403, 403, 200, 200, 403)),
    ("decision-decide", "post", (302, 403, 403, 403, 302, 404, 403)),
]
CASES = [
    (name, verb, who, code)
    for name, verb, codes in TABLE
    for who, code in zip(PEOPLE, codes, strict=True)
]


def address(name: str, tree: Tree) -> str:
    if name.startswith("occurrence"):
        return reverse(f"work:{name}", args=[make_occurrence(make_task(tree.a)).uid])
    if name in {"task-list", "task-create", "team-today", "decision-list"}:
        return reverse(f"work:{name}")
    if name.startswith("task"):
        return reverse(f"work:{name}", args=[make_task(tree.a).uid])
    decision = Decision.objects.create(
        scope=tree.department.scope, kind="test.question.ask", title={"en": "?", "ru": "?"}
    )
    return reverse(f"work:{name}", args=[decision.uid])


@pytest.mark.parametrize(("name", "verb", "who", "code"), CASES)
def test_it_answers(
    name: str,
    verb: str,
    who: str,
    code: int,
    tree: Tree,
    client_of: ClientOf,
    request: pytest.FixtureRequest,
) -> None:
    client = client_of(request.getfixturevalue(who))
    answer = getattr(client, verb)(address(name, tree), {"answer": "approve"})
    assert answer.status_code == code


@pytest.mark.parametrize("name", [name for name, verb, _codes in TABLE if verb == "post"])
def test_state_changes_only_by_post(name: str, tree: Tree, head: User, client_of: ClientOf) -> None:
    assert client_of(head).get(address(name, tree)).status_code == 405


def test_list_shows_only_the_scope(
    tree: Tree, other_tree: Tree, direction_head: User, client_of: ClientOf
) -> None:
    names = {
        make_task(each, name_en=f"Named {key}").name_en: key
        for key, each in {"a": tree.a, "b": tree.b, "other": other_tree.a}.items()
    }
    page = client_of(direction_head).get(reverse("work:task-list")).content.decode()
    assert {key for name, key in names.items() if name in page} == {"a"}
