"""Metrics of placements for KPIs, see `kpis.indicators.measured`."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from zoneinfo import ZoneInfo

from channels_publishing.models import Placement
from kpis.indicators.measured import Measured, register_measured
from staff.accounts.models import Scope

State = Placement.State
APPEARED = {State.PLACED, State.CHECKED, State.DEFECT}
A_DAY = dt.timedelta(days=1)


def placement_figures(scope: Scope, first: dt.date, last: dt.date) -> Measured:
    """Airings on the company's day they were planned for, whenever they came; checks and defects on
    the day the placement appeared. A check without evidence is not counted, a defect is explained
    by its note. Cancelled placements are in nothing. A day without placements is left out. One
    query."""
    placements = (
        Placement.objects.filter(channel__direction__scope__path__startswith=scope.path)
        .exclude(state=State.CANCELLED)
        .order_by()
        .values_list(
            "planned_at",
            "published_at",
            "state",
            "evidence_url",
            "channel__direction__department__company__time_zone",
        )
    )
    # A day more on each side: the company's day is known only with its zone.
    wide = (first - A_DAY, last + A_DAY)
    near = placements.filter(planned_at__date__range=wide) | placements.filter(
        published_at__date__range=wide
    )
    found: dict[str, defaultdict[dt.date, int]] = {code: defaultdict(int) for code in CODES}
    for planned_at, published_at, state, evidence, zone in near:
        planned = planned_at.astimezone(ZoneInfo(zone)).date()
        if first <= planned <= last:
            found["airings_planned"][planned] += 1
            found["airings"][planned] += state in APPEARED
        if published_at is None or state not in APPEARED:
            continue
        appeared = published_at.astimezone(ZoneInfo(zone)).date()
        if first <= appeared <= last:
            is_defect = state == State.DEFECT
            found["placement_checks_planned"][appeared] += 1
            found["placement_checks_done"][appeared] += is_defect or (
                state == State.CHECKED and bool(evidence)
            )
            found["placement_defects"][appeared] += is_defect
    return {
        code: {day: Decimal(count) for day, count in days.items()} for code, days in found.items()
    }


CODES = (
    "airings_planned",
    "airings",
    "placement_checks_planned",
    "placement_checks_done",
    "placement_defects",
)
register_measured(*CODES, provider=placement_figures)
