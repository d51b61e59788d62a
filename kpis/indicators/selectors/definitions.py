"""KPIs with the formula that is valid in a month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from kpis.indicators.engine.evaluate import Referred
from kpis.indicators.engine.formula import parse
from kpis.indicators.engine.span import OWN, Span, SpanKind
from kpis.indicators.engine.syntax import KpiRef, Node, kpi_codes, metric_codes, replaced
from kpis.indicators.models import Kpi, KpiVersion

# Formulas are stored texts that were checked when typed in; the same few are read all day.
parsed = lru_cache(maxsize=1024)(parse)
DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Formula:
    """One version of a KPI's formula, parsed, with the KPIs it refers to put in its place. Those
    counted over days of their own stay references, explained by ``kpis``."""

    version: KpiVersion
    node: Node
    span: Span = OWN
    maturity_days: int = 0
    kpis: Mapping[str, Referred] = field(default_factory=dict)

    @property
    def codes(self) -> tuple[str, ...]:
        """Metrics of the formula and of the KPIs it refers to."""
        nodes = (self.node, *(other.node for other in self.kpis.values()))
        return tuple(dict.fromkeys(code for node in nodes for code in metric_codes(node)))


@dataclass(frozen=True, slots=True)
class Defined:
    """A KPI with all its formulas as written, oldest first; ``book`` has the others."""

    kpi: Kpi
    versions: tuple[KpiVersion, ...]
    book: Book

    @property
    def formulas(self) -> tuple[Formula, ...]:
        """Every version, each resolved in the month it began."""
        return tuple(self.in_month(version.valid_from) for version in self.versions)

    def version_in(self, month: dt.date) -> KpiVersion:
        """The version valid in ``month``; the first one for months before it."""
        valid = [item for item in self.versions if item.valid_from <= month]
        return valid[-1] if valid else self.versions[0]

    def in_month(self, month: dt.date) -> Formula:
        """The formula valid in ``month`` with the other KPIs' formulas of that month."""
        version = self.version_in(month)
        found: dict[str, Referred] = {}
        node = self.book.resolved(parsed(version.formula), month, (self.kpi.code,), found)
        return Formula(version, node, span_of(self.kpi), self.kpi.maturity_days, found)


@dataclass(frozen=True, slots=True)
class Book:
    """Every KPI that has a formula, by code. Two queries, see `book`."""

    kpis: Mapping[str, Defined] = field(default_factory=dict)

    def resolved(
        self, node: Node, month: dt.date, path: tuple[str, ...], found: dict[str, Referred]
    ) -> Node:
        """``node`` with references replaced by formulas. What leads back to a KPI of ``path`` or to
        no KPI stays a reference nobody explains, so its value is "broken", never a wrong number."""

        def change(part: Node) -> Node | None:
            if not isinstance(part, KpiRef):
                return None
            other = self.kpis.get(part.code)
            if other is None or part.code in path or len(path) > DEEPEST:
                return part
            inner = self.resolved(
                parsed(other.version_in(month).formula), month, (*path, part.code), found
            )
            span = span_of(other.kpi)
            if span == OWN and not other.kpi.maturity_days:
                return inner
            found[part.code] = Referred(inner, span, other.kpi.maturity_days)
            return part

        return replaced(node, change)

    def cycle(self, code: str, node: Node, month: dt.date) -> tuple[str, ...]:
        """The way from ``code`` back to itself if its formula became ``node``; () when none."""

        def search(current: Node, path: tuple[str, ...]) -> tuple[str, ...]:
            for other in kpi_codes(current):
                if other == code:
                    return (*path, other)
                known = self.kpis.get(other)
                if known and other not in path:
                    further = parsed(known.version_in(month).formula)
                    if way := search(further, (*path, other)):
                        return way
            return ()

        return search(node, (code,))


def span_of(kpi: Kpi) -> Span:
    return Span(SpanKind(kpi.span), kpi.span_days or 0)


def book() -> Book:
    """All KPIs, archived ones too: others may still refer to them. Two queries."""
    versions: dict[int, list[KpiVersion]] = {}
    for version in KpiVersion.objects.order_by("valid_from"):
        versions.setdefault(version.kpi_id, []).append(version)
    kpis: dict[str, Defined] = {}
    whole = Book(kpis)
    for kpi in Kpi.objects.select_related("owner"):
        if kpi.pk in versions:
            kpis[kpi.code] = Defined(kpi, tuple(versions[kpi.pk]), whole)
    return whole


def defined_kpis(kpis: Iterable[Kpi] | None = None) -> list[Defined]:
    """The KPIs of the dashboard and the report in their order (or ``kpis``) that have a formula.
    Two queries."""
    known = book().kpis
    if kpis is None:
        return [item for item in known.values() if item.kpi.is_main and not item.kpi.is_archived]
    return [known[kpi.code] for kpi in kpis if kpi.code in known]


def codes_of(kpis: Iterable[Defined]) -> tuple[str, ...]:
    """Every metric any formula of ``kpis`` uses."""
    found = (code for kpi in kpis for formula in kpi.formulas for code in formula.codes)
    return tuple(dict.fromkeys(found))
