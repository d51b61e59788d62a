"""People in the global search: only those who may be seen, only by those who may see."""

from __future__ import annotations

from staff.accounts.menu import people
from staff.accounts.models import User
from tests.factories import Tree, make_user


def test_people_are_found_by_name_and_address_inside_the_scope(
    head: User, outsider: User, tree: Tree
) -> None:
    vera = make_user("trainee", tree.a.scope, full_name="Vera Orlova", email="vo@alpha.example")
    for query in ("orlova", "vo@alp"):
        assert [hit.label for hit in people(head, query, 5)] == [str(vera)]
        assert list(people(outsider, query, 5)) == []


def test_who_may_not_see_users_finds_nobody(specialist: User) -> None:
    assert list(people(specialist, "a", 5)) == []
