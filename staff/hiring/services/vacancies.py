"""Opening and closing vacancies."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib.clean import full_clean
from config.lib.errors import Conflict, Invalid
from departments.work.clock import today_of
from staff.accounts.access import require
from staff.accounts.models import User
from staff.accounts.services.audit import audit, snapshot
from staff.hiring import policies
from staff.hiring.models import Vacancy
from staff.people.models import Position

AUDITED = ("position", "opened_on", "reason", "state", "closed_on")


@transaction.atomic
def vacancy_open(
    *, actor: User, position: Position, reason: str, opened_on: dt.date | None = None
) -> Vacancy:
    """Look for one person (from today in the company's zone by default)."""
    require(actor, policies.HIRING_MANAGE, position.scope)
    vacancy = Vacancy(
        position=position, reason=reason, opened_on=opened_on or today_of(position.department)
    )
    full_clean(vacancy)
    vacancy.save()
    _note(actor, vacancy, "opened", {})
    return vacancy


@transaction.atomic
def vacancy_cancel(*, actor: User, vacancy: Vacancy, reason: str) -> Vacancy:
    """Stop looking, with the reason; candidates stay where they are."""
    vacancy = vacancy_locked(vacancy)
    require(actor, policies.HIRING_MANAGE, vacancy.position.scope)
    if not reason.strip():
        message = _("Say why nobody is looked for any longer.")
        raise Invalid(message, code="reason_required", fields={"reason": message})
    close(actor, vacancy, Vacancy.State.CANCELLED, reason)
    return vacancy


def vacancy_locked(vacancy: Vacancy) -> Vacancy:
    """The vacancy as it stands now, locked until the transaction ends."""
    rows = Vacancy.objects.select_related("position__department__company", "position__scope")
    found: Vacancy = rows.select_for_update(of=("self",)).get(pk=vacancy.pk)
    return found


def close(actor: User, vacancy: Vacancy, state: str, reason: str = "") -> None:
    """Close a locked vacancy today. Raises `Conflict` when it is closed already."""
    if vacancy.state != Vacancy.State.OPEN:
        raise Conflict(_("The vacancy is closed."), code="closed")
    before = snapshot(vacancy, *AUDITED)
    vacancy.state = state
    vacancy.closed_on = max(today_of(vacancy.position.department), vacancy.opened_on)
    vacancy.save(update_fields=["state", "closed_on", "updated_at"])
    _note(actor, vacancy, state, before, reason)


def _note(
    actor: User, vacancy: Vacancy, verb: str, before: dict[str, object], reason: str = ""
) -> None:
    audit(
        action=f"hiring.vacancy.{verb}",
        actor=actor,
        target=vacancy,
        scope=vacancy.position.scope,
        before=before,
        after=snapshot(vacancy, *AUDITED),
        reason=reason,
    )
