"""Planning a mailing, writing down that it went out, and what is refused."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from client_programs.models import ClientGroup
from config.lib.errors import Conflict, Forbidden, Invalid
from departments.structure.audit_registry import State
from kpis.register.models import Subject
from mailings.model_audit import mailings as probe
from mailings.models import Mailing
from mailings.services import mailing_cancel, mailing_edit, mailing_sent
from staff.accounts.models import AuditEvent, User
from tests.factories import Tree
from tests.mailings.helpers import fields, make_group, plan


@pytest.fixture
def group(tree: Tree, head: User) -> ClientGroup:
    return make_group(head, tree.department)


@pytest.fixture
def mailing(tree: Tree, head: User, group: ClientGroup) -> Mailing:
    return plan(head, tree.c, group)


def test_a_mailing_is_sent_once(mailing: Mailing, head: User) -> None:
    sent = mailing_sent(actor=head, mailing=mailing, recipients=512)
    assert (sent.state, sent.recipients) == ("sent", 512)
    with pytest.raises(Conflict):
        mailing_sent(actor=head, mailing=mailing, recipients=512)
    with pytest.raises(Conflict):
        mailing_cancel(actor=head, mailing=mailing, reason="Late")


def test_sent_to_nobody_is_refused(mailing: Mailing, head: User) -> None:
    with pytest.raises(Invalid) as refusal:
        mailing_sent(actor=head, mailing=mailing, recipients=0)
    assert refusal.value.code == "no_recipients"
    with pytest.raises(IntegrityError, match="mailing_sent_to_somebody"), transaction.atomic():
        Mailing.objects.filter(pk=mailing.pk).update(state="sent")


def test_sent_in_the_future_is_refused(mailing: Mailing, head: User) -> None:
    with pytest.raises(Invalid) as refusal:
        mailing_sent(
            actor=head,
            mailing=mailing,
            recipients=1,
            sent_at=timezone.now() + dt.timedelta(hours=1),
        )
    assert refusal.value.code == "future"


def test_cancelling_needs_a_reason(mailing: Mailing, head: User) -> None:
    with pytest.raises(Invalid) as refusal:
        mailing_cancel(actor=head, mailing=mailing, reason=" ")
    assert refusal.value.code == "reason_required"
    with pytest.raises(IntegrityError, match="mailing_cancelled_with"), transaction.atomic():
        Mailing.objects.filter(pk=mailing.pk).update(state="cancelled")
    assert mailing_cancel(actor=head, mailing=mailing, reason="No stock").state == "cancelled"


def test_what_was_sent_to_whom_stays(mailing: Mailing, head: User, group: ClientGroup) -> None:
    mailing = mailing_sent(actor=head, mailing=mailing, recipients=10)
    same = fields(group, planned_at=mailing.planned_at)
    renamed = mailing_edit(actor=head, mailing=mailing, **same | {"name": "March letter"})
    assert renamed.name == "March letter"
    with pytest.raises(Conflict) as refusal:
        mailing_edit(actor=head, mailing=mailing, **same | {"medium": "sms"})
    assert refusal.value.code == "already_sent"


def test_a_group_of_another_department_is_refused(
    tree: Tree, other_tree: Tree, head: User, outsider: User
) -> None:
    foreign = make_group(outsider, other_tree.department)
    with pytest.raises(Invalid) as refusal:
        plan(head, tree.c, foreign)
    assert refusal.value.code == "foreign_group"


def test_the_subject_carries_the_name_and_the_link(
    mailing: Mailing, head: User, group: ClientGroup
) -> None:
    mailing_edit(actor=head, mailing=mailing, **fields(group, name="March letter"))
    subject = Subject.objects.get(origin="mailings", key=str(mailing.uid))
    assert (subject.kind, subject.label) == ("mailing", "March letter")
    assert subject.url == "https://mail.example/42"


def test_every_step_is_audited(mailing: Mailing, head: User) -> None:
    mailing_sent(actor=head, mailing=mailing, recipients=5)
    events = AuditEvent.objects.filter(target_id=str(mailing.uid)).order_by("pk")
    assert [event.action for event in events] == [
        "mailings.mailing.planned",
        "mailings.mailing.sent",
    ]
    assert events[1].after["recipients"] == 5


def test_people_of_another_direction_may_not(mailing: Mailing, specialist: User) -> None:
    with pytest.raises(Forbidden):
        mailing_sent(actor=specialist, mailing=mailing, recipients=5)


def test_the_model_audit_reads_the_state(
    tree: Tree, other_tree: Tree, head: User, mailing: Mailing, group: ClientGroup
) -> None:
    assert probe(other_tree.department)["C.T1"].state == State.MISSING
    found = probe(tree.department)
    assert (found["C.T1"].state, found["C.I1"].state) == (State.EMPTY, State.MISSING)
    mailing_sent(actor=head, mailing=mailing, recipients=5)
    found = probe(tree.department)
    assert (found["C.T1"].state, found["C.I1"].state) == (State.PRESENT, State.PRESENT)
    plan(head, tree.c, group, planned_at=timezone.now() - dt.timedelta(hours=1))
    assert probe(tree.department)["C.T1"].state == State.OVERDUE
