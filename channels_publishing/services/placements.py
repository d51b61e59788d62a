"""The way of a placement: planned, placed with a link, checked or found defective."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from channels_publishing import policies
from channels_publishing.models import Channel, Placement
from channels_publishing.services.channels import ORIGIN
from config.lib.clean import full_clean
from config.lib.errors import Conflict, Invalid
from kpis.register.models import Subject
from kpis.register.services.subjects import subject_keep
from staff.accounts.access import require
from staff.accounts.models import User
from staff.accounts.services.audit import audit, snapshot

AUDITED = ("channel", "title", "planned_at", "cost", "state", "published_at", "url", "note")
CHECK = ("evidence_url",)
State = Placement.State


class PlacementFields(TypedDict):
    """What is planned; fields as in `Placement`."""

    title: str
    planned_at: dt.datetime
    cost: Decimal | None


@transaction.atomic
def placement_plan(
    *, actor: User, channel: Channel, **fields: Unpack[PlacementFields]
) -> Placement:
    """Plan a placement. Raises `Conflict` on a channel that is archived."""
    require(actor, policies.PLACEMENT_MANAGE, channel.direction.scope)
    if channel.archived_at:
        raise Conflict(_("The channel is archived."), code="archived")
    placement = Placement(channel=channel)
    _fill(placement, fields)
    _save(placement)
    _note(actor, placement, "planned", {})
    return placement


@transaction.atomic
def placement_edit(
    *, actor: User, placement: Placement, **fields: Unpack[PlacementFields]
) -> Placement:
    """Change what is planned; a cost may be added later too, the rest stays as it was placed."""
    placement = _locked(actor, policies.PLACEMENT_MANAGE, placement, State)
    before = snapshot(placement, *AUDITED)
    same_time = _minute(fields["planned_at"]) == _minute(placement.planned_at)
    if placement.state != State.PLANNED and (fields["title"] != placement.title or not same_time):
        raise Conflict(_("Only the cost can be changed after placing."), code="already_placed")
    _fill(placement, fields)
    _save(placement)
    _note(actor, placement, "changed", before)
    return placement


@transaction.atomic
def placement_place(
    *, actor: User, placement: Placement, url: str, published_at: dt.datetime | None = None
) -> Placement:
    """It stands on the channel at ``url`` since ``published_at`` (now by default). A defect that
    has been put right is placed again and waits for its check."""
    placement = _locked(actor, policies.PLACEMENT_MANAGE, placement, (State.PLANNED, State.DEFECT))
    before = snapshot(placement, *AUDITED)
    moment = published_at or timezone.now()
    if moment > timezone.now() + dt.timedelta(minutes=5):  # clocks differ a little
        message = _("This moment has not come yet.")
        raise Invalid(message, code="future", fields={"published_at": message})
    placement.state, placement.url, placement.published_at = State.PLACED, url, moment
    _save(placement)
    _note(actor, placement, "placed", before)
    return placement


@transaction.atomic
def placement_check(
    *, actor: User, placement: Placement, good: bool, evidence_url: str = "", note: str = ""
) -> Placement:
    """Confirm that a placement stands as agreed, or say what is wrong with it (``note``)."""
    placement = _locked(actor, policies.PLACEMENT_CHECK, placement, (State.PLACED, State.CHECKED))
    before = snapshot(placement, *AUDITED, *CHECK)
    placement.state = State.CHECKED if good else State.DEFECT
    placement.checked_by, placement.checked_at = actor, timezone.now()
    placement.evidence_url, placement.note = evidence_url, note.strip()
    _save(placement, explained_by="note")
    _note(actor, placement, "checked" if good else "defect", before, *CHECK)
    return placement


@transaction.atomic
def placement_cancel(*, actor: User, placement: Placement, reason: str) -> Placement:
    """Give up a planned placement, with the reason."""
    placement = _locked(actor, policies.PLACEMENT_MANAGE, placement, (State.PLANNED,))
    before = snapshot(placement, *AUDITED)
    placement.state, placement.note = State.CANCELLED, reason.strip()
    _save(placement, explained_by="reason")
    _note(actor, placement, "cancelled", before)
    return placement


def _locked(actor: User, right: str, placement: Placement, states: Iterable[str]) -> Placement:
    """The placement as it stands now. Raises `Conflict` when somebody has moved it on."""
    require(actor, right, placement.channel.direction.scope)
    rows = Placement.objects.select_related("channel__direction__scope", "channel__subject")
    found: Placement = rows.select_for_update(of=("self",)).get(pk=placement.pk)
    if found.state not in tuple(states):
        raise Conflict
    return found


def _minute(moment: dt.datetime) -> dt.datetime:
    """Forms do not ask for seconds."""
    return moment.replace(second=0, microsecond=0)


def _fill(placement: Placement, fields: PlacementFields) -> None:
    for name, value in fields.items():
        setattr(placement, name, value)


def _save(placement: Placement, explained_by: str = "") -> None:
    if explained_by and placement.state != State.CHECKED and not placement.note:
        message = _("Say what is wrong.")
        raise Invalid(message, code="note_required", fields={explained_by: message})
    full_clean(placement, exclude=["subject"])
    placement.subject = subject_keep(
        origin=ORIGIN,
        kind=Subject.Kind.PLACEMENT,
        key=str(placement.uid),
        label=placement.title,
        direction=placement.channel.direction,
        url=placement.url,
        parent=placement.channel.subject,
    )
    placement.save()


def _note(
    actor: User, placement: Placement, verb: str, before: dict[str, object], *more: str
) -> None:
    audit(
        action=f"channels.placement.{verb}",
        actor=actor,
        target=placement,
        scope=placement.channel.direction.scope,
        before=before,
        after=snapshot(placement, *AUDITED, *more),
    )
