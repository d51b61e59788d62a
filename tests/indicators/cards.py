"""Short ways to make scorecards in tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from kpis.indicators.models import Kpi, Scorecard, ScorecardLine, Target
from kpis.indicators.services.scorecards import Draft, scorecard_set
from kpis.register.models import Subject, SubjectOwner
from staff.accounts.models import User
from staff.people.models import Employee
from tests.factories import Tree

NOVEMBER = dt.date(2026, 11, 1)
TODAY = dt.date(2026, 11, 23)
By = ScorecardLine.By
THIRDS = {"sessions": 4000, "orders": 3500, "revenue": 2500}


def drafts(weights: Mapping[str, int], by: str = By.SUBJECTS) -> list[Draft]:
    return [Draft(Kpi.objects.get(code=code), weight, by) for code, weight in weights.items()]


def make_card(
    head: User,
    tree: Tree,
    employee: Employee | None = None,
    *,
    subject: Subject | None = None,
    weights: Mapping[str, int] = THIRDS,
    by: str = By.SUBJECTS,
    valid_from: dt.date = NOVEMBER,
    norm: str | None = None,
    reason: str = "",
) -> Scorecard:
    return scorecard_set(
        actor=head,
        scope=tree.department.scope,
        employee=employee,
        subject=subject,
        valid_from=valid_from,
        lines=drafts(weights, by),
        today=TODAY,
        bonus_norm=None if norm is None else Decimal(norm),
        reason=reason,
    )


def own(subject: Subject, user: User, first: str, last: str | None = None) -> None:
    """``user`` answered for the subject from ``first`` to ``last`` (ISO dates)."""
    SubjectOwner.objects.create(
        subject=subject,
        user=user,
        first_day=dt.date.fromisoformat(first),
        last_day=dt.date.fromisoformat(last) if last else None,
    )
    if last is None:
        Subject.objects.filter(pk=subject.pk).update(owner=user)


def aim(
    head: User,
    tree: Tree,
    code: str,
    value: str,
    *,
    employee: Employee | None = None,
    subject: Subject | None = None,
    month: dt.date = NOVEMBER,
) -> None:
    """A target written directly."""
    Target.objects.create(
        kpi=Kpi.objects.get(code=code),
        scope=tree.department.scope,
        employee=employee,
        subject=subject,
        month=month,
        value=Decimal(value),
        author=head,
    )
