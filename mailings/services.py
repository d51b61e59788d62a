"""Planning mailings and writing down that they went out."""

from __future__ import annotations

import datetime as dt
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from client_programs.models import ClientGroup
from config.lib.clean import full_clean
from config.lib.errors import Conflict, Invalid
from departments.structure.models import Direction
from kpis.register.models import Subject
from kpis.register.services.subjects import subject_keep
from mailings import policies
from mailings.models import Mailing
from staff.accounts.access import require
from staff.accounts.models import User
from staff.accounts.services.audit import audit, snapshot
from staff.people.models import Employee
from staff.people.responsible import refuse_foreign

ORIGIN = "mailings"
AUDITED = (
    "name",
    "group",
    "medium",
    "planned_at",
    "responsible",
    "service_url",
    "state",
    "sent_at",
    "recipients",
    "cancel_reason",
)


class MailingFields(TypedDict):
    """What is planned; fields as in `Mailing`."""

    name: str
    group: ClientGroup
    medium: str
    planned_at: dt.datetime
    responsible: Employee | None
    service_url: str


@transaction.atomic
def mailing_plan(*, actor: User, direction: Direction, **fields: Unpack[MailingFields]) -> Mailing:
    """Plan a mailing and name it in the register, so that its results find it."""
    require(actor, policies.MAILING_MANAGE, direction.scope)
    mailing = Mailing(direction=direction)
    _fill(mailing, fields)
    _note(actor, mailing, "planned", {})
    return mailing


@transaction.atomic
def mailing_edit(*, actor: User, mailing: Mailing, **fields: Unpack[MailingFields]) -> Mailing:
    """Change what is planned. Of a sent mailing only the name, the link and who answers for it."""
    mailing = _locked(actor, mailing, (Mailing.State.PLANNED, Mailing.State.SENT))
    before = snapshot(mailing, *AUDITED)
    sent = (mailing.group, mailing.medium, _minute(mailing.planned_at))
    told = (fields["group"], fields["medium"], _minute(fields["planned_at"]))
    if mailing.state == Mailing.State.SENT and sent != told:
        raise Conflict(_("The mailing is sent: group, time and medium stay."), code="already_sent")
    _fill(mailing, fields)
    _note(actor, mailing, "changed", before)
    return mailing


@transaction.atomic
def mailing_sent(
    *, actor: User, mailing: Mailing, recipients: int, sent_at: dt.datetime | None = None
) -> Mailing:
    """It went out to ``recipients`` people at ``sent_at`` (now by default)."""
    mailing = _locked(actor, mailing, (Mailing.State.PLANNED,))
    before = snapshot(mailing, *AUDITED)
    moment = sent_at or timezone.now()
    if moment > timezone.now() + dt.timedelta(minutes=5):  # clocks differ a little
        message = _("This moment has not come yet.")
        raise Invalid(message, code="future", fields={"sent_at": message})
    if recipients < 1:
        message = _("At least one recipient.")
        raise Invalid(message, code="no_recipients", fields={"recipients": message})
    mailing.state, mailing.sent_at, mailing.recipients = Mailing.State.SENT, moment, recipients
    full_clean(mailing)
    mailing.save()
    _note(actor, mailing, "sent", before)
    return mailing


@transaction.atomic
def mailing_cancel(*, actor: User, mailing: Mailing, reason: str) -> Mailing:
    """Give up a planned mailing, with the reason."""
    mailing = _locked(actor, mailing, (Mailing.State.PLANNED,))
    before = snapshot(mailing, *AUDITED)
    if not reason.strip():
        message = _("Say why the mailing is cancelled.")
        raise Invalid(message, code="reason_required", fields={"reason": message})
    mailing.state, mailing.cancel_reason = Mailing.State.CANCELLED, reason.strip()
    full_clean(mailing)
    mailing.save()
    _note(actor, mailing, "cancelled", before)
    return mailing


def _minute(moment: dt.datetime) -> dt.datetime:
    """Forms do not ask for seconds."""
    return moment.replace(second=0, microsecond=0)


def _locked(actor: User, mailing: Mailing, states: tuple[str, ...]) -> Mailing:
    """The mailing as it stands now. Raises `Conflict` when somebody has moved it on."""
    require(actor, policies.MAILING_MANAGE, mailing.direction.scope)
    rows = Mailing.objects.select_related("direction__department", "direction__scope", "group")
    found: Mailing = rows.select_for_update(of=("self",)).get(pk=mailing.pk)
    if found.state not in states:
        raise Conflict
    return found


def _fill(mailing: Mailing, fields: MailingFields) -> None:
    direction = mailing.direction
    refuse_foreign(fields["responsible"], direction.department)
    if fields["group"].department_id != direction.department_id:
        message = _("The client group belongs to another department.")
        raise Invalid(message, code="foreign_group", fields={"group": message})
    for name, value in fields.items():
        setattr(mailing, name, value)
    full_clean(mailing, exclude=["subject"])
    responsible = mailing.responsible
    mailing.subject = subject_keep(
        origin=ORIGIN,
        kind=Subject.Kind.MAILING,
        key=str(mailing.uid),
        label=mailing.name,
        direction=direction,
        url=mailing.service_url,
        owner=responsible.user if responsible else None,
    )
    mailing.save()


def _note(actor: User, mailing: Mailing, verb: str, before: dict[str, object]) -> None:
    audit(
        action=f"mailings.mailing.{verb}",
        actor=actor,
        target=mailing,
        scope=mailing.direction.scope,
        before=before,
        after=snapshot(mailing, *AUDITED),
    )
