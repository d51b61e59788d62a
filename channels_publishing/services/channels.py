"""Keeping the list of channels."""

from __future__ import annotations

from typing import TypedDict, Unpack

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from channels_publishing import policies
from channels_publishing.models import Channel
from config.lib.clean import full_clean
from config.lib.errors import Conflict, Invalid
from departments.structure.models import Direction
from departments.work.clock import today_of
from kpis.register.models import Source, Subject
from kpis.register.services.subjects import subject_keep
from staff.accounts.access import require
from staff.accounts.models import User
from staff.accounts.services.audit import audit, snapshot
from staff.people.models import Employee
from staff.people.responsible import refuse_foreign

ORIGIN = "channels_publishing"
AUDITED = ("kind", "name", "url", "audience", "responsible", "source")
VERDICT = ("verdict", "verdict_on", "verdict_reason")


class ChannelFields(TypedDict):
    """What a person says about a channel; fields as in `Channel`."""

    kind: str
    name: str
    url: str
    audience: str
    responsible: Employee | None
    source: Source | None


@transaction.atomic
def channel_create(
    *, actor: User, direction: Direction, **fields: Unpack[ChannelFields]
) -> Channel:
    """A new channel and its subject in the register."""
    require(actor, policies.CHANNEL_MANAGE, direction.scope)
    channel = Channel(direction=direction)
    _save(channel, fields)
    audit(
        action="channels.channel.created",
        actor=actor,
        target=channel,
        scope=direction.scope,
        after=snapshot(channel, *AUDITED),
    )
    return channel


@transaction.atomic
def channel_edit(*, actor: User, channel: Channel, **fields: Unpack[ChannelFields]) -> Channel:
    """Change a channel; its subject is renamed with it."""
    channel = _locked(actor, channel)
    before = snapshot(channel, *AUDITED)
    _save(channel, fields)
    audit(
        action="channels.channel.changed",
        actor=actor,
        target=channel,
        scope=channel.direction.scope,
        before=before,
        after=snapshot(channel, *AUDITED),
    )
    return channel


@transaction.atomic
def channel_judge(*, actor: User, channel: Channel, verdict: str, reason: str) -> Channel:
    """Keep, test or give up the channel, as of today in the company's zone, with the reason."""
    channel = _locked(actor, channel)
    before = snapshot(channel, *VERDICT)
    channel.verdict, channel.verdict_reason = verdict, reason.strip()
    channel.verdict_on = today_of(channel.direction.department)
    full_clean(channel)
    channel.save()
    audit(
        action="channels.channel.judged",
        actor=actor,
        target=channel,
        scope=channel.direction.scope,
        before=before,
        after=snapshot(channel, *VERDICT),
    )
    return channel


@transaction.atomic
def channel_archive(*, actor: User, channel: Channel) -> Channel:
    """Take a channel out of the list; its placements and figures stay."""
    channel = _locked(actor, channel)
    if channel.archived_at:
        raise Conflict
    channel.archived_at = timezone.now()
    channel.save(update_fields=["archived_at", "updated_at"])
    audit(
        action="channels.channel.archived",
        actor=actor,
        target=channel,
        scope=channel.direction.scope,
        after=snapshot(channel, "archived_at"),
    )
    return channel


def _locked(actor: User, channel: Channel) -> Channel:
    require(actor, policies.CHANNEL_MANAGE, channel.direction.scope)
    rows = Channel.objects.select_related("direction__department__company", "direction__scope")
    found: Channel = rows.select_for_update(of=("self",)).get(pk=channel.pk)
    return found


def _save(channel: Channel, fields: ChannelFields) -> None:
    department = channel.direction.department
    refuse_foreign(fields["responsible"], department)
    source = fields["source"]
    reaches = source is None or (
        channel.direction.scope.path.startswith(source.scope.path)
        or source.scope.path.startswith(department.scope.path)
    )
    if not reaches:
        message = _("The source belongs to another department.")
        raise Invalid(message, code="foreign_source", fields={"source": message})
    for name, value in fields.items():
        setattr(channel, name, value)
    full_clean(channel, exclude=["subject"])
    responsible = channel.responsible
    channel.subject = subject_keep(
        origin=ORIGIN,
        kind=Subject.Kind.CHANNEL,
        key=str(channel.uid),
        label=channel.name,
        direction=channel.direction,
        url=channel.url,
        owner=responsible.user if responsible else None,
    )
    channel.save()
