"""What waits for the head."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from config.lib.errors import Conflict, Forbidden, Invalid
from departments.work.models import Decision
from departments.work.selectors.decisions import decisions_waiting
from departments.work.services.decisions import decision_decide, decision_raise
from departments.work.signals import decision_decided
from staff.accounts.models import Notification, User
from tests import factories
from tests.factories import Tree

ClientOf = Callable[[User], Client]
Raced = Callable[..., list[object]]


def ask(tree: Tree, actor: User | None = None, key: str = "") -> Decision:
    title = {"ru": "Одобрить расход?", "en": "Approve the expense?"}
    return decision_raise(
        actor=actor, scope=tree.a.scope, kind="funds.request.approve", title=title, key=key
    )


def test_raised_question_is_on_the_heads_list_and_behind_the_bell(
    tree: Tree, head: User, specialist: User
) -> None:
    decision = ask(tree, specialist)
    assert list(decisions_waiting(head)) == [decision]
    assert Notification.objects.get(user=head).title["ru"] == "Одобрить расход?"


def test_same_question_is_asked_once(tree: Tree) -> None:
    assert ask(tree, key="42") == ask(tree, key="42")


@pytest.mark.django_db(transaction=True)
def test_same_question_at_once_is_asked_once(raced: Raced) -> None:
    tree = factories.make_tree()
    asked = raced(lambda: ask(tree, key="42").pk)
    assert len(set(asked)) == 1
    assert Decision.objects.count() == 1


def test_answer_tells_the_raiser_in_both_languages(
    tree: Tree, head: User, specialist: User
) -> None:
    decision_decide(actor=head, decision=ask(tree, specialist), approve=True)
    title = Notification.objects.get(user=specialist).title
    assert title["en"] == "Approved: Approve the expense?"
    assert title["ru"].endswith("Одобрить расход?")


def test_declining_needs_a_comment(tree: Tree, head: User) -> None:
    with pytest.raises(Invalid) as refusal:
        decision_decide(actor=head, decision=ask(tree), approve=False)
    assert refusal.value.code == "comment_required"


def test_decided_once(tree: Tree, head: User) -> None:
    decision = ask(tree)
    decision_decide(actor=head, decision=decision, approve=True)
    with pytest.raises(Conflict):
        decision_decide(actor=head, decision=decision, approve=False, comment="No")


def test_head_of_direction_does_not_decide(tree: Tree, direction_head: User) -> None:
    with pytest.raises(Forbidden):
        decision_decide(actor=direction_head, decision=ask(tree), approve=True)


@pytest.fixture
def heard() -> Iterator[list[Decision]]:
    decisions: list[Decision] = []

    def listen(decision: Decision, **kwargs: Any) -> None:
        decisions.append(decision)

    decision_decided.connect(listen, weak=False)
    yield decisions
    decision_decided.disconnect(listen)


def test_who_asked_hears_the_answer(tree: Tree, head: User, heard: list[Decision]) -> None:
    decision_decide(actor=head, decision=ask(tree), approve=False, comment="Too dear")
    assert [(each.state, each.comment) for each in heard] == [("declined", "Too dear")]


def test_a_listener_that_fails_undoes_the_answer(tree: Tree, head: User) -> None:
    def refuse(**kwargs: Any) -> None:
        raise Conflict

    decision = ask(tree)
    decision_decided.connect(refuse, weak=False)
    try:
        with pytest.raises(Conflict):
            decision_decide(actor=head, decision=decision, approve=True)
    finally:
        decision_decided.disconnect(refuse)
    decision.refresh_from_db()
    assert decision.state == "open"


def test_answered_in_place(tree: Tree, head: User, client_of: ClientOf) -> None:
    decision = ask(tree)
    address = reverse("work:decision-decide", args=[decision.uid])
    data = {"answer": "decline", "comment": "Too dear"}
    answer = client_of(head).post(address, data, HTTP_HX_REQUEST="true")
    assert (answer.status_code, b"<html" in answer.content) == (200, False)
    page = client_of(head).get(reverse("work:decision-list")).content.decode()
    assert "Too dear" in page
