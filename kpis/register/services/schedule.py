"""Taking a source off the schedule and putting it back."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from kpis.register import policies
from kpis.register.models import Source
from kpis.register.registry import FILE_KIND
from staff.accounts.access import require
from staff.accounts.models import User
from staff.accounts.services.audit import audit


@transaction.atomic
def source_pause(*, actor: User, source: Source) -> None:
    """Plan no more runs; an open run goes on to its end."""
    _set(actor, source, is_active=False)


@transaction.atomic
def source_resume(*, actor: User, source: Source) -> None:
    """Read on schedule again; what is missing is read at once."""
    _set(actor, source, is_active=True)


def _set(actor: User, source: Source, *, is_active: bool) -> None:
    """Does nothing when the source already is as wanted."""
    require(actor, policies.SOURCE_MANAGE, source.scope)
    locked = Source.objects.select_for_update().get(pk=source.pk)
    if locked.is_active == is_active:
        return
    locked.is_active = is_active
    if is_active and locked.kind != FILE_KIND:
        locked.next_due_at = timezone.now()
    locked.save(update_fields=["is_active", "next_due_at", "updated_at"])
    audit(
        action="register.source.resumed" if is_active else "register.source.paused",
        actor=actor,
        target=locked,
        scope=locked.scope,
        before={"is_active": not is_active},
        after={"is_active": is_active},
    )
