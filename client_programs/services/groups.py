"""Forming and correcting client groups."""

from __future__ import annotations

import datetime as dt
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils import timezone

from client_programs.models import ClientGroup
from client_programs.policies import require_groups
from config.lib.clean import full_clean
from config.lib.errors import Conflict
from departments.structure.models import Department
from staff.accounts.models import User
from staff.accounts.services.audit import audit, snapshot

AUDITED = ("name", "description", "size_estimate", "size_on")


class GroupFields(TypedDict):
    """What a person says about a group; fields as in `ClientGroup`."""

    name: str
    description: str
    size_estimate: int | None
    size_on: dt.date | None


@transaction.atomic
def group_create(
    *, actor: User, department: Department, **fields: Unpack[GroupFields]
) -> ClientGroup:
    require_groups(actor, department)
    group = ClientGroup(department=department)
    _save(group, fields)
    _note(actor, group, "created", {})
    return group


@transaction.atomic
def group_edit(*, actor: User, group: ClientGroup, **fields: Unpack[GroupFields]) -> ClientGroup:
    """Correct a group; the audit trail keeps earlier estimates of its size."""
    group = _locked(actor, group)
    before = snapshot(group, *AUDITED)
    _save(group, fields)
    _note(actor, group, "changed", before)
    return group


@transaction.atomic
def group_archive(*, actor: User, group: ClientGroup) -> ClientGroup:
    """Take a group out of the choices; what is linked to it stays."""
    group = _locked(actor, group)
    if group.archived_at:
        raise Conflict
    group.archived_at = timezone.now()
    group.save(update_fields=["archived_at", "updated_at"])
    _note(actor, group, "archived", {}, "archived_at")
    return group


def _locked(actor: User, group: ClientGroup) -> ClientGroup:
    require_groups(actor, group.department)
    rows = ClientGroup.objects.select_related("department__scope")
    found: ClientGroup = rows.select_for_update(of=("self",)).get(pk=group.pk)
    return found


def _save(group: ClientGroup, fields: GroupFields) -> None:
    for name, value in fields.items():
        setattr(group, name, value)
    full_clean(group)
    group.save()


def _note(
    actor: User, group: ClientGroup, verb: str, before: dict[str, object], *fields: str
) -> None:
    audit(
        action=f"programs.group.{verb}",
        actor=actor,
        target=group,
        scope=group.department.scope,
        before=before,
        after=snapshot(group, *(fields or AUDITED)),
    )
