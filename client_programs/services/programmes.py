"""The life of a client programme."""

from __future__ import annotations

import datetime as dt
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from client_programs import policies
from client_programs.models import ClientGroup, Programme
from config.lib.clean import full_clean
from config.lib.errors import Conflict, Invalid
from departments.structure.models import Direction
from kpis.register.models import Subject
from kpis.register.services.subjects import subject_keep
from staff.accounts.access import require
from staff.accounts.models import User
from staff.accounts.services.audit import audit, snapshot
from staff.people.models import Employee
from staff.people.responsible import refuse_foreign

ORIGIN = "client_programs"
AUDITED = ("name", "group", "goal", "starts_on", "ends_on", "responsible", "state", "conclusions")
State = Programme.State

# A roll-out begins with training; from training one may return to the draft.
NEXT: dict[str, tuple[str, ...]] = {
    State.DRAFT: (State.TRAINING,),
    State.TRAINING: (State.RUNNING, State.DRAFT),
    State.RUNNING: (State.CLOSED,),
    State.CLOSED: (),
}


class ProgrammeFields(TypedDict):
    """What a person says about a programme; fields as in `Programme`."""

    name: str
    group: ClientGroup
    goal: str
    starts_on: dt.date
    ends_on: dt.date | None
    responsible: Employee | None


@transaction.atomic
def programme_create(
    *, actor: User, direction: Direction, **fields: Unpack[ProgrammeFields]
) -> Programme:
    """A new draft and its subject in the register."""
    require(actor, policies.PROGRAMME_MANAGE, direction.scope)
    programme = Programme(direction=direction)
    _save(programme, fields)
    _note(actor, programme, "created", {})
    return programme


@transaction.atomic
def programme_edit(
    *, actor: User, programme: Programme, **fields: Unpack[ProgrammeFields]
) -> Programme:
    """Change a programme that is not closed; its subject is renamed with it."""
    programme = _locked(actor, programme)
    if programme.state == State.CLOSED:
        raise Conflict(_("The programme is closed."), code="closed")
    before = snapshot(programme, *AUDITED)
    _save(programme, fields)
    _note(actor, programme, "changed", before)
    return programme


@transaction.atomic
def programme_move(
    *, actor: User, programme: Programme, state: str, conclusions: str = ""
) -> Programme:
    """Take the next step of `NEXT`. Closing needs ``conclusions``: they stay in the archive."""
    programme = _locked(actor, programme)
    if state not in NEXT[programme.state]:
        raise Conflict
    if state == State.CLOSED and not conclusions.strip():
        message = _("A programme is closed with conclusions.")
        raise Invalid(message, code="conclusions_required", fields={"conclusions": message})
    before = snapshot(programme, *AUDITED)
    programme.state = state
    programme.conclusions = conclusions.strip()
    programme.save(update_fields=["state", "conclusions", "updated_at"])
    _note(actor, programme, "moved", before)
    return programme


def _locked(actor: User, programme: Programme) -> Programme:
    require(actor, policies.PROGRAMME_MANAGE, programme.direction.scope)
    rows = Programme.objects.select_related("direction__department", "direction__scope")
    found: Programme = rows.select_for_update(of=("self",)).get(pk=programme.pk)
    return found


def _save(programme: Programme, fields: ProgrammeFields) -> None:
    direction = programme.direction
    refuse_foreign(fields["responsible"], direction.department)
    if fields["group"].department_id != direction.department_id:
        message = _("The client group belongs to another department.")
        raise Invalid(message, code="foreign_group", fields={"group": message})
    for name, value in fields.items():
        setattr(programme, name, value)
    full_clean(programme, exclude=["subject"])
    responsible = programme.responsible
    programme.subject = subject_keep(
        origin=ORIGIN,
        kind=Subject.Kind.PROGRAMME,
        key=str(programme.uid),
        label=programme.name,
        direction=direction,
        owner=responsible.user if responsible else None,
    )
    programme.save()


def _note(actor: User, programme: Programme, verb: str, before: dict[str, object]) -> None:
    audit(
        action=f"programs.programme.{verb}",
        actor=actor,
        target=programme,
        scope=programme.direction.scope,
        before=before,
        after=snapshot(programme, *AUDITED),
    )
