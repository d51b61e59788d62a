"""Targets of the demo company: last year's shape, a little more ambitious."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from config.lib.dates import add_months, days_between, month_first, month_last
from departments.structure.models import Department
from kpis.indicators.models import Kpi
from kpis.indicators.services.targets import target_set
from kpis.simulator.company import figures
from staff.accounts.models import User

SITES = (1, 2)
SEED = 1  # the simulator's own
GROWTH = Decimal("1.12")  # over the same month a year before
RATIOS = {
    "conversion": Decimal("0.0215"),
    "average_order": Decimal(1850),
    "cost_per_order": Decimal(850),
}


def targets_set(*, actor: User, department: Department) -> None:
    """Targets of thirteen past months, this one and the rest of the year for the six KPIs."""
    this = month_first(timezone.localdate())
    kpis = {kpi.code: kpi for kpi in Kpi.objects.all()}
    for shift in range(-13, 13 - this.month):
        month = add_months(this, shift)
        for code, value in (_year_before(month) | RATIOS).items():
            target_set(
                actor=actor, scope=department.scope, kpi=kpis[code], month=month, value=value
            )


def _year_before(month: dt.date) -> dict[str, Decimal]:
    """The shop's own figures of the same month a year before, times growth, rounded to look
    planned.
    """
    today = timezone.localdate()
    totals = {"sessions": Decimal(0), "orders": Decimal(0), "revenue": Decimal(0)}
    first = add_months(month, -12)
    for day in days_between(first, month_last(first)):
        for site in SITES:
            found = figures(site, day, today=today, seed=SEED)
            for code in totals if found else ():
                totals[code] += getattr(found, code)
    steps = {"sessions": 500, "orders": 10, "revenue": 10_000}
    return {
        code: (total * GROWTH / steps[code]).to_integral_value() * steps[code]
        for code, total in totals.items()
        if total
    }
