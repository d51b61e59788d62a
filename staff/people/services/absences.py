"""Noting who is away and when."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from config.lib.errors import Conflict
from staff.accounts.access import require
from staff.accounts.models import User
from staff.accounts.services.audit import audit, snapshot
from staff.people import policies
from staff.people.models import Absence, Employee
from staff.people.services.checks import refuse_invalid

FIELDS = ("employee", "kind", "starts_on", "ends_on", "comment")


@transaction.atomic
def absence_add(
    *,
    actor: User,
    employee: Employee,
    kind: str,
    starts_on: dt.date,
    ends_on: dt.date,
    comment: str = "",
) -> Absence:
    """Note an absence. Raises `Invalid` when the person is away on some of these days already."""
    require(actor, policies.EMPLOYEE_MANAGE, employee.department.scope)
    absence = Absence(
        employee=employee, kind=kind, starts_on=starts_on, ends_on=ends_on, comment=comment
    )
    refuse_invalid(absence)
    try:
        with transaction.atomic():
            absence.save()
    except IntegrityError as error:
        raise Conflict from error
    audit(
        action="people.absence.added",
        actor=actor,
        target=absence,
        scope=employee.department.scope,
        after=snapshot(absence, *FIELDS),
    )
    return absence


@transaction.atomic
def absence_cancel(*, actor: User, absence: Absence) -> None:
    """Remove a mistaken absence; the audit trail keeps what it said. `Conflict` when it is gone."""
    require(actor, policies.EMPLOYEE_MANAGE, absence.employee.department.scope)
    before = snapshot(absence, *FIELDS)
    deleted, _by_model = Absence.objects.filter(pk=absence.pk).delete()
    if not deleted:
        raise Conflict
    audit(
        action="people.absence.cancelled",
        actor=actor,
        target=absence,
        scope=absence.employee.department.scope,
        before=before,
    )
