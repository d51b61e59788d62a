"""Lists around scorecards: people, campaigns, and the scorecards of a department."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from config.lib.dates import month_last
from departments.structure.models import Department
from kpis.indicators import policies
from kpis.indicators.models import Kpi, KpiDispute, Scorecard
from kpis.indicators.selectors.held import periods_held
from kpis.indicators.selectors.rows import counted_rows
from kpis.indicators.selectors.scope import figures_scope
from kpis.indicators.selectors.scorecards import CardMonth, card_months, cards_in_force
from kpis.register.models import Metric, Subject
from staff.accounts.models import User
from staff.people.models import Employee


@dataclass(frozen=True, slots=True)
class CardsPage:
    """``department_card`` is None where there is none or the reader sees a part of the department.
    ``without`` are people employed in the month who have no scorecard."""

    department_card: CardMonth | None
    people: tuple[CardMonth, ...]
    campaigns: tuple[CardMonth, ...]
    without: tuple[Employee, ...]
    sees_whole: bool


def people_of(user: User) -> QuerySet[Employee]:
    """Employees whose scorecards ``user`` may see: those of their scope, and themself."""
    rows: QuerySet[Employee] = Employee.objects.visible_to(user, policies.SCORECARD_VIEW)
    return rows.select_related("department__scope", "department__company__scope", "user")


def campaigns_of(department: Department) -> QuerySet[Subject]:
    """Campaigns whose figures enter the department's KPIs; duplicates are not shown."""
    place = figures_scope(department)
    rows = Subject.objects.filter(
        kind=Subject.Kind.CAMPAIGN, merged_into=None, scope__path__startswith=place.path
    )
    return rows.select_related("direction", "owner").order_by("label", "pk")


def cards_page(*, user: User, department: Department, month: dt.date, today: dt.date) -> CardsPage:
    """The scorecards of ``department`` in ``month`` that ``user`` may see, with their results."""
    sees_whole = user.can(policies.SCORECARD_VIEW, department.scope)
    people = people_of(user).filter(department=department, hired_on__lte=month_last(month))
    people = people.filter(Q(left_on=None) | Q(left_on__gte=month))
    seen = list(people)
    whose = Q(employee__in=seen) | Q(employee=None) if sees_whole else Q(employee__in=seen)
    cards = cards_in_force(department, month, whose)
    pages = card_months(cards, department=department, month=month, today=today)
    having = {card.employee_id for card in cards}
    own = [page for page in pages if not page.card.employee_id and not page.card.subject_id]
    return CardsPage(
        own[0] if own else None,
        tuple(sorted((p for p in pages if p.card.employee_id), key=lambda p: str(p.card.employee))),
        tuple(sorted((p for p in pages if p.card.subject_id), key=lambda p: str(p.card.subject))),
        tuple(person for person in seen if person.pk not in having),
        sees_whole,
    )


def one_card(
    *, department: Department, holder: Q, month: dt.date, today: dt.date
) -> CardMonth | None:
    """The scorecard of one holder in ``month``."""
    cards = cards_in_force(department, month, holder)
    pages = card_months(cards[:1], department=department, month=month, today=today)
    return pages[0] if pages else None


def card_now(department: Department, holder: Q, month: dt.date) -> Scorecard | None:
    """The version in force in ``month``, without figures."""
    cards = cards_in_force(department, month, holder)
    return cards[0] if cards else None


def disputes_of(employee: Employee, month: dt.date) -> list[KpiDispute]:
    """The newest first."""
    rows = KpiDispute.objects.filter(employee=employee, month=month)
    return list(rows.select_related("kpi", "decision__decided_by"))


def weighable_kpis() -> QuerySet[Kpi]:
    """KPIs a scorecard may use."""
    return Kpi.objects.filter(archived_at=None, is_informational=False)


def held_rows(
    *,
    department: Department,
    metric: Metric,
    first: dt.date,
    last: dt.date,
    users: Iterable[int] = (),
    subjects: Iterable[int] = (),
) -> QuerySet[Any]:
    """Rows of the register behind a figure of `held_inputs`."""
    rows = counted_rows(scope=figures_scope(department), metric=metric, first=first, last=last)
    whose = Q(day=None)
    for (begins, ends), held in periods_held(users=users, subjects=subjects).items():
        part = Q(subject_id__in=held)
        if begins:
            part &= Q(day__gte=begins)
        if ends:
            part &= Q(day__lte=ends)
        whose |= part
    return rows.filter(whose)
