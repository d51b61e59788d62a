"""Channels: what is kept about them and what is refused."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from channels_publishing.model_audit import channels as probe
from channels_publishing.models import Channel
from channels_publishing.services.channels import channel_archive, channel_edit, channel_judge
from config.lib.errors import Conflict, Forbidden, Invalid
from departments.structure.audit_registry import State
from kpis.register.models import Source, Subject
from staff.accounts.models import AuditEvent, User
from staff.people.models import Employee
from tests.channels_publishing.helpers import make_channel
from tests.factories import Tree


def rename(
    actor: User, channel: Channel, name: str, responsible: Employee | None = None
) -> Channel:
    return channel_edit(
        actor=actor,
        channel=channel,
        kind=channel.kind,
        name=name,
        url=channel.url,
        audience=channel.audience,
        responsible=responsible,
        source=None,
    )


def test_a_channel_has_a_subject_that_is_renamed_with_it(tree: Tree, specialist: User) -> None:
    channel = make_channel(specialist, tree.a)
    subject = Subject.objects.get(origin="channels_publishing", key=str(channel.uid))
    assert (subject.kind, subject.label, subject.direction) == ("channel", "VK group", tree.a)
    rename(specialist, channel, "VK community")
    subject.refresh_from_db()
    assert subject.label == "VK community"
    assert Subject.objects.filter(origin="channels_publishing").count() == 1


def test_the_subject_belongs_to_the_responsible_person(tree: Tree, head: User) -> None:
    user = head
    employee = Employee.objects.create(
        department=tree.department, full_name="Anna", hired_on="2025-01-01", user=user
    )
    channel = make_channel(head, tree.a, responsible=employee)
    assert channel.subject.owner == user


def test_a_responsible_person_of_another_department_is_refused(
    tree: Tree, other_tree: Tree, head: User
) -> None:
    stranger = Employee.objects.create(
        department=other_tree.department, full_name="Boris", hired_on="2025-01-01"
    )
    with pytest.raises(Invalid) as refusal:
        make_channel(head, tree.a, responsible=stranger)
    assert refusal.value.code == "foreign_employee"


def test_a_source_of_another_company_is_refused(tree: Tree, other_tree: Tree, head: User) -> None:
    foreign = Source.objects.create(scope=other_tree.company.scope, kind="matomo", name="Site")
    own = Source.objects.create(scope=tree.company.scope, kind="matomo", name="Site")
    with pytest.raises(Invalid) as refusal:
        make_channel(head, tree.a, source=foreign)
    assert refusal.value.code == "foreign_source"
    assert make_channel(head, tree.a, source=own).source == own


def test_a_name_is_used_once_in_a_direction(tree: Tree, head: User) -> None:
    first = make_channel(head, tree.a)
    with pytest.raises(Invalid) as refusal:
        make_channel(head, tree.a)
    assert "already a channel" in " ".join(map(str, refusal.value.fields.values()))
    subject = Subject.objects.create(
        scope=tree.a.scope, kind="channel", origin="test", key="1", label="x"
    )
    with pytest.raises(IntegrityError, match="channel_name_in_direction"), transaction.atomic():
        Channel.objects.create(direction=tree.a, kind="group", name=first.name, subject=subject)
    channel_archive(actor=head, channel=first)
    make_channel(head, tree.a)
    with pytest.raises(Conflict):
        channel_archive(actor=head, channel=first)


def test_a_verdict_needs_a_reason(tree: Tree, head: User) -> None:
    channel = make_channel(head, tree.a)
    with pytest.raises(Invalid) as refusal:
        channel_judge(actor=head, channel=channel, verdict="drop", reason=" ")
    assert "A verdict has a date and a reason." in " ".join(map(str, refusal.value.fields.values()))
    judged = channel_judge(actor=head, channel=channel, verdict="drop", reason="No answers")
    assert judged.verdict_on is not None
    with pytest.raises(IntegrityError, match="channel_verdict_with_reason"), transaction.atomic():
        Channel.objects.filter(pk=channel.pk).update(verdict_reason="")


def test_every_change_is_audited(tree: Tree, head: User) -> None:
    channel = make_channel(head, tree.a)
    rename(head, channel, "VK community")
    channel_judge(actor=head, channel=channel, verdict="keep", reason="Works")
    channel_archive(actor=head, channel=channel)
    events = AuditEvent.objects.filter(target_id=str(channel.uid)).order_by("pk")
    assert [event.action.rsplit(".", 1)[1] for event in events] == [
        "created",
        "changed",
        "judged",
        "archived",
    ]
    assert events[1].before == {"name": "VK group"}
    assert events[1].after == {"name": "VK community"}


def test_a_trainee_changes_no_channels(tree: Tree, trainee: User, head: User) -> None:
    with pytest.raises(Forbidden):
        make_channel(trainee, tree.a)
    with pytest.raises(Forbidden):
        channel_archive(actor=trainee, channel=make_channel(head, tree.a))


def test_the_model_audit_counts_channels_by_kind(tree: Tree, head: User) -> None:
    make_channel(head, tree.a, "One")
    channel_archive(actor=head, channel=make_channel(head, tree.a, "Site", kind="own_site"))
    found = probe(tree.department)
    assert (found["A.I2"].state, str(found["A.I2"].detail)) == (State.PRESENT, "1 channel")
    assert {found[code].state for code in ("A.I1", "A.I3", "A.I4", "A.I5")} == {State.MISSING}
