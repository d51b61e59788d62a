"""A year's targets at once: from last year's facts, or from one sum by the season."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib.dates import add_months
from config.lib.errors import Invalid
from config.lib.text import filled
from departments.structure.models import Department
from kpis.indicators import policies
from kpis.indicators.engine.attain import Better
from kpis.indicators.engine.periods import LOOK_BACK, Period, month_of
from kpis.indicators.engine.plan import PlanMethod
from kpis.indicators.engine.season import LEAST_YEARS, season_indices, split_by_season
from kpis.indicators.measure import Measure
from kpis.indicators.models import Kpi, Target
from kpis.indicators.selectors.definitions import Defined, codes_of, defined_kpis
from kpis.indicators.selectors.inputs import inputs
from kpis.indicators.selectors.readings import look_back, value_over
from kpis.indicators.selectors.scope import figures_scope
from kpis.indicators.selectors.targets import closed_months, targets_in_force
from kpis.indicators.services.targets import MAX_VALUE, target_set
from staff.accounts.access import require
from staff.accounts.models import Scope, User
from staff.accounts.services.audit import audit

GROWTH_LIMITS = (Decimal(-99), Decimal(1000))
SEASON_YEARS = 3  # older years say little about this one
MOST_DIGITS = 6


@transaction.atomic
def targets_copy_last_year(
    *,
    actor: User,
    department: Department,
    year: int,
    growth: Decimal,
    today: dt.date,
    scope: Scope | None = None,
) -> int:
    """Last year's facts, flows grown by ``growth`` percent, as targets of ``year``: of the
    department or of the direction of ``scope``.

    Ratios are copied as they were. Months that are closed, already have a target, or had no fact a
    year ago are left alone, and so are KPIs inside a corridor. Returns how many targets were set.
    """
    scope = scope or department.scope
    require(actor, policies.TARGET_MANAGE, scope)
    if not GROWTH_LIMITS[0] <= growth <= GROWTH_LIMITS[1]:
        raise Invalid(fields={"growth": _("Growth is between −99 and 1000 percent.")})
    months = _months(year)
    taken = targets_in_force(scope=scope, months=months)
    closed = closed_months(scope=scope, months=months)
    kpis = [item for item in defined_kpis() if item.kpi.better != Better.CORRIDOR]
    ago = {month: month_of(add_months(month, -12)) for month in months if month not in closed}
    facts = _facts(department, scope, kpis, ago.values(), today)
    made = 0
    for item in kpis:
        for month, period in ago.items():
            fact = facts.get((item.kpi.pk, period.first))
            if fact is None or (item.kpi.pk, month) in taken:
                continue
            flows = item.kpi.plan_method != PlanMethod.NONE
            grown = fact * (1 + Fraction(growth) / 100) if flows else fact
            value = Measure.of(item.kpi, department.company.currency).plain(grown)
            if value < 0:
                continue
            target_set(actor=actor, scope=scope, kpi=item.kpi, month=month, value=value)
            made += 1
    return made


@transaction.atomic
def targets_split_by_season(
    *,
    actor: User,
    department: Department,
    kpi: Kpi,
    year: int,
    total: Decimal,
    today: dt.date,
    reason: str = "",
    scope: Scope | None = None,
) -> dict[dt.date, Decimal]:
    """``total`` for the whole of ``year`` as targets of its open months, by the season of the last
    two or three whole years. Closed months keep theirs; the year is exactly ``total``.

    Targets that change need ``reason``. Raises Invalid where the KPI does not add up over months,
    where fewer than two whole years are known, and where closed months hold more than ``total``.
    Returns the targets of the open months.
    """
    scope = scope or department.scope
    require(actor, policies.TARGET_MANAGE, scope)
    if kpi.plan_method == PlanMethod.NONE or kpi.better == Better.CORRIDOR:
        raise Invalid(
            code="not_additive",
            fields={"kpi": _("A ratio or a level is not split: its target is the same in months.")},
        )
    places = max(_digits(total), kpi.decimals)
    if not 0 < total < MAX_VALUE or places > MOST_DIGITS:
        raise Invalid(
            code="total_invalid", fields={"total": _("A sum above zero, with at most six digits.")}
        )
    months = _months(year)
    closed = closed_months(scope=scope, months=months)
    left = total - _held_by(closed, kpi, targets_in_force(scope=scope, months=months))
    open_months = [month for month in months if month not in closed]
    if left < 0 or not open_months:
        raise Invalid(
            code="closed_hold_more",
            fields={"total": _("The closed months of the year already hold more.")},
        )
    indices = _indices(department, scope, kpi, year, today)
    open_indices = {month.month: indices[month.month] for month in open_months}
    if left and not any(open_indices.values()):
        raise Invalid(_("The open months of the year have no season."), code="no_season")
    parts = split_by_season(left, open_indices, max(places, _digits(left)))
    targets = {month: parts[month.month] for month in open_months}
    for month, value in targets.items():
        target_set(actor=actor, scope=scope, kpi=kpi, month=month, value=value, reason=reason)
    audit(
        action="indicators.target.season",
        target=kpi,
        actor=actor,
        scope=scope,
        after={"year": year, "total": str(total), "months": len(targets)},
        reason=reason,
    )
    return targets


def _months(year: int) -> list[dt.date]:
    return [dt.date(year, number, 1) for number in range(1, 13)]


def _digits(number: Decimal) -> int:
    """Digits after the point that say something."""
    exponent = number.normalize().as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else MOST_DIGITS + 1


def _held_by(
    closed: Iterable[dt.date], kpi: Kpi, known: dict[tuple[int, dt.date], Target]
) -> Decimal:
    """What the closed months have for their targets."""
    rows = (known.get((kpi.pk, month)) for month in closed)
    return sum((row.value for row in rows if row and row.value is not None), Decimal(0))


def _indices(
    department: Department, scope: Scope, kpi: Kpi, year: int, today: dt.date
) -> dict[int, Fraction]:
    years = range(year - SEASON_YEARS, year)
    periods = [month_of(month) for before in years for month in _months(before)]
    facts = _facts(department, scope, defined_kpis([kpi]), periods, today, whole=True)
    history = {(first.year, first.month): fact for (_kpi, first), fact in facts.items()}
    indices = season_indices(history)
    if indices is None:
        raise Invalid(
            filled(
                _("A season needs the facts of %(years)s whole years, above zero."),
                years=LEAST_YEARS,
            ),
            code="no_season",
        )
    return indices


def _facts(
    department: Department,
    scope: Scope,
    kpis: Sequence[Defined],
    periods: Iterable[Period],
    today: dt.date,
    *,
    whole: bool = False,
) -> dict[tuple[int, dt.date], Fraction]:
    """Facts of months that are over (``whole``: and lack no day), by (KPI id, first day)."""
    over = [period for period in periods if period.last < today]
    if not over or not kpis:
        return {}
    place = figures_scope(department) if scope == department.scope else scope
    formulas = [item.in_month(period.first) for item in kpis for period in over]
    back = max([LOOK_BACK, *(look_back(formula) for formula in formulas)])
    first, last = min(over).first - back, max(period.last for period in over)
    data = inputs(scope=place, codes=codes_of(kpis), spans=[(first, last)])
    found = {}
    for item in kpis:
        for period in over:
            result = value_over(item.in_month(period.first), data.days, period, period.last, today)
            if result.value.number is not None and not (whole and result.incomplete):
                found[item.kpi.pk, period.first] = result.value.number
    return found
