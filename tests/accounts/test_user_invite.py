"""Inviting people: who may, whom, where; and the letter."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client

from config.lib.errors import Conflict, Forbidden, Invalid
from staff.accounts.models import AuditEvent, User
from staff.accounts.services.users import user_invite
from tests.factories import PASSWORD, Tree, make_user, reread

Open = Callable[[User], Client]


def test_the_head_invites_a_specialist_of_a_direction(head: User, tree: Tree) -> None:
    user = user_invite(
        actor=head,
        email="New@Alpha.Example",
        full_name="New",
        role="specialist",
        scope=tree.a.scope,
    )
    assert user.email == "new@alpha.example"
    assert not user.has_usable_password()
    assert reread(user).holdings == [("specialist", tree.a.scope.path)]
    actions = list(AuditEvent.objects.order_by("pk").values_list("action", "actor_label"))
    assert actions == [("accounts.user.invited", str(head)), ("accounts.role.granted", str(head))]


@pytest.mark.parametrize("role", ["head", "director", "auditor"])
def test_the_head_gives_no_role_above_their_own(head: User, tree: Tree, role: str) -> None:
    with pytest.raises(Forbidden):
        user_invite(
            actor=head,
            email="new@alpha.example",
            full_name="New",
            role=role,
            scope=tree.department.scope,
        )
    assert not User.objects.filter(email="new@alpha.example").exists()


def test_nobody_invites_into_a_foreign_department(head: User, other_tree: Tree) -> None:
    with pytest.raises(Forbidden):
        user_invite(
            actor=head,
            email="new@alpha.example",
            full_name="New",
            role="specialist",
            scope=other_tree.a.scope,
        )


@pytest.mark.parametrize("role", ["till_operator", "client"])
def test_reserved_roles_are_given_by_nobody(superuser: User, tree: Tree, role: str) -> None:
    with pytest.raises(Forbidden):
        user_invite(
            actor=superuser, email="n@alpha.example", full_name="N", role=role, scope=tree.group
        )


def test_a_role_is_refused_on_a_level_where_it_means_nothing(director: User, tree: Tree) -> None:
    with pytest.raises(Invalid) as refusal:
        user_invite(
            actor=director,
            email="n@alpha.example",
            full_name="N",
            role="head",
            scope=tree.company.scope,
        )
    assert set(refusal.value.fields) == {"scope"}


def test_a_taken_address_is_refused_whatever_its_case(head: User, tree: Tree) -> None:
    make_user(email="taken@alpha.example")
    with pytest.raises(Conflict) as refusal:
        user_invite(
            actor=head,
            email="Taken@ALPHA.example",
            full_name="N",
            role="trainee",
            scope=tree.a.scope,
        )
    assert set(refusal.value.fields) == {"email"}


def test_the_form_sends_a_letter_whose_link_sets_the_password(
    head: User, tree: Tree, client_of: Open
) -> None:
    page = client_of(head).post(
        "/accounts/users/new/",
        {
            "full_name": "Vera",
            "email": "vera@alpha.example",
            "role": "specialist",
            "scope": str(tree.a.scope.uid),
        },
    )
    user = User.objects.get(email="vera@alpha.example")
    assert page.status_code == 302
    assert page["Location"] == user.get_absolute_url()
    (letter,) = mail.outbox
    assert letter.to == ["vera@alpha.example"]
    _set_password_by(str(letter.body))
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_refused_form_keeps_what_was_typed(head: User, tree: Tree, client_of: Open) -> None:
    make_user(email="taken@alpha.example")
    page = client_of(head).post(
        "/accounts/users/new/",
        {
            "full_name": "Typed Name",
            "email": "taken@alpha.example",
            "role": "specialist",
            "scope": str(tree.a.scope.uid),
        },
    )
    assert page.status_code == 422
    assert "Typed Name" in page.content.decode()
    assert mail.outbox == []


def _set_password_by(letter: str) -> None:
    """What the reader of the letter does."""
    found = re.search(r"https?://[^/\s]+(/account/\S+)", letter)
    assert found, letter
    client = Client(headers={"Accept-Language": "en"})
    form = client.get(found[1], follow=True)
    where = form.redirect_chain[-1][0]
    done = client.post(where, {"password1": PASSWORD, "password2": PASSWORD})
    assert done.status_code == 302
