"""The life of a programme and what is refused on the way."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from client_programs.model_audit import programmes as probe
from client_programs.models import ClientGroup, Programme
from client_programs.services.programmes import programme_edit, programme_move
from config.lib.errors import Conflict, Forbidden, Invalid
from departments.structure.audit_registry import State
from kpis.register.models import Subject
from staff.accounts.models import AuditEvent, User
from tests.client_programs.helpers import START, fields, make_group, make_programme, run
from tests.factories import Tree, make_user


@pytest.fixture
def group(tree: Tree, head: User) -> ClientGroup:
    return make_group(head, tree.department)


@pytest.fixture
def programme(tree: Tree, head: User, group: ClientGroup) -> Programme:
    return make_programme(head, tree.b, group)


def test_the_whole_life(programme: Programme, head: User) -> None:
    programme = run(head, programme)
    programme = programme_move(
        actor=head, programme=programme, state="closed", conclusions="Every fourth came"
    )
    assert (programme.state, programme.conclusions) == ("closed", "Every fourth came")
    with pytest.raises(Conflict) as refusal:
        programme_edit(actor=head, programme=programme, **fields(programme.group))
    assert refusal.value.code == "closed"


def test_nothing_runs_before_training(programme: Programme, head: User) -> None:
    with pytest.raises(Conflict):
        programme_move(actor=head, programme=programme, state="running")
    with pytest.raises(Conflict):
        programme_move(actor=head, programme=programme, state="closed", conclusions="x")


def test_training_may_return_to_the_draft(programme: Programme, head: User) -> None:
    programme = programme_move(actor=head, programme=programme, state="training")
    assert programme_move(actor=head, programme=programme, state="draft").state == "draft"


def test_closing_needs_conclusions(programme: Programme, head: User) -> None:
    programme = run(head, programme)
    with pytest.raises(Invalid) as refusal:
        programme_move(actor=head, programme=programme, state="closed", conclusions="  ")
    assert refusal.value.code == "conclusions_required"
    with (
        pytest.raises(IntegrityError, match="programme_closed_with_conclusions"),
        transaction.atomic(),
    ):
        Programme.objects.filter(pk=programme.pk).update(state="closed")


def test_the_end_is_not_before_the_start(tree: Tree, head: User, group: ClientGroup) -> None:
    day_before = START - dt.timedelta(days=1)
    with pytest.raises(Invalid) as refusal:
        make_programme(head, tree.b, group, ends_on=day_before)
    assert "cannot be before" in " ".join(map(str, refusal.value.fields.values()))
    programme = make_programme(head, tree.b, group)
    with pytest.raises(IntegrityError, match="programme_ends_after_start"), transaction.atomic():
        Programme.objects.filter(pk=programme.pk).update(ends_on=day_before)


def test_a_name_is_used_once(programme: Programme, tree: Tree, head: User) -> None:
    with pytest.raises(Invalid) as refusal:
        make_programme(head, tree.b, programme.group)
    assert "already a programme" in " ".join(map(str, refusal.value.fields.values()))


def test_a_group_of_another_department_is_refused(
    tree: Tree, other_tree: Tree, head: User, outsider: User
) -> None:
    foreign = make_group(outsider, other_tree.department)
    with pytest.raises(Invalid) as refusal:
        make_programme(head, tree.b, foreign)
    assert refusal.value.code == "foreign_group"


def test_the_subject_is_renamed_with_the_programme(programme: Programme, head: User) -> None:
    programme_edit(actor=head, programme=programme, **fields(programme.group, name="Third visit"))
    subject = Subject.objects.get(origin="client_programs", kind="programme")
    assert (subject.key, subject.label) == (str(programme.uid), "Third visit")


def test_every_step_is_audited(programme: Programme, head: User) -> None:
    run(head, programme)
    events = AuditEvent.objects.filter(target_id=str(programme.uid)).order_by("pk")
    assert [event.action for event in events] == [
        "programs.programme.created",
        "programs.programme.moved",
        "programs.programme.moved",
    ]
    assert (events[2].before, events[2].after) == ({"state": "training"}, {"state": "running"})


def test_people_of_another_direction_may_not(programme: Programme, specialist: User) -> None:
    with pytest.raises(Forbidden):
        programme_move(actor=specialist, programme=programme, state="training")


def test_the_model_audit_reads_the_state(
    programme: Programme, tree: Tree, other_tree: Tree, head: User
) -> None:
    assert probe(other_tree.department)["B.T1"].state == State.MISSING
    assert probe(tree.department)["B.T1"].state == State.EMPTY
    run(head, programme)
    assert probe(tree.department)["B.T1"].state == State.PRESENT
    Programme.objects.filter(pk=programme.pk).update(ends_on=START)
    found = probe(tree.department)["B.T1"]
    assert (found.state, str(found.detail)) == (State.OVERDUE, "1 not closed in time")


def test_groups_are_shared_by_directions_b_and_c(tree: Tree, head: User) -> None:
    for direction in (tree.b, tree.c):
        person = make_user("specialist", direction.scope)
        group = make_group(person, tree.department, f"Group of {direction.code}")
        visible = ClientGroup.objects.visible_to(person, "programs.group.view")
        assert group in visible
    assert visible.count() == 2
