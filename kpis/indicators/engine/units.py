"""Dimension check: money may be divided by pieces, not added to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from kpis.indicators.engine.formula import FormulaError
from kpis.indicators.engine.syntax import (
    Call,
    KpiRef,
    MetricRef,
    Negative,
    Node,
    Number,
    Operation,
    Shifted,
)

# Exponents of the base units (money, pcs, people, s); nothing = a plain number.
Dimension = frozenset[tuple[str, int]]
PLAIN: Dimension = frozenset()


class UnitKind(StrEnum):
    """How a KPI's value is written."""

    MONEY = "money"
    MONEY_EACH = "money_each"  # money per piece or person
    COUNT = "count"
    TIME = "time"
    SHARE = "share"  # a plain ratio, shown in percent
    TIMES = "times"  # a plain ratio, shown as 5.0 ×
    POINTS = "points"  # a plain ratio × 100 without a sign of percent: NPS
    OTHER = "other"


def dimension_of(
    node: Node, units: Mapping[str, str], kpis: Mapping[str, Dimension] | None = None
) -> Dimension:
    """The dimension of the formula; ``units`` gives the unit of every metric by code, ``kpis`` the
    dimension of every other KPI.

    Raises `FormulaError` for a metric or KPI that does not exist and for a sum of different units.
    """
    kpis = kpis or {}
    match node:
        case Number():
            return PLAIN
        case MetricRef(code=code, at=at):
            if code not in units:
                text = str(_("Position %(at)s: there is no metric “%(code)s”."))
                raise FormulaError(text % {"at": at + 1, "code": code}, at)
            return frozenset({(units[code], 1)})
        case Negative(inner=inner):
            return dimension_of(inner, units, kpis)
        case Operation(operator="*", left=left, right=right):
            return _times(dimension_of(left, units, kpis), dimension_of(right, units, kpis), 1)
        case Operation(operator="/", left=left, right=right):
            return _times(dimension_of(left, units, kpis), dimension_of(right, units, kpis), -1)
        case Operation(left=left, right=right, at=at):
            return _same((left, right), units, kpis, at)
        case Shifted(inner=inner):
            return dimension_of(inner, units, kpis)
        case KpiRef(code=code, at=at):
            if code not in kpis:
                text = str(_("Position %(at)s: there is no KPI “%(code)s”."))
                raise FormulaError(text % {"at": at + 1, "code": code}, at)
            return kpis[code]
        case Call(arguments=arguments, at=at):
            return _same(arguments, units, kpis, at)


def unit_kind(dimension: Dimension) -> UnitKind:
    """What the product calls a value of this dimension."""
    parts = dict(dimension)
    match parts:
        case {} if not parts:
            return UnitKind.SHARE
        case {"money": 1, **rest} if not rest:
            return UnitKind.MONEY
        case {"money": 1, **rest} if list(rest.values()) == [-1]:
            return UnitKind.MONEY_EACH
        case {"s": 1, **rest} if not rest:
            return UnitKind.TIME
        case _ if parts in ({"pcs": 1}, {"people": 1}):
            return UnitKind.COUNT
        case _:
            return UnitKind.OTHER


def _times(left: Dimension, right: Dimension, power: int) -> Dimension:
    total = Counter(dict(left))
    for unit, exponent in right:
        total[unit] += power * exponent
    return frozenset((unit, exponent) for unit, exponent in total.items() if exponent)


def _same(
    nodes: tuple[Node, ...], units: Mapping[str, str], kpis: Mapping[str, Dimension], at: int
) -> Dimension:
    """All of one dimension. A literal zero fits any: ``max(revenue - refunds, 0)``."""
    found = {
        dimension_of(node, units, kpis)
        for node in nodes
        if not (isinstance(node, Number) and node.number == 0)
    }
    if len(found) > 1:
        text = str(_("Position %(at)s: different units are added or compared here."))
        raise FormulaError(text % {"at": at + 1}, at)
    return found.pop() if found else PLAIN
