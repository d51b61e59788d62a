"""Operational tasks, counted on the day they were due. A deadline is never moved: an occurrence
keeps the day its rhythm gave."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q
from django.utils import timezone

from config.lib.dates import days_between
from departments.work.models import Occurrence
from departments.work.models.occurrence import OPEN, Status
from kpis.indicators.measured import Measured
from staff.accounts.models import Scope

ON_TIME = Q(status=Status.DONE, finished_at__lte=F("due_at"))


def tasks_by_deadline(scope: Scope, first: dt.date, last: dt.date) -> Measured:
    """``tasks_due`` without the skipped ones, which nobody was to do, and ``tasks_done_on_time``,
    by the day they were due. A day without tasks is left out."""
    days = (
        Occurrence.objects.filter(
            scope__path__startswith=scope.path, due_on__gte=first, due_on__lte=last
        )
        .exclude(status=Status.SKIPPED)
        .order_by()
        .values_list("due_on")
        .annotate(due=Count("pk"), on_time=Count("pk", filter=ON_TIME))
    )
    found: dict[str, dict[dt.date, Decimal]] = {"tasks_due": {}, "tasks_done_on_time": {}}
    for day, due, on_time in days:
        found["tasks_due"][day] = Decimal(due)
        found["tasks_done_on_time"][day] = Decimal(on_time)
    return found


def tasks_left_overdue(scope: Scope, first: dt.date, last: dt.date) -> Measured:
    """``tasks_overdue``: how many were due and still open when each day ended. A missed daily round
    can no longer be done, so it is not open. Days to come are left out."""
    now = timezone.now()
    late = (
        Occurrence.objects.filter(
            scope__path__startswith=scope.path, due_on__lte=last, due_at__lt=now
        )
        .filter(Q(status__in=OPEN) | Q(finished_at__gt=F("due_at")))
        .order_by()
        .values_list("due_on", "finished_at", "task__department__company__time_zone")
    )
    on: Counter[dt.date] = Counter()
    for due, finished, zone in late:
        closed = finished.astimezone(ZoneInfo(zone)).date() if finished else last + ONE_DAY
        until = min(last, closed - ONE_DAY)
        if (since := max(first, due)) <= until:
            on.update(days_between(since, until))
    known = days_between(first, min(last, now.date()))
    return {"tasks_overdue": {day: Decimal(on[day]) for day in known}}


ONE_DAY = dt.timedelta(days=1)
