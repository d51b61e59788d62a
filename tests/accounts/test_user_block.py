"""Blocking: open sessions end, nobody above is touched, the second factor can be given back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from config.lib.errors import Conflict, Forbidden, Invalid
from staff.accounts.models import User
from staff.accounts.services.users import second_factor_reset, user_set_active
from tests.factories import Tree, grant, reread

Open = Callable[[User], Client]


def test_a_blocked_person_is_out_at_the_next_request(
    head: User, specialist: User, client_of: Open
) -> None:
    client = client_of(specialist)
    assert client.get("/accounts/preferences/").status_code == 200
    user_set_active(actor=head, user=specialist, active=False, reason="left")
    page = client.get("/accounts/preferences/")
    assert page.status_code == 302
    assert page["Location"].startswith("/account/login/")


def test_unblocking_lets_them_in_again(head: User, specialist: User) -> None:
    user_set_active(actor=head, user=specialist, active=False)
    user_set_active(actor=head, user=specialist, active=True)
    assert reread(specialist).is_active
    with pytest.raises(Conflict):
        user_set_active(actor=head, user=specialist, active=True)


def test_nobody_blocks_themselves(superuser: User) -> None:
    with pytest.raises(Invalid):
        user_set_active(actor=superuser, user=superuser, active=False)


def test_the_head_does_not_block_somebody_with_a_role_elsewhere(
    head: User, specialist: User, other_tree: Tree
) -> None:
    grant(specialist, "specialist", other_tree.a.scope)
    with pytest.raises(Forbidden):
        user_set_active(actor=head, user=specialist, active=False)


def test_the_director_does_not_block_a_superuser(director: User, superuser: User) -> None:
    with pytest.raises(Forbidden):
        user_set_active(actor=director, user=superuser, active=False)


def test_a_lost_second_factor_is_reset_by_whoever_manages_the_person(
    head: User, specialist: User, trainee: User
) -> None:
    Authenticator.objects.create(user=specialist, type="totp", data={"secret": "x"})
    with pytest.raises(Forbidden):
        second_factor_reset(actor=trainee, user=specialist, reason="phone lost")
    second_factor_reset(actor=head, user=specialist, reason="phone lost")
    assert not Authenticator.objects.filter(user=specialist).exists()
    with pytest.raises(Conflict):
        second_factor_reset(actor=head, user=specialist, reason="again")
