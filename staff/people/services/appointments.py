"""Appointing people to positions. History is ended, never deleted."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Conflict, Invalid
from staff.accounts.access import require
from staff.accounts.models import User
from staff.accounts.services.audit import audit, snapshot
from staff.people import policies
from staff.people.models import Appointment, Employee, Position
from staff.people.services.checks import refuse_invalid

FIELDS = ("employee", "position", "starts_on", "ends_on")


@transaction.atomic
def appointment_start(
    *,
    actor: User,
    employee: Employee,
    position: Position,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
) -> Appointment:
    """Appoint ``employee``. Raises `Invalid` outside the employment, in another department, or when
    the person holds the position on these dates; `Conflict` when somebody was quicker."""
    require(actor, policies.EMPLOYEE_MANAGE, position.scope)
    if employee.department_id != position.department_id:
        message = _("The position belongs to another department.")
        raise Invalid(message, fields={"position": message})
    if starts_on < employee.hired_on:
        message = _("The person is hired later than this.")
        raise Invalid(message, fields={"starts_on": message})
    if employee.left_on and (ends_on is None or ends_on > employee.left_on):
        message = _("The person leaves before this.")
        raise Invalid(message, fields={"ends_on": message})
    appointment = Appointment(
        employee=employee, position=position, starts_on=starts_on, ends_on=ends_on
    )
    refuse_invalid(appointment)
    try:
        with transaction.atomic():
            appointment.save()
    except IntegrityError as error:
        raise Conflict from error
    audit(
        action="people.appointment.started",
        actor=actor,
        target=appointment,
        scope=position.scope,
        after=snapshot(appointment, *FIELDS),
    )
    return appointment


@transaction.atomic
def appointment_end(
    *, actor: User, appointment: Appointment, last_day: dt.date, reason: str = ""
) -> Appointment:
    """The person holds the position up to ``last_day``. Raises `Conflict` when it ended earlier."""
    require(actor, policies.EMPLOYEE_MANAGE, appointment.position.scope)
    before = snapshot(appointment, *FIELDS)
    appointment.ends_on = last_day
    refuse_invalid(appointment)
    running = Q(ends_on=None) | Q(ends_on__gt=last_day)
    if not Appointment.objects.filter(running, pk=appointment.pk).update(ends_on=last_day):
        raise Conflict
    audit(
        action="people.appointment.ended",
        actor=actor,
        target=appointment,
        scope=appointment.position.scope,
        before=before,
        after=snapshot(appointment, *FIELDS),
        reason=reason,
    )
    return appointment
