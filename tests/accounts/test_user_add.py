"""``manage.py user_add``: the first person of a bare installation."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from staff.accounts.models import AuditEvent, User
from tests.factories import PASSWORD, Tree, make_user


def run(*args: str) -> str:
    output = StringIO()
    call_command("user_add", *args, stdout=output)
    return output.getvalue()


def test_the_printed_link_sets_the_password(db: None) -> None:
    text = run("boss@alpha.example", "--name", "Boss", "--superuser")
    user = User.objects.get()
    assert user.is_superuser
    link = re.search(r"(/account/password/reset/key/\S+)", text)
    assert link
    client = Client()
    form = client.get(link[1], follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": PASSWORD, "password2": PASSWORD})
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_the_trail_names_the_command(db: None) -> None:
    run("boss@alpha.example", "--name", "Boss", "--role", "director")
    events = AuditEvent.objects.order_by("pk")
    assert [event.action for event in events] == ["accounts.user.invited", "accounts.role.granted"]
    assert {(event.origin, event.where, event.actor) for event in events} == {
        ("command", "user_add", None)
    }
    assert User.objects.get().roles == {"director"}


def test_a_role_is_given_where_it_is_said(tree: Tree) -> None:
    run("h@alpha.example", "--name", "H", "--role", "head", "--scope", "Alpha / Marketing")
    assert User.objects.get().holdings == [("head", tree.department.scope.path)]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--role", "head", "--scope", "Nowhere"], 'There is: "group", "Alpha"'),
        (["--role", "head", "--scope", "Alpha"], "not given on this level"),
        ([], "without one the person sees nothing"),
    ],
)
def test_mistakes_are_said_and_nothing_is_made(tree: Tree, args: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        run("x@alpha.example", "--name", "X", *args)
    assert not User.objects.exists()


def test_a_taken_address_is_said(db: None) -> None:
    make_user(email="taken@alpha.example")
    with pytest.raises(CommandError, match="already exists"):
        run("TAKEN@alpha.example", "--name", "X", "--superuser")


def test_a_malformed_address_is_said(db: None) -> None:
    with pytest.raises(CommandError, match="email"):
        run("not-an-address", "--name", "X", "--superuser")
