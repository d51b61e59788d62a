"""Defining KPIs: their words and rules, their formulas by time, putting them away."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from config.lib.clean import full_clean
from config.lib.dates import month_first
from config.lib.errors import Conflict, Invalid
from kpis.indicators import policies
from kpis.indicators.models import Kpi, KpiVersion, MonthlyReport
from kpis.indicators.selectors.definitions import book
from kpis.indicators.selectors.formulas import checked, kind_of, referring, vocabulary
from kpis.indicators.services.annotations import annotation_of_formula
from staff.accounts.access import require
from staff.accounts.models import Scope, User
from staff.accounts.services.audit import audit, snapshot

CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")
FIELDS = (
    "name_ru", "name_en", "level", "section", "better", "unit", "decimals", "plan_method",
    "weekday_weights", "span", "span_days", "maturity_days", "base", "green_from", "amber_from",
    "cap", "is_proportion", "min_sample", "is_informational", "is_main", "owner", "meaning",
    "source", "limits", "mistakes", "benchmark", "position",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class KpiPlan:
    """What a person says of a KPI: ``values`` by the names of `FIELDS`; left out, they stay."""

    values: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def kpi_create(
    *, actor: User, scope: Scope, code: str, plan: KpiPlan, formula: str, today: dt.date
) -> Kpi:
    """A KPI of the department's own, valid from the running month on; months before it are read by
    the same formula. ``scope`` is where ``actor`` works. Raises `FormulaError`."""
    require(actor, policies.KPI_MANAGE, scope)
    if not CODE.fullmatch(code):
        text = _("Small Latin letters, digits and _, a letter first, at most 40.")
        raise Invalid(fields={"code": text})
    if Kpi.objects.filter(code=code).exists():
        raise Invalid(fields={"code": _("There is already a KPI with this code.")})
    kpi = Kpi(code=code, is_own=True)
    month = month_first(today)
    _put(kpi, plan, formula, month)
    kpi.save()
    KpiVersion.objects.create(kpi=kpi, formula=formula.strip(), valid_from=month, author=actor)
    after = snapshot(kpi, *FIELDS) | {"formula": formula}
    audit(action="indicators.kpi.created", target=kpi, actor=actor, scope=scope, after=after)
    return kpi


@transaction.atomic
def kpi_edit(*, actor: User, scope: Scope, kpi: Kpi, plan: KpiPlan, edits: int) -> Kpi:
    """Change what is said of ``kpi``. ``edits`` is the count the person saw: Conflict when somebody
    else has changed it since."""
    require(actor, policies.KPI_MANAGE, scope)
    row = _locked(kpi)
    if row.edits != edits:
        raise Conflict(
            _(
                "Somebody else has changed this KPI since you opened it. Open it again: your text "
                "is still here to be copied."
            ),
            code="kpi_changed",
        )
    before = snapshot(row, *FIELDS)
    newest = row.versions.order_by("valid_from").last()
    _put(row, plan, newest.formula if newest else None, newest.valid_from if newest else None)
    row.edits += 1
    row.save()
    audit(
        action="indicators.kpi.changed",
        target=row,
        actor=actor,
        scope=scope,
        before=before,
        after=snapshot(row, *FIELDS),
    )
    return row


@transaction.atomic
def kpi_formula_set(
    *,
    actor: User,
    scope: Scope,
    kpi: Kpi,
    formula: str,
    valid_from: dt.date,
    reason: str,
    today: dt.date,
) -> KpiVersion:
    """A new formula from ``valid_from`` (first day of a month) on: the running or a later month,
    none of them closed. One set before for the same month is replaced; the audit keeps it."""
    require(actor, policies.KPI_MANAGE, scope)
    row = _locked(kpi)
    formula, reason = formula.strip(), reason.strip()
    if valid_from < month_first(today):
        text = _("A formula changes from this month on or later: what has been reported stays.")
        raise Invalid(code="month_past", fields={"valid_from": text})
    if MonthlyReport.objects.filter(month__gte=valid_from, approved_at__isnull=False).exists():
        text = _("The month is closed: its report is approved.")
        raise Conflict(text, code="month_closed", fields={"valid_from": text})
    if not reason:
        text = _("Say why the formula changes: the KPI's page shows it.")
        raise Invalid(code="reason_required", fields={"reason": text})
    node = checked(
        formula, code=row.code, unit=row.unit, month=valid_from, book=book(), words=vocabulary()
    )
    old = row.versions.filter(valid_from__lte=valid_from).order_by("valid_from").last()
    version, _made = KpiVersion.objects.update_or_create(
        kpi=row,
        valid_from=valid_from,
        defaults={"formula": formula, "author": actor, "reason": reason},
    )
    row.kind = kind_of(node, span=row.span, maturity_days=row.maturity_days)
    row.save(update_fields=["kind"])
    audit(
        action="indicators.kpi.formula",
        target=row,
        actor=actor,
        scope=scope,
        before={"formula": old.formula if old else "", "valid_from": old and old.valid_from},
        after={"formula": formula, "valid_from": valid_from},
        reason=reason,
    )
    annotation_of_formula(version)
    return version


@transaction.atomic
def kpi_archive(*, actor: User, scope: Scope, kpi: Kpi) -> Kpi:
    """Put away: no longer on the dashboard and in lists, kept for history. Twice is once."""
    return _set_archived(actor, scope, kpi, archived=True)


@transaction.atomic
def kpi_restore(*, actor: User, scope: Scope, kpi: Kpi) -> Kpi:
    """Take back from the archive."""
    return _set_archived(actor, scope, kpi, archived=False)


@transaction.atomic
def kpi_delete(*, actor: User, scope: Scope, kpi: Kpi) -> None:
    """Delete a KPI of one's own that was never used. Raises Conflict with the reason: it came with
    the product, other KPIs refer to it, or targets, scorecards, reports or rules hold it."""
    require(actor, policies.KPI_MANAGE, scope)
    row = _locked(kpi)
    if not row.is_own:
        text = _("The KPI came with the product: it can be archived, not deleted.")
        raise Conflict(text, code="kpi_of_library")
    if others := [other.name for other in referring(row.code, book()) if other.pk != row.pk]:
        raise Conflict(
            format_lazy(
                "{text} {names}.",
                text=_("The KPI is part of the formulas of others:"),
                names=", ".join(others),
            ),
            code="kpi_referred",
        )
    if row.alert_rules.exists():
        text = _("Alert rules watch this KPI: delete them first, or archive the KPI.")
        raise Conflict(text, code="kpi_watched")
    audit(
        action="indicators.kpi.deleted",
        target=row,
        actor=actor,
        scope=scope,
        before=snapshot(row, *FIELDS),
    )
    try:
        with transaction.atomic():
            row.versions.all().delete()
            row.delete()
    except ProtectedError as error:
        kinds = sorted({str(item._meta.verbose_name_plural) for item in error.protected_objects})
        raise Conflict(
            format_lazy(
                "{text} ({kinds})",
                text=_("The KPI has been used and is kept for history: archive it instead."),
                kinds=", ".join(kinds),
            ),
            code="kpi_used",
        ) from error


def _locked(kpi: Kpi) -> Kpi:
    return Kpi.objects.select_for_update().get(pk=kpi.pk)


def _put(kpi: Kpi, plan: KpiPlan, formula: str | None, month: dt.date | None) -> None:
    """Fill in the values and check them, the formula against the unit among them."""
    if unknown := set(plan.values) - set(FIELDS):
        raise LookupError(f"no such fields of a KPI: {', '.join(sorted(unknown))}")
    for name, value in plan.values.items():
        setattr(kpi, name, value)
    if kpi.plan_method == Kpi.Plan.WEIGHTS and not _are_weights(kpi.weekday_weights):
        text = _("Seven whole numbers from Monday to Sunday, not all of them zero.")
        raise Invalid(fields={"weekday_weights": text})
    if kpi.span == Kpi.Span.TRAILING and not kpi.span_days:
        raise Invalid(fields={"span_days": _("Say over how many days.")})
    full_clean(kpi, exclude=("meaning", "source", "limits", "mistakes", "benchmark",
                             "weekday_weights"))  # fmt: skip
    if formula is not None and month is not None:
        node = checked(
            formula, code=kpi.code, unit=kpi.unit, month=month, book=book(), words=vocabulary()
        )
        kpi.kind = kind_of(node, span=kpi.span, maturity_days=kpi.maturity_days)


def _are_weights(weights: object) -> bool:
    return (
        isinstance(weights, list)
        and len(weights) == 7
        and all(isinstance(each, int) and 0 <= each <= 1000 for each in weights)
        and any(weights)
    )


def _set_archived(actor: User, scope: Scope, kpi: Kpi, *, archived: bool) -> Kpi:
    require(actor, policies.KPI_MANAGE, scope)
    row = _locked(kpi)
    if row.is_archived == archived:
        return row
    row.archived_at = timezone.now() if archived else None
    row.save(update_fields=["archived_at"])
    audit(
        action="indicators.kpi.archived" if archived else "indicators.kpi.restored",
        target=row,
        actor=actor,
        scope=scope,
        before={"archived": not archived},
        after={"archived": archived},
    )
    return row
