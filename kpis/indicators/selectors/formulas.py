"""Whether a typed formula may become a KPI's: told in words, with the place of what is wrong."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kpis.indicators.engine.formula import FormulaError, parse
from kpis.indicators.engine.syntax import KpiRef, MetricRef, Node, divides, kpi_codes, walk
from kpis.indicators.engine.syntax import metric_codes as codes_in
from kpis.indicators.engine.units import Dimension, UnitKind, dimension_of, unit_kind
from kpis.indicators.models import Kpi
from kpis.indicators.selectors.definitions import Book, parsed
from kpis.register.models import Metric

NEAREST = 3
PLAIN_UNITS = (UnitKind.SHARE, UnitKind.TIMES, UnitKind.POINTS)


@dataclass(frozen=True, slots=True)
class Words:
    """The vocabulary as the editor needs it. One query."""

    metrics: Mapping[str, Metric]

    @property
    def units(self) -> dict[str, str]:
        return {code: metric.unit for code, metric in self.metrics.items()}

    @property
    def names(self) -> dict[str, str]:
        return {code: metric.name for code, metric in self.metrics.items()}


def vocabulary() -> Words:
    return Words({metric.code: metric for metric in Metric.objects.order_by("code")})


def checked(text: str, *, code: str, unit: str, month: dt.date, book: Book, words: Words) -> Node:
    """The tree of ``text`` as the formula of KPI ``code`` from ``month`` on. Costs no query.

    Raises `FormulaError` for what cannot be read, a metric or KPI that does not exist (with the
    nearest ones), a cycle, different units added up, and a unit other than ``unit``.
    """
    node = parse(text)
    _known(node, code, book, words)
    if way := book.cycle(code, node, month):
        at = next(part.at for part in walk(node) if isinstance(part, KpiRef))
        path = " → ".join(way)
        raise FormulaError(_("The formula leads back to itself: %(path)s.") % {"path": path}, at)
    dimension = dimension_of(node, words.units, _dimensions(node, month, book, words))
    found = unit_kind(dimension)
    if UnitKind(unit) != found and not (found is UnitKind.SHARE and unit in PLAIN_UNITS):
        raise FormulaError(
            _("The formula gives “%(found)s”, but the KPI's unit is “%(chosen)s”.")
            % {"found": Kpi.Unit(found.value).label, "chosen": Kpi.Unit(unit).label},
            0,
        )
    return node


def kind_of(node: Node, *, span: str, maturity_days: int) -> Kpi.Kind:
    """What the KPI is called in the library, read off its formula."""
    if maturity_days:
        return Kpi.Kind.COHORT
    if span != Kpi.Span.PERIOD:
        return Kpi.Kind.CUMULATIVE
    if divides(node):
        return Kpi.Kind.RATIO
    if kpi_codes(node) or len(codes_in(node)) > 1:
        return Kpi.Kind.DERIVED
    return Kpi.Kind.SIMPLE


def referring(code: str, book: Book) -> list[Kpi]:
    """KPIs any of whose formulas refers to ``code``."""
    return [
        item.kpi
        for item in book.kpis.values()
        if any(code in kpi_codes(parsed(version.formula)) for version in item.versions)
    ]


def _known(node: Node, code: str, book: Book, words: Words) -> None:
    names = {**words.names}
    kpis = {item.kpi.code: item.kpi.name for item in book.kpis.values()}
    for part in walk(node):
        if isinstance(part, MetricRef) and part.code not in words.metrics:
            message = _("Position %(at)s: there is no metric “%(code)s”.")
            hint = nearest(part.code, names)
            if part.code in kpis:
                hint = [f"@{part.code}"]
        elif isinstance(part, KpiRef) and part.code not in kpis and part.code != code:
            message = _("Position %(at)s: there is no KPI “%(code)s”.")
            hint = [f"@{each}" for each in nearest(part.code, kpis)]
        else:
            continue
        text = message % {"at": part.at + 1, "code": part.code}
        if hint:
            advice = _("Perhaps %(hint)s?") % {"hint": ", ".join(hint)}
            text = f"{text} {advice}"
        raise FormulaError(text, part.at)


def nearest(typed: str, names: Mapping[str, str]) -> list[str]:
    """Codes that are written, or whose name is written, most like ``typed``."""
    by_word: dict[str, str] = {name.lower(): code for code, name in names.items()}
    by_word |= {code: code for code in names}
    close = difflib.get_close_matches(typed.lower(), by_word, NEAREST * 2)
    return list(dict.fromkeys(by_word[word] for word in close))[:NEAREST]


def _dimensions(
    node: Node, month: dt.date, book: Book, words: Words, path: Iterable[str] = ()
) -> dict[str, Dimension]:
    """Dimensions of the KPIs that ``node`` refers to, those below them first."""
    found: dict[str, Dimension] = {}
    for code in kpi_codes(node):
        other = book.kpis.get(code)
        if other is None or code in path:
            continue
        inner = parsed(other.version_in(month).formula)
        below = _dimensions(inner, month, book, words, (*path, code))
        found[code] = dimension_of(inner, words.units, below)
    return found
