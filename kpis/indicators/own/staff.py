"""How many people there are."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from config.lib.dates import days_between
from kpis.indicators.measured import Measured
from staff.accounts.models import Scope
from staff.people.models import Appointment, Employee

Stay = tuple[int, dt.date, dt.date | None]


def staff_levels(scope: Scope, first: dt.date, last: dt.date) -> Measured:
    """``headcount``: the people employed on each day; of a direction, those who hold a position in
    it. A day with nobody is left out. One query."""
    people: dict[dt.date, set[int]] = defaultdict(set)
    for who, since, until in _stays(scope):
        begin, end = max(first, since), min(last, until or last)
        if begin <= end:
            for day in days_between(begin, end):
                people[day].add(who)
    return {"headcount": {day: Decimal(len(known)) for day, known in people.items()}}


def _stays(scope: Scope) -> Iterable[Stay]:
    if scope.kind == Scope.Kind.DIRECTION:
        held = Appointment.objects.filter(position__scope__path__startswith=scope.path)
        return held.order_by().values_list("employee_id", "starts_on", "ends_on")
    employed = Employee.objects.filter(department__scope__path__startswith=scope.path)
    return employed.order_by().values_list("pk", "hired_on", "left_on")
