"""What a definition of the library says, and how it is read from a file.

The files (`*.toml`, one per section) are data: a table per KPI, its key is the KPI's code, every
text is a pair [Russian, English]. Whatever a table leaves out has the default given here.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from config.lib.text import Localized
from kpis.indicators.engine.formula import parse
from kpis.indicators.engine.syntax import MetricRef, Operation
from kpis.indicators.models import Kpi

Unit, Plan, Kind, Section, Level = Kpi.Unit, Kpi.Plan, Kpi.Kind, Kpi.Section, Kpi.Level

DECIMALS = {Unit.SHARE: 1, Unit.TIMES: 2, Unit.OTHER: 1}
FLOWS = {Unit.COUNT, Unit.MONEY, Unit.TIME}
LEVELS = {Section.STAFF: Level.MARKETER, Section.CAMPAIGN: Level.CAMPAIGN}

# Who usually answers for a KPI; a person is chosen by the department itself.
OWNERS: dict[str, Localized] = {
    "head": {"ru": "руководитель отдела", "en": "the head of department"},
    "a": {"ru": "руководитель направления A", "en": "the head of direction A"},
    "b": {"ru": "руководитель направления B", "en": "the head of direction B"},
    "c": {"ru": "руководитель направления C", "en": "the head of direction C"},
    "marketer": {"ru": "сам сотрудник", "en": "the employee"},
    "campaign": {"ru": "ответственный за кампанию", "en": "who runs the campaign"},
}


@dataclass(frozen=True, slots=True)
class Definition:
    """One KPI as the product brings it; see `Kpi` for the meaning of the fields. ``number`` is its
    row in the library ("D01"), "" for one of our own. ``is_main`` and ``min_sample``, ``base`` are
    what it is installed with: people may change them.
    """

    code: str
    number: str
    section: Kpi.Section
    name: Localized
    formula: str
    kind: Kpi.Kind
    unit: Kpi.Unit
    better: Kpi.Way
    plan: Kpi.Plan
    decimals: int
    meaning: Localized
    source: Localized
    limits: Localized
    mistakes: Localized
    benchmark: Localized
    owner: Localized
    span: Kpi.Span = Kpi.Span.PERIOD
    span_days: int | None = None
    maturity_days: int = 0
    base: Decimal | None = None
    is_proportion: bool = False
    min_sample: int = 0
    is_informational: bool = False
    is_main: bool = False

    @property
    def level(self) -> Kpi.Level:
        """Of whom the KPI is asked."""
        return LEVELS.get(self.section, Level.DEPARTMENT)


def definitions_in(file: Path, section: Kpi.Section) -> tuple[Definition, ...]:
    """The definitions of one file, in its order; a table may name another ``section``."""
    tables = tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    return tuple(_definition(code, table, section) for code, table in tables.items())


def _definition(code: str, table: dict[str, Any], section: Kpi.Section) -> Definition:
    """Raises KeyError for a text that is left out, ValueError for a word nobody knows."""
    known = dict(table)
    unit = Unit(known.pop("unit"))
    formula = known.pop("formula")
    base = known.pop("base", None)
    source, owner = _both(known.pop("source")), OWNERS[known.pop("owner")]
    made = Definition(
        code=code,
        number=known.pop("number", ""),
        section=Section(known.pop("section", section)),
        name=_both(known.pop("name")),
        formula=formula,
        kind=Kind(known.pop("kind", "")) if "kind" in known else _kind_of(formula),
        unit=unit,
        better=Kpi.Way(known.pop("better", Kpi.Way.UP)),
        plan=Plan(known.pop("plan", Plan.CALENDAR if unit in FLOWS else Plan.NONE)),
        decimals=known.pop("decimals", DECIMALS.get(unit, 0)),
        meaning=_both(known.pop("meaning")),
        source=source,
        limits=_both(known.pop("limits")),
        mistakes=_both(known.pop("mistakes")),
        benchmark=_both(known.pop("benchmark")),
        owner=owner,
        span=Kpi.Span(known.pop("span", Kpi.Span.PERIOD)),
        span_days=known.pop("span_days", None),
        maturity_days=known.pop("maturity_days", 0),
        base=None if base is None else Decimal(base),
        is_proportion=known.pop("proportion", False),
        min_sample=known.pop("min_sample", 0),
        is_informational=known.pop("informational", False),
        is_main=known.pop("main", False),
    )
    if known:
        raise ValueError(f"{code}: nobody reads {', '.join(known)}")
    return made


def _kind_of(formula: str) -> Kpi.Kind:
    """One metric is simple, sum over sum a ratio, the rest is derived."""
    node = parse(formula)
    if isinstance(node, MetricRef):
        return Kind.SIMPLE
    if isinstance(node, Operation) and node.operator == "/":
        return Kind.RATIO
    return Kind.DERIVED


def _both(pair: list[str]) -> Localized:
    russian, english = pair
    return {"ru": russian, "en": english}
