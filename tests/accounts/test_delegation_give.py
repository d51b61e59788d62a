"""A lent role: in force from and until, with the giver's own, never lent on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from config.lib.errors import Conflict, Forbidden, Invalid
from staff.accounts.models import Delegation, Notification, RoleGrant, User
from staff.accounts.services.delegations import delegate, delegation_revoke
from staff.accounts.services.roles import role_end, role_grant
from staff.accounts.services.users import user_set_active
from tests.factories import Tree, reread

Open = Callable[[User], Client]
HOUR = dt.timedelta(hours=1)


def lend(actor: User, to_user: User, tree: Tree, **changes: Any) -> Delegation:
    now = timezone.now()
    values: dict[str, Any] = {
        "role": "head",
        "scope": tree.department.scope,
        "starts_at": now - HOUR,
        "ends_at": now + HOUR,
        "reason": "leave",
    }
    return delegate(actor=actor, to_user=to_user, **(values | changes))


def test_a_lent_role_opens_the_givers_pages(
    head: User, specialist: User, tree: Tree, client_of: Open
) -> None:
    client = client_of(specialist)
    assert client.get("/accounts/users/").status_code == 403
    lend(head, specialist, tree)
    assert client.get("/accounts/users/").status_code == 200
    assert Notification.objects.get(user=specialist).title == {
        "en": f"{head} has delegated a role to you",
        "ru": Notification.objects.get(user=specialist).title["ru"],
    }


def test_it_expires_by_itself(head: User, specialist: User, tree: Tree) -> None:
    lent = lend(head, specialist, tree)
    assert "head" in reread(specialist).roles
    Delegation.objects.filter(pk=lent.pk).update(ends_at=timezone.now())
    assert reread(specialist).roles == {"specialist"}


def test_it_begins_when_it_begins(head: User, specialist: User, tree: Tree) -> None:
    lend(head, specialist, tree, starts_at=timezone.now() + HOUR / 2)
    assert reread(specialist).roles == {"specialist"}


def test_it_ends_with_the_givers_role(
    director: User, head: User, specialist: User, tree: Tree
) -> None:
    lend(head, specialist, tree)
    role_end(actor=director, grant=RoleGrant.objects.get(user=head))
    assert reread(specialist).roles == {"specialist"}


def test_it_ends_when_the_giver_is_blocked(
    director: User, head: User, specialist: User, tree: Tree
) -> None:
    lend(head, specialist, tree)
    user_set_active(actor=director, user=head, active=False)
    assert reread(specialist).roles == {"specialist"}


def test_a_part_of_the_own_scope_can_be_lent(head: User, specialist: User, tree: Tree) -> None:
    lend(head, specialist, tree, scope=tree.b.scope)
    assert ("head", tree.b.scope.path) in reread(specialist).holdings


def test_a_lent_role_is_not_lent_on(
    head: User, direction_head: User, specialist: User, tree: Tree
) -> None:
    lend(head, direction_head, tree)
    with pytest.raises(Forbidden):
        lend(reread(direction_head), specialist, tree)


def test_a_specialist_lends_nothing(specialist: User, trainee: User, tree: Tree) -> None:
    with pytest.raises(Forbidden):
        lend(specialist, trainee, tree, role="specialist", scope=tree.a.scope)


def test_nobody_lends_beyond_their_scope(head: User, specialist: User, other_tree: Tree) -> None:
    with pytest.raises(Forbidden):
        lend(head, specialist, other_tree)


@pytest.mark.parametrize(
    ("starts", "ends", "field"),
    [(-2 * HOUR, -HOUR, "ends_at"), (-HOUR, 2400 * HOUR, "ends_at"), (3 * HOUR, HOUR, "__all__")],
)
def test_impossible_times_are_refused(
    head: User, specialist: User, tree: Tree, starts: dt.timedelta, ends: dt.timedelta, field: str
) -> None:
    now = timezone.now()
    with pytest.raises(Invalid) as refusal:
        lend(head, specialist, tree, starts_at=now + starts, ends_at=now + ends)
    assert set(refusal.value.fields) == {field}


def test_nobody_lends_to_themselves(head: User, tree: Tree) -> None:
    with pytest.raises(Invalid):
        lend(head, head, tree)


def test_the_giver_ends_it_early_once(head: User, specialist: User, tree: Tree) -> None:
    lent = lend(head, specialist, tree)
    delegation_revoke(actor=head, delegation=lent)
    assert reread(specialist).roles == {"specialist"}
    with pytest.raises(Conflict):
        delegation_revoke(actor=head, delegation=lent)


def test_the_receiver_cannot_end_it(head: User, trainee: User, tree: Tree) -> None:
    lent = lend(head, trainee, tree, scope=tree.b.scope)
    lent_to = reread(trainee)
    lent_to.__dict__["holdings"] = [("trainee", tree.a.scope.path)]
    with pytest.raises(Forbidden):
        delegation_revoke(actor=lent_to, delegation=lent)


def test_a_foreign_delegation_is_not_found(
    head: User, specialist: User, outsider: User, tree: Tree, client_of: Open
) -> None:
    lent = lend(head, specialist, tree)
    answer = client_of(outsider).post(f"/accounts/delegations/{lent.uid}/revoke/")
    assert answer.status_code == 404


def test_a_borrowed_role_does_not_outlive_its_loan(
    director: User, specialist: User, trainee: User, tree: Tree
) -> None:
    company = tree.company.scope
    lend(director, specialist, tree, role="director", scope=company)
    deputy = reread(specialist)
    with pytest.raises(Forbidden):
        role_grant(actor=deputy, user=deputy, role="director", scope=company)
    with pytest.raises(Forbidden):
        role_grant(actor=deputy, user=deputy, role="head", scope=tree.department.scope)
    with pytest.raises(Forbidden):
        role_grant(actor=deputy, user=trainee, role="director", scope=company)
    role_grant(actor=deputy, user=trainee, role="head", scope=tree.department.scope)
    role_grant(actor=director, user=trainee, role="director", scope=company)
