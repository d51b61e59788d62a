"""Client groups: what is kept and what is refused."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from client_programs.models import ClientGroup
from client_programs.services.groups import group_archive, group_create, group_edit
from config.lib.errors import Conflict, Forbidden, Invalid
from staff.accounts.models import AuditEvent, User
from tests.client_programs.helpers import START, make_group
from tests.factories import Tree


def test_a_size_has_a_date(tree: Tree, head: User) -> None:
    with pytest.raises(Invalid) as refusal:
        group_create(
            actor=head,
            department=tree.department,
            name="Students",
            description="",
            size_estimate=100,
            size_on=None,
        )
    assert "a number and a date" in " ".join(map(str, refusal.value.fields.values()))
    group = make_group(head, tree.department)
    with pytest.raises(IntegrityError, match="client_group_size_with_date"), transaction.atomic():
        ClientGroup.objects.filter(pk=group.pk).update(size_on=None)


def test_a_name_is_used_once_among_groups_in_use(tree: Tree, head: User) -> None:
    first = make_group(head, tree.department)
    with pytest.raises(Invalid):
        make_group(head, tree.department)
    with pytest.raises(IntegrityError, match="client_group_name_in"), transaction.atomic():
        ClientGroup.objects.create(department=tree.department, name=first.name)
    group_archive(actor=head, group=first)
    make_group(head, tree.department)
    with pytest.raises(Conflict):
        group_archive(actor=head, group=first)


def test_an_earlier_estimate_stays_in_the_audit_trail(tree: Tree, head: User) -> None:
    group = make_group(head, tree.department)
    group_edit(
        actor=head,
        group=group,
        name=group.name,
        description=group.description,
        size_estimate=1500,
        size_on=START,
    )
    event = AuditEvent.objects.get(action="programs.group.changed")
    assert (event.before, event.after) == ({"size_estimate": 1200}, {"size_estimate": 1500})


def test_only_people_of_the_department_form_groups(
    tree: Tree, outsider: User, trainee: User, auditor: User, specialist: User
) -> None:
    for person in (outsider, trainee, auditor):
        with pytest.raises(Forbidden):
            make_group(person, tree.department)
    assert make_group(specialist, tree.department).pk
