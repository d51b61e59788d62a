"""KPIs with the formula that is valid in a month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from kpis.indicators.engine.formula import parse
from kpis.indicators.engine.syntax import Node, metric_codes
from kpis.indicators.models import Kpi, KpiVersion


@dataclass(frozen=True, slots=True)
class Formula:
    """One version of a KPI's formula, parsed."""

    version: KpiVersion
    node: Node

    @property
    def codes(self) -> tuple[str, ...]:
        return metric_codes(self.node)


@dataclass(frozen=True, slots=True)
class Defined:
    """A KPI with all its formulas, oldest first."""

    kpi: Kpi
    formulas: tuple[Formula, ...]

    def in_month(self, month: dt.date) -> Formula:
        """The formula valid in ``month``; the first one for months before it."""
        valid = [item for item in self.formulas if item.version.valid_from <= month]
        return valid[-1] if valid else self.formulas[0]


def defined_kpis(kpis: Iterable[Kpi] | None = None) -> list[Defined]:
    """The department's KPIs in their order (or ``kpis``) that have a formula. Two queries."""
    if kpis is None:
        kpis = Kpi.objects.filter(level=Kpi.Level.DEPARTMENT)
    rows = list(kpis)
    formulas: dict[int, list[Formula]] = {kpi.pk: [] for kpi in rows}
    for version in KpiVersion.objects.filter(kpi__in=formulas).order_by("valid_from"):
        formulas[version.kpi_id].append(Formula(version, parse(version.formula)))
    return [Defined(kpi, tuple(formulas[kpi.pk])) for kpi in rows if formulas[kpi.pk]]


def codes_of(kpis: Iterable[Defined]) -> tuple[str, ...]:
    """Every metric any formula of ``kpis`` uses."""
    found = (code for kpi in kpis for formula in kpi.formulas for code in formula.codes)
    return tuple(dict.fromkeys(found))
