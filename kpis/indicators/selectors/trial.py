"""A KPI that is not saved yet, counted on real figures."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from config.lib.dates import add_months
from departments.structure.models import Department
from kpis.indicators.engine.periods import month_of
from kpis.indicators.engine.values import Value
from kpis.indicators.engine.wording import in_words
from kpis.indicators.measure import drawn
from kpis.indicators.models import Kpi, KpiVersion
from kpis.indicators.selectors.definitions import Book, Defined
from kpis.indicators.selectors.detail import PartLine
from kpis.indicators.selectors.formulas import Words
from kpis.indicators.selectors.inputs import inputs
from kpis.indicators.selectors.readings import Reading, look_back, read, spans_for, value_over
from kpis.indicators.selectors.scope import figures_scope

MONTHS = 13


@dataclass(frozen=True, slots=True)
class Trial:
    """``months`` are (first day, value), the running month last."""

    formula_words: str
    reading: Reading
    parts: tuple[PartLine, ...]
    months: tuple[tuple[dt.date, Value], ...]

    @property
    def points(self) -> tuple[Decimal | None, ...]:
        return tuple(drawn(value.number) for _month, value in self.months)


def trial(
    *, department: Department, kpi: Kpi, formula: str, book: Book, words: Words, today: dt.date
) -> Trial:
    """``kpi`` (saved or not) with a checked ``formula`` in the month of the last full day and the
    twelve before. Five queries, two more where levels are asked for."""
    yesterday = today - dt.timedelta(days=1)
    period = month_of(yesterday)
    version = KpiVersion(kpi=kpi, formula=formula, valid_from=add_months(period.first, 1 - MONTHS))
    item = Defined(kpi, (version,), book)
    formulas = item.in_month(period.first)
    oldest = add_months(period.first, 1 - MONTHS) - look_back(formulas)
    data = inputs(
        scope=figures_scope(department),
        codes=formulas.codes,
        spans=[*spans_for(period, [formulas]), (oldest, period.last)],
    )
    reading = read(item, data, period, today, None, department.company)
    series = {code: data.days[code] for code in formulas.codes}
    firsts = [add_months(period.first, -back) for back in reversed(range(MONTHS))]
    names = {**words.names, **{f"@{code}": each.kpi.name for code, each in book.kpis.items()}}
    return Trial(
        formula_words=in_words(formulas.node, names),
        reading=reading,
        parts=tuple(PartLine(data.metrics[part.code], part) for part in reading.fact.parts),
        months=tuple(
            (
                first,
                value_over(formulas, series, month, min(month.last, reading.as_of), today).value,
            )
            for first in firsts
            for month in [month_of(first)]
        ),
    )
