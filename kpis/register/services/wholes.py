"""Figures of whole periods: entered by hand, only added to."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Invalid
from kpis.register import policies
from kpis.register.models import Metric, WholeFigure
from staff.accounts.access import require
from staff.accounts.models import Scope, User
from staff.accounts.services.audit import audit

MAX_DAYS = 366
LARGEST = Decimal(10) ** 17


@transaction.atomic
def whole_figure_set(
    *,
    actor: User,
    scope: Scope,
    metric: Metric,
    first: dt.date,
    last: dt.date,
    value: Decimal | None,
    origin: str,
    today: dt.date,
) -> WholeFigure:
    """Enter or, with ``value`` None, withdraw the figure of a period. Raises `Invalid` for a metric
    whose days add up (its total is in the register already) and for a period that is not over."""
    require(actor, policies.RESULT_ENTER, scope)
    if metric.agg_time != Metric.AggTime.NONE:
        text = _("Days of this metric add up: its total is known from the register.")
        raise Invalid(fields={"metric": text})
    if last < first:
        raise Invalid(fields={"last_day": _("The end is before the beginning.")})
    if (last - first).days >= MAX_DAYS:
        raise Invalid(fields={"last_day": _("At most a year.")})
    if last >= today:
        raise Invalid(fields={"last_day": _("The period is not over yet.")})
    if value is not None and not 0 <= value < LARGEST:
        raise Invalid(fields={"value": _("A figure is not negative and has at most 17 digits.")})
    known = WholeFigure.objects.filter(scope=scope, metric=metric, first_day=first, last_day=last)
    old = known.in_force().first()
    if value is None and (old is None or old.value is None):
        raise Invalid(fields={"value": _("Write the figure.")})
    row = WholeFigure.objects.create(
        scope=scope,
        metric=metric,
        first_day=first,
        last_day=last,
        value=value,
        origin=origin.strip(),
        author=actor,
    )
    audit(
        action="register.whole.set",
        target=row,
        actor=actor,
        scope=scope,
        before={"value": old.value if old else None},
        after={"value": value, "metric": str(metric)},
        reason=row.origin,
    )
    return row
