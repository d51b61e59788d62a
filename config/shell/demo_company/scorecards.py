"""Scorecards of the demo company: the department's and those of its people."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from config.lib.dates import month_first
from departments.structure.models import Department
from departments.work.clock import today_of
from kpis.indicators.models import Kpi, ScorecardLine
from kpis.indicators.services.scorecards import Draft, scorecard_set
from staff.accounts.models import User
from staff.people.models import Employee

DEPARTMENT = {"revenue": 3000, "orders": 2500, "cost_per_order": 2000, "conversion": 2500}
# Nobody answers for single channels yet: people are measured by the whole department.
PERSON = {"sessions": 4000, "conversion": 3500, "cost_per_order": 2500}
NORM = Decimal(25_000)


def scorecards_create(*, actor: User, department: Department) -> None:
    """From this month on, for everybody who logs in but the head."""
    today = today_of(department)
    common = {
        "actor": actor,
        "scope": department.scope,
        "valid_from": month_first(today),
        "today": today,
    }
    scorecard_set(lines=_lines(DEPARTMENT), **common)  # type: ignore[arg-type]  # named above
    people = Employee.objects.filter(department=department, user__isnull=False)
    for person in people.exclude(user=actor).select_related("department__scope"):
        scorecard_set(
            employee=person,
            lines=_lines(PERSON),
            bonus_norm=NORM,
            **common,  # type: ignore[arg-type]  # named above
        )


def _lines(weights: Mapping[str, int]) -> list[Draft]:
    kpis = {kpi.code: kpi for kpi in Kpi.objects.filter(code__in=weights)}
    by = ScorecardLine.By.SCOPE
    return [Draft(kpis[code], weight, by) for code, weight in weights.items()]
