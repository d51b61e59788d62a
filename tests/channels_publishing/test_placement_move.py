"""The way of a placement and the turns it cannot take."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from channels_publishing.models import Channel, Placement
from channels_publishing.services.channels import channel_archive
from channels_publishing.services.placements import (
    placement_cancel,
    placement_check,
    placement_edit,
    placement_place,
)
from config.lib.errors import Conflict, Forbidden, Invalid
from kpis.register.models import Subject
from staff.accounts.models import AuditEvent, User
from tests.channels_publishing.helpers import make_channel, plan
from tests.factories import Tree

LINK = "https://social.example/alpha/1"


@pytest.fixture
def channel(tree: Tree, head: User) -> Channel:
    return make_channel(head, tree.a)


@pytest.fixture
def placed(channel: Channel, specialist: User) -> Placement:
    return placement_place(actor=specialist, placement=plan(specialist, channel), url=LINK)


def test_the_whole_way(channel: Channel, specialist: User) -> None:
    placement = plan(specialist, channel)
    assert placement.subject.parent == channel.subject
    placement = placement_place(actor=specialist, placement=placement, url=LINK)
    assert Subject.objects.get(pk=placement.subject_id).url == LINK
    placement = placement_check(
        actor=specialist, placement=placement, good=False, note="Wrong picture"
    )
    assert placement.state == "defect"
    placement = placement_place(actor=specialist, placement=placement, url=LINK)
    placement = placement_check(actor=specialist, placement=placement, good=True)
    assert (placement.state, placement.checked_by, placement.note) == ("checked", specialist, "")
    actions = AuditEvent.objects.filter(target_id=str(placement.uid)).order_by("pk")
    assert [event.action.rsplit(".", 1)[1] for event in actions] == [
        "planned",
        "placed",
        "defect",
        "placed",
        "checked",
    ]


def test_placing_needs_a_link(channel: Channel, specialist: User) -> None:
    placement = plan(specialist, channel)
    with pytest.raises(Invalid) as refusal:
        placement_place(actor=specialist, placement=placement, url="")
    assert "Give the link" in " ".join(map(str, refusal.value.fields.values()))
    with pytest.raises(IntegrityError, match="placement_placed_with_link"), transaction.atomic():
        Placement.objects.filter(pk=placement.pk).update(state="placed")


def test_placing_in_the_future_is_refused(channel: Channel, specialist: User) -> None:
    with pytest.raises(Invalid) as refusal:
        placement_place(
            actor=specialist,
            placement=plan(specialist, channel),
            url=LINK,
            published_at=timezone.now() + dt.timedelta(hours=1),
        )
    assert refusal.value.code == "future"


def test_a_defect_needs_words(placed: Placement, specialist: User) -> None:
    with pytest.raises(Invalid) as refusal:
        placement_check(actor=specialist, placement=placed, good=False)
    assert refusal.value.code == "note_required"
    with pytest.raises(IntegrityError, match="placement_checked_by"), transaction.atomic():
        Placement.objects.filter(pk=placed.pk).update(state="defect", note="x")


def test_a_placement_is_placed_once(placed: Placement, specialist: User) -> None:
    with pytest.raises(Conflict):
        placement_place(actor=specialist, placement=placed, url=LINK)
    with pytest.raises(Conflict):
        placement_cancel(actor=specialist, placement=placed, reason="Late")


def test_what_is_planned_can_be_given_up(channel: Channel, specialist: User) -> None:
    placement = plan(specialist, channel)
    with pytest.raises(Invalid):
        placement_cancel(actor=specialist, placement=placement, reason="")
    placement_cancel(actor=specialist, placement=placement, reason="The event is off")
    with pytest.raises(Conflict):
        placement_place(actor=specialist, placement=placement, url=LINK)


def test_after_placing_only_the_cost_changes(placed: Placement, specialist: User) -> None:
    kept = {"title": placed.title, "planned_at": placed.planned_at}
    done = placement_edit(
        actor=specialist, placement=placed, cost=Decimal("990.50"),
        title=placed.title, planned_at=placed.planned_at,
    )  # fmt: skip
    assert (done.cost, done.title) == (Decimal("990.50"), kept["title"])
    with pytest.raises(Conflict) as refusal:
        placement_edit(
            actor=specialist, placement=placed, cost=None, title="Another",
            planned_at=placed.planned_at,
        )  # fmt: skip
    assert refusal.value.code == "already_placed"


def test_a_negative_cost_is_refused(channel: Channel, specialist: User) -> None:
    with pytest.raises(Invalid):
        plan(specialist, channel, cost=Decimal(-1))
    placement = plan(specialist, channel)
    with pytest.raises(IntegrityError, match="placement_cost_not_negative"), transaction.atomic():
        Placement.objects.filter(pk=placement.pk).update(cost=-1)


def test_nothing_is_planned_on_an_archived_channel(channel: Channel, head: User) -> None:
    channel = channel_archive(actor=head, channel=channel)
    with pytest.raises(Conflict) as refusal:
        plan(head, channel)
    assert refusal.value.code == "archived"


def test_a_trainee_plans_and_does_not_check(channel: Channel, trainee: User) -> None:
    placement = placement_place(actor=trainee, placement=plan(trainee, channel), url=LINK)
    with pytest.raises(Forbidden):
        placement_check(actor=trainee, placement=placement, good=True)
