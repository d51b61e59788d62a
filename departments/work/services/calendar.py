"""Changing the production calendar."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Forbidden, Invalid
from departments.structure.models import Company
from departments.work.calendar import refresh
from departments.work.models import CalendarDay, CalendarVersion
from departments.work.selectors.calendar import may_change
from staff.accounts.models import Scope, User
from staff.accounts.services.audit import audit, snapshot
from staff.accounts.services.scopes import group_scope

FIELDS = ("company", "day", "is_working", "note")
YEARS = range(2000, 2101)


@transaction.atomic
def calendar_day_set(
    *, actor: User, company: Company | None, day: dt.date, is_working: bool, note: str
) -> CalendarDay:
    """The office works, or not, on ``day`` whatever the law says; ``company`` None: in every
    company. The same day again is changed."""
    scope = _allowed(actor, company)
    if day.year not in YEARS:
        raise Invalid(fields={"day": _("A day between 2000 and 2100.")})
    note = " ".join(note.split())
    if not note:
        raise Invalid(fields={"note": _("Say why: a decree, a decision of the company.")})
    _changed()
    old = CalendarDay.objects.filter(company=company, day=day).first()
    before = snapshot(old, *FIELDS) if old else {}
    row, _made = CalendarDay.objects.update_or_create(
        company=company,
        day=day,
        defaults={"is_working": is_working, "note": note, "author": actor},
    )
    audit(
        action="work.calendar.set",
        target=row,
        actor=actor,
        scope=scope,
        before=before,
        after=snapshot(row, *FIELDS),
        reason=note,
    )
    return row


@transaction.atomic
def calendar_day_remove(*, actor: User, row: CalendarDay) -> None:
    """The day is again what the law says."""
    scope = _allowed(actor, row.company)
    _changed()
    audit(
        action="work.calendar.removed",
        target=row,
        actor=actor,
        scope=scope,
        before=snapshot(row, *FIELDS),
    )
    row.delete()


def _allowed(actor: User, company: Company | None) -> Scope:
    """The scope the change belongs to. Raises Forbidden."""
    if not may_change(actor, company):
        raise Forbidden
    return company.scope if company else group_scope()


def _changed() -> None:
    """Changes come one after the other; every process sees the new token within its time."""
    row, _made = CalendarVersion.objects.select_for_update().get_or_create(pk=1)
    row.token = uuid.uuid4()
    row.save()
    transaction.on_commit(refresh)
