"""How many sources delivered in time, told from the log of readings."""

from __future__ import annotations

import bisect
import datetime as dt
from collections import defaultdict
from decimal import Decimal

from django.db.models import Max, Min, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from config.lib.dates import days_between
from kpis.indicators.measured import Measured
from kpis.indicators.own.place import zone_of
from kpis.register.models import Slice, Source
from kpis.register.models.run import State
from kpis.register.registry import FILE_KIND
from staff.accounts.models import Scope

AGREED_HOURS = 26  # of a source that has no streams yet


def source_ages(scope: Scope, first: dt.date, last: dt.date) -> Measured:
    """``sources_connected`` and ``sources_fresh`` when each day ended (today: now). A source is
    fresh while its last successful reading is not older than agreed; one that is paused now is not
    connected. Days before the first source and days to come are left out. Two queries."""
    zone, now = zone_of(scope), timezone.now()
    sources = list(
        Source.objects.filter(Q(is_active=True) | Q(kind=FILE_KIND))
        .filter(scope__path__startswith=scope.path)
        .order_by()
        .values_list("pk", "created_at")
        .annotate(hours=Min("streams__agreed_hours"))
    )
    if not sources:
        return {}
    oldest = max(hours or AGREED_HOURS for *_rest, hours in sources)
    begin = dt.datetime.combine(first, dt.time(), zone) - dt.timedelta(hours=oldest)
    read: dict[int, list[dt.datetime]] = defaultdict(list)
    newest = (
        Slice.objects.filter(
            state=State.DONE,
            run__source__in=[pk for pk, *_rest in sources],
            finished_at__gte=begin,
        )
        .order_by()
        .annotate(day=TruncDate("finished_at", tzinfo=zone))
        .values_list("run__source", "day")
        .annotate(at=Max("finished_at"))
        .order_by("day")
    )
    for source, _day, at in newest:
        read[source].append(at)
    connected: dict[dt.date, Decimal] = {}
    fresh: dict[dt.date, Decimal] = {}
    for day in days_between(first, min(last, now.astimezone(zone).date())):
        ended = min(dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone), now)
        known = [(pk, hours) for pk, since, hours in sources if since < ended]
        if known:
            connected[day] = Decimal(len(known))
            fresh[day] = Decimal(sum(_is_fresh(read[pk], hours, ended) for pk, hours in known))
    return {"sources_connected": connected, "sources_fresh": fresh}


def _is_fresh(read: list[dt.datetime], hours: int | None, ended: dt.datetime) -> bool:
    before = bisect.bisect_right(read, ended)
    agreed = dt.timedelta(hours=hours or AGREED_HOURS)
    return before > 0 and ended - read[before - 1] <= agreed
