"""What the KPI editor shows: the trial of a formula, and what may be put into one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from config.lib.dates import month_first
from departments.structure.models import Department
from kpis.indicators.engine.formula import FormulaError
from kpis.indicators.models import Kpi
from kpis.indicators.selectors.definitions import book
from kpis.indicators.selectors.formulas import checked, vocabulary
from kpis.indicators.selectors.trial import Trial, trial
from kpis.register.models import Metric


@dataclass(frozen=True, slots=True)
class Tried:
    """A trial, or what is wrong with the formula: ``before``, ``sign``, ``after`` are its text cut
    at the place. All empty while nothing is typed."""

    trial: Trial | None = None
    error: str = ""
    before: str = ""
    sign: str = ""
    after: str = ""


def tried(*, department: Department, kpi: Kpi, formula: str, today: dt.date) -> Tried:
    """``formula`` as that of ``kpi``, saved or not, on the department's figures."""
    if not formula.strip():
        return Tried()
    known, words = book(), vocabulary()
    try:
        checked(
            formula,
            code=kpi.code,
            unit=kpi.unit,
            month=month_first(today),
            book=known,
            words=words,
        )
    except FormulaError as error:
        at = min(error.at, len(formula))
        return Tried(
            error=str(error),
            before=formula[:at],
            sign=formula[at : at + 1],
            after=formula[at + 1 :],
        )
    found = trial(
        department=department, kpi=kpi, formula=formula, book=known, words=words, today=today
    )
    return Tried(found)


@dataclass(frozen=True, slots=True)
class Insertable:
    """A line of the list of what may be put into a formula."""

    text: str
    name: str
    detail: str = ""


def insertable_metrics() -> list[Insertable]:
    """The vocabulary, by name. One query."""
    rows = [
        Insertable(metric.code, metric.name, str(metric.get_unit_display()))
        for metric in Metric.objects.all()
    ]
    return sorted(rows, key=lambda row: row.name.lower())


def insertable_kpis(kpi: Kpi | None) -> list[Insertable]:
    """Other KPIs that are in use. One query."""
    rows = Kpi.objects.filter(archived_at=None)
    if kpi is not None:
        rows = rows.exclude(pk=kpi.pk)
    return [Insertable(f"@{row.code}", row.name) for row in rows]


def functions() -> list[Insertable]:
    """What formulas know besides the four operations."""
    return [
        Insertable("nullif(x, 0)", _("x, or no value where it is zero")),
        Insertable("min(x, y)", _("the least of up to nine values")),
        Insertable("max(x, y)", _("the greatest of up to nine values")),
        Insertable("year_ago(x)", _("x over the same dates a year ago")),
        Insertable("previous(x)", _("x over the period before")),
        Insertable("at_start(x)", _("the level of x before the period")),
        Insertable("opening(7, x)", _("x over the first 7 days of the period")),
        Insertable("closing(7, x)", _("x over the last 7 days of the period")),
    ]
