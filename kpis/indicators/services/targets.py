"""Setting targets: only added to, only in open months, a change only with its reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib.dates import add_months
from config.lib.errors import Conflict, Invalid
from departments.structure.models import Department
from kpis.indicators import policies
from kpis.indicators.engine.evaluate import evaluate
from kpis.indicators.engine.periods import LOOK_BACK, month_of
from kpis.indicators.engine.plan import PlanMethod
from kpis.indicators.measure import Measure
from kpis.indicators.models import Kpi, Target
from kpis.indicators.selectors.definitions import codes_of, defined_kpis
from kpis.indicators.selectors.inputs import inputs
from kpis.indicators.selectors.scope import figures_scope
from kpis.indicators.selectors.targets import closed_months, targets_in_force
from staff.accounts.access import require
from staff.accounts.models import Scope, User
from staff.accounts.services.audit import audit

MAX_VALUE = Decimal(10) ** 17
GROWTH_LIMITS = (Decimal(-99), Decimal(1000))


@transaction.atomic
def target_set(
    *,
    actor: User,
    scope: Scope,
    kpi: Kpi,
    month: dt.date,
    value: Decimal | None,
    reason: str = "",
) -> Target | None:
    """Set or, with ``value`` None, withdraw the target of ``month`` (its first day).

    ``value`` is in the KPI's unit, a share as 0…1. The same value again adds nothing. Raises
    Conflict for a closed month, Invalid for a change without a reason.
    """
    require(actor, policies.TARGET_MANAGE, scope)
    if value is not None and not 0 <= value < MAX_VALUE:
        raise Invalid(fields={"value": _("A target is not negative and has at most 17 digits.")})
    # Two people at once: the second sees the first one's row.
    Scope.objects.select_for_update().get(pk=scope.pk)
    if closed_months(scope=scope, months=[month]):
        raise Conflict(
            _("The month is closed: its report is approved and its targets stay."),
            code="month_closed",
        )
    old = targets_in_force(scope=scope, months=[month]).get((kpi.pk, month))
    before = old.value if old else None
    if value is not None:
        value = value.quantize(Decimal("0.000001"))
    if before == value:
        return old
    reason = reason.strip()
    if old is not None and not reason:
        raise Invalid(
            code="reason_required",
            fields={"reason": _("Say why the target changes: the report shows it.")},
        )
    row = Target.objects.create(
        kpi=kpi,
        scope=scope,
        month=month,
        value=value,
        author=actor,
        reason=reason if old is not None else "",
    )
    audit(
        action="indicators.target.set",
        target=row,
        actor=actor,
        scope=scope,
        before={"value": before},
        after={"value": value},
        reason=reason,
    )
    return row


@transaction.atomic
def targets_copy_last_year(
    *, actor: User, department: Department, year: int, growth: Decimal, today: dt.date
) -> int:
    """Last year's facts, flows grown by ``growth`` percent, as targets of ``year``.

    Ratios are copied as they were. Months that are closed, already have a target, or had no fact a
    year ago are left alone. Returns how many targets were set.
    """
    scope = department.scope
    require(actor, policies.TARGET_MANAGE, scope)
    if not GROWTH_LIMITS[0] <= growth <= GROWTH_LIMITS[1]:
        raise Invalid(fields={"growth": _("Growth is between −99 and 1000 percent.")})
    months = [dt.date(year, number, 1) for number in range(1, 13)]
    taken = targets_in_force(scope=scope, months=months)
    closed = closed_months(scope=scope, months=months)
    facts = _facts_a_year_before(department, [m for m in months if m not in closed], today)
    made = 0
    for (kpi, month), fact in facts.items():
        if (kpi.pk, month) in taken:
            continue
        flows = kpi.plan_method != PlanMethod.NONE
        grown = fact * (1 + Fraction(growth) / 100) if flows else fact
        value = Measure.of(kpi, department.company.currency).plain(grown)
        if value < 0:
            continue
        target_set(actor=actor, scope=scope, kpi=kpi, month=month, value=value)
        made += 1
    return made


def _facts_a_year_before(
    department: Department, months: Iterable[dt.date], today: dt.date
) -> dict[tuple[Kpi, dt.date], Fraction]:
    kpis = defined_kpis()
    ago = {month: month_of(add_months(month, -12)) for month in months}
    if not ago:
        return {}
    first, last = min(ago.values()).first, max(ago.values()).last
    data = inputs(
        scope=figures_scope(department), codes=codes_of(kpis), spans=[(first - LOOK_BACK, last)]
    )
    found = {}
    for item in kpis:
        for month, period in ago.items():
            result = evaluate(
                item.in_month(period.first).node,
                data.days,
                period=period,
                as_of=period.last,
                today=today,
            )
            if result.value.number is not None and period.last < today:
                found[item.kpi, month] = result.value.number
    return found
