"""Giving and ending roles: in force at the next request, never without somebody in charge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from config.lib.errors import Conflict, Forbidden, Invalid
from staff.accounts.models import RoleGrant, User
from staff.accounts.services.roles import role_end, role_grant
from staff.accounts.services.users import user_set_active
from tests.factories import Tree, grant, make_superuser, make_user, reread

Open = Callable[[User], Client]


def grant_of(user: User) -> RoleGrant:
    found: RoleGrant = RoleGrant.objects.get(user=user)
    return found


def test_an_ended_role_is_gone_at_the_next_request(
    director: User, head: User, client_of: Open
) -> None:
    client = client_of(head)
    assert client.get("/accounts/users/").status_code == 200
    role_end(actor=director, grant=grant_of(head), reason="moved")
    assert client.get("/accounts/users/").status_code == 403


def test_a_role_with_an_end_ends_by_itself(head: User, director: User, tree: Tree) -> None:
    person = make_user()
    soon = timezone.now() + dt.timedelta(hours=1)
    given = role_grant(actor=head, user=person, role="trainee", scope=tree.a.scope, ends_at=soon)
    assert reread(person).roles == {"trainee"}
    began = timezone.now() - dt.timedelta(hours=2)
    over = timezone.now() - dt.timedelta(hours=1)
    RoleGrant.objects.filter(pk=given.pk).update(starts_at=began, ends_at=over)
    assert reread(person).roles == set()


def test_the_same_role_is_not_given_twice(head: User, specialist: User, tree: Tree) -> None:
    with pytest.raises(Invalid):
        role_grant(actor=head, user=specialist, role="specialist", scope=tree.a.scope)


def test_a_role_cannot_end_in_the_past(head: User, tree: Tree) -> None:
    past = timezone.now() - dt.timedelta(minutes=1)
    with pytest.raises(Invalid) as refusal:
        role_grant(actor=head, user=make_user(), role="trainee", scope=tree.a.scope, ends_at=past)
    assert set(refusal.value.fields) == {"ends_at"}


def test_the_head_does_not_end_the_role_of_another_head(head: User, tree: Tree) -> None:
    other = make_user("head", tree.department.scope)
    with pytest.raises(Forbidden):
        role_end(actor=head, grant=grant_of(other))


def test_the_head_does_not_end_the_directors_role(head: User, director: User) -> None:
    with pytest.raises(Forbidden):
        role_end(actor=head, grant=grant_of(director))


def test_a_role_is_ended_once(director: User, head: User) -> None:
    role_end(actor=director, grant=grant_of(head))
    with pytest.raises(Conflict):
        role_end(actor=director, grant=grant_of(head))


def test_the_last_director_cannot_end_their_own_role(director: User) -> None:
    with pytest.raises(Conflict, match="Nobody would be left"):
        role_end(actor=director, grant=grant_of(director))
    assert reread(director).roles == {"director"}


def test_a_second_director_may_end_the_first(director: User, tree: Tree) -> None:
    second = make_user("director", tree.company.scope)
    role_end(actor=second, grant=grant_of(director))
    assert reread(director).roles == set()
    with pytest.raises(Conflict, match="Nobody would be left"):
        role_end(actor=second, grant=grant_of(second))


def test_a_blocked_director_does_not_count(director: User, tree: Tree) -> None:
    make_user("director", tree.company.scope, is_active=False)
    with pytest.raises(Conflict, match="Nobody would be left"):
        role_end(actor=director, grant=grant_of(director))


def test_a_superuser_counts(director: User) -> None:
    make_superuser()
    role_end(actor=director, grant=grant_of(director))
    assert reread(director).roles == set()


def test_the_last_superuser_cannot_be_blocked_by_another(superuser: User, tree: Tree) -> None:
    second = make_user(is_superuser=True)
    user_set_active(actor=second, user=superuser, active=False)
    director = make_user("director", tree.group)
    grant(second, "director", tree.group)
    user_set_active(actor=second, user=director, active=False)
    assert not reread(director).is_active
    with pytest.raises(Invalid):
        user_set_active(actor=second, user=second, active=False)
