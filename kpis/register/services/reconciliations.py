"""Our total beside the cabinet's: compared, explained, signed off."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.clean import full_clean
from config.lib.errors import Conflict, Invalid
from kpis.register import policies
from kpis.register.models import DailyTotal, Metric, Reconciliation, Source
from staff.accounts.access import require
from staff.accounts.models import User
from staff.accounts.services.audit import audit, snapshot

# Tolerances are kept in hundredths of a per cent.
WHOLE = 10_000


def our_total(*, source: Source, metric: Metric, first: dt.date, last: dt.date) -> Decimal | None:
    """The register's total of one source's metric; None when nothing was measured or the metric
    does not add up over days (a cabinet's monthly figure of it is another thing)."""
    if metric.agg_time != Metric.AggTime.SUM and first != last:
        return None
    total: Decimal | None = DailyTotal.objects.filter(
        stream__source=source, metric=metric, day__gte=first, day__lte=last
    ).aggregate(total=Sum("value"))["total"]
    return total


def difference(row: Reconciliation) -> Decimal:
    """Ours minus the cabinet's."""
    return row.ours - row.cabinet


def within_tolerance(row: Reconciliation) -> bool:
    """Whether the difference is not larger than the tolerated part of the cabinet's figure."""
    return abs(difference(row)) * WHOLE <= abs(row.cabinet) * row.tolerance


@transaction.atomic
def reconciliation_add(
    *,
    actor: User,
    source: Source,
    metric: Metric,
    first: dt.date,
    last: dt.date,
    cabinet: Decimal,
    tolerance: int = 100,
    note: str = "",
) -> Reconciliation:
    """Compare and keep. Raises `Invalid` where there is nothing of ours to compare."""
    require(actor, policies.RECONCILE, source.scope)
    if last < first:
        raise Invalid(fields={"last_day": str(_("The end is before the beginning."))})
    ours = our_total(source=source, metric=metric, first=first, last=last)
    if ours is None:
        message = _("The register has no total of this metric for these days.")
        raise Invalid(message, fields={"metric": str(message)})
    row = Reconciliation(
        source=source,
        metric=metric,
        first_day=first,
        last_day=last,
        ours=ours,
        cabinet=cabinet,
        tolerance=tolerance,
        note=note.strip(),
        created_by=actor,
    )
    full_clean(row, exclude=["signed_by", "signed_at"])
    row.save()
    audit(
        action="register.reconciliation.added",
        actor=actor,
        target=source,
        scope=source.scope,
        after=snapshot(row, "first_day", "last_day", "ours", "cabinet", "tolerance"),
    )
    return row


@transaction.atomic
def reconciliation_sign(*, actor: User, row: Reconciliation, note: str = "") -> None:
    """Agree to the difference. One beyond the tolerance needs an explanation; the figures must
    still be those of the register."""
    require(actor, policies.RECONCILE, row.source.scope)
    locked = Reconciliation.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if locked.signed_at is not None:
        raise Conflict(_("This comparison is signed already."))
    now_ours = our_total(
        source=locked.source, metric=locked.metric, first=locked.first_day, last=locked.last_day
    )
    if now_ours != locked.ours:
        raise Conflict(_("The register has changed since: compare anew."))
    locked.note = note.strip() or locked.note
    if not locked.note and not within_tolerance(locked):
        message = _("Beyond the tolerance: explain the difference.")
        raise Invalid(message, fields={"note": str(message)})
    locked.signed_by, locked.signed_at = actor, timezone.now()
    locked.save(update_fields=["note", "signed_by", "signed_at", "updated_at"])
    audit(
        action="register.reconciliation.signed",
        actor=actor,
        target=locked.source,
        scope=locked.source.scope,
        after=snapshot(locked, "first_day", "last_day", "ours", "cabinet", "note"),
    )
