"""Setting targets: only added to, only in open months, a change only with its reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Conflict, Invalid
from kpis.indicators import policies
from kpis.indicators.engine.attain import Better
from kpis.indicators.engine.periods import month_of
from kpis.indicators.engine.plan import PlanMethod
from kpis.indicators.models import Kpi, Target
from kpis.indicators.selectors.targets import closed_months, targets_in_force
from kpis.register.models import Subject
from staff.accounts.access import require
from staff.accounts.models import Scope, User
from staff.accounts.services.audit import audit
from staff.people.models import Employee

MAX_VALUE = Decimal(10) ** 17
SIX_DIGITS = Decimal("0.000001")
Milestones = Sequence[tuple[dt.date, Decimal]]


@transaction.atomic
def target_set(
    *,
    actor: User,
    scope: Scope,
    kpi: Kpi,
    month: dt.date,
    value: Decimal | None,
    reason: str = "",
    upper: Decimal | None = None,
    milestones: Milestones = (),
    employee: Employee | None = None,
    subject: Subject | None = None,
) -> Target | None:
    """Set or, with ``value`` None, withdraw the target of ``month`` (its first day): of ``scope``
    itself, or of one ``employee`` or ``subject`` (a campaign) of it.

    ``value`` is in the KPI's unit, a share as 0…1; of a KPI inside a corridor it is the lower edge
    and ``upper`` the upper one. ``milestones`` say what is due by the end of which day of the
    month. The same again adds nothing. Raises Conflict for a closed month, Invalid for a change
    without a reason and for figures that make no target.
    """
    require(actor, policies.TARGET_MANAGE, scope)
    _check_holder(scope, employee, subject)
    value, upper = _edges(kpi, value, upper)
    steps = _steps(kpi, month, value, milestones)
    # Two people at once: the second sees the first one's row.
    Scope.objects.select_for_update().get(pk=scope.pk)
    if closed_months(scope=scope, months=[month]):
        raise Conflict(
            _("The month is closed: its report is approved and its targets stay."),
            code="month_closed",
        )
    known = targets_in_force(scope=scope, months=[month], employee=employee, subject=subject)
    old = known.get((kpi.pk, month))
    before = _shape(old)
    after: dict[str, object] = {"value": value, "upper": upper, "milestones": steps}
    if before == after:
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
        employee=employee,
        subject=subject,
        month=month,
        value=value,
        upper=upper,
        milestones=steps,
        author=actor,
        reason=reason if old is not None else "",
    )
    audit(
        action="indicators.target.set",
        target=row,
        actor=actor,
        scope=scope,
        before=_told(before),
        after=_told(after),
        reason=reason,
    )
    return row


def _shape(row: Target | None) -> dict[str, object]:
    if row is None:
        return {"value": None, "upper": None, "milestones": []}
    return {"value": row.value, "upper": row.upper, "milestones": row.milestones}


def _told(shape: dict[str, object]) -> dict[str, object]:
    """For the trail: the value, and the rest where there is any."""
    return {name: what for name, what in shape.items() if what or name == "value"}


def _check_holder(scope: Scope, employee: Employee | None, subject: Subject | None) -> None:
    if employee is not None and subject is not None:
        raise Invalid(_("A target belongs to a person or to a campaign."), code="two_holders")
    if employee is not None and employee.department.scope_id != scope.pk:
        raise Invalid(_("The person works in another department."), code="other_department")
    if subject is not None and not (
        subject.scope.path.startswith(scope.path) or scope.path.startswith(subject.scope.path)
    ):
        raise Invalid(_("The campaign belongs elsewhere."), code="other_department")


def _edges(
    kpi: Kpi, value: Decimal | None, upper: Decimal | None
) -> tuple[Decimal | None, Decimal | None]:
    """Both edges as they are stored."""
    for name, number in (("value", value), ("upper", upper)):
        if number is not None and not 0 <= number < MAX_VALUE:
            text = _("A target is not negative and has at most 17 digits.")
            raise Invalid(fields={name: text})
    if kpi.better != Better.CORRIDOR:
        if upper is not None:
            raise Invalid(
                code="no_corridor",
                fields={"upper": _("Only a KPI inside a corridor has an upper edge.")},
            )
    elif (value is None) != (upper is None):
        raise Invalid(
            code="half_corridor", fields={"upper": _("A corridor has both a lower and upper edge.")}
        )
    elif value is not None and upper is not None and upper < value:
        raise Invalid(
            code="corridor_order",
            fields={"upper": _("The upper edge is not below the lower one.")},
        )
    return (
        None if value is None else value.quantize(SIX_DIGITS),
        None if upper is None else upper.quantize(SIX_DIGITS),
    )


def _steps(
    kpi: Kpi, month: dt.date, value: Decimal | None, milestones: Milestones
) -> list[list[str]]:
    """Milestones as they are stored: pairs of texts, oldest first."""
    if not milestones:
        return []
    wrong: object = None
    rows = sorted(milestones)
    if kpi.plan_method != PlanMethod.MILESTONES or value is None:
        wrong = _("This KPI's plan has no milestones.")
    elif any(day not in month_of(month) for day, _due in rows):
        wrong = _("A milestone lies within the month.")
    elif any(one[0] == two[0] for one, two in pairwise(rows)):
        wrong = _("A day has one milestone.")
    elif any(one[1] > two[1] for one, two in pairwise(rows)) or rows[0][1] < 0:
        wrong = _("What is due never falls from one milestone to the next.")
    elif rows[-1][1] > value:
        wrong = _("A milestone is not above the target of the month.")
    if wrong is not None:
        raise Invalid(code="milestones", fields={"milestones": str(wrong)})
    return [[day.isoformat(), str(due.quantize(SIX_DIGITS))] for day, due in rows]
