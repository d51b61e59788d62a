"""Metrics of the plan of mailings for KPIs, see `kpis.indicators.measured`."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from zoneinfo import ZoneInfo

from kpis.indicators.measured import Measured, register_measured
from mailings.models import Mailing
from staff.accounts.models import Scope

A_DAY = dt.timedelta(days=1)
CODES = ("mailings_planned", "mailings_on_day")


def mailing_figures(scope: Scope, first: dt.date, last: dt.date) -> Measured:
    """Mailings by the company's day they were planned for, without cancelled ones, and how many of
    them were sent by the end of that day. A day without mailings is left out. One query."""
    mailings = (
        Mailing.objects.filter(
            direction__scope__path__startswith=scope.path,
            # A day more on each side: the company's day is known only with its zone.
            planned_at__date__range=(first - A_DAY, last + A_DAY),
        )
        .exclude(state=Mailing.State.CANCELLED)
        .order_by()
        .values_list("planned_at", "sent_at", "direction__department__company__time_zone")
    )
    found: dict[str, defaultdict[dt.date, int]] = {code: defaultdict(int) for code in CODES}
    for planned_at, sent_at, name in mailings:
        zone = ZoneInfo(name)
        day = planned_at.astimezone(zone).date()
        if first <= day <= last:
            found["mailings_planned"][day] += 1
            found["mailings_on_day"][day] += (
                bool(sent_at) and sent_at.astimezone(zone).date() <= day
            )
    return {
        code: {day: Decimal(count) for day, count in days.items()} for code, days in found.items()
    }


register_measured(*CODES, provider=mailing_figures)
