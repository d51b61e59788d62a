"""The monthly report as a table of plain values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from django.utils.translation import gettext as _

from kpis.indicators.engine.attain import shown_percent
from kpis.indicators.engine.values import Value, rounded
from kpis.indicators.measure import Measure
from kpis.indicators.selectors.report import MonthPage
from kpis.indicators.words import LAMPS, SHORT_REASONS, STATES


def report_rows(page: MonthPage) -> Iterator[Sequence[object]]:
    """The heading and one row per KPI; shares as 0…1, percents as numbers of percent."""
    yield (
        _("KPI"), _("Fact"), _("Plan to date"), _("Plan"), _("Variance"), _("Variance, %"),
        _("Attainment, %"), _("Status"), _("Last year"), _("Change on last year, %"),
        _("Forecast"), _("State"), _("Up to"), _("Completeness, %"),
    )  # fmt: skip
    for row in page.rows:
        reading = row.reading
        measure = reading.measure
        attained = reading.attained.number
        coverage = reading.fact.coverage
        yield (
            reading.kpi.name,
            _plain(measure, reading.fact.value),
            _plain(measure, reading.plan_to_date),
            _plain(measure, reading.plan),
            _plain(measure, row.variance.difference),
            _percent(row.variance.ratio),
            None if attained is None else shown_percent(attained),
            str(LAMPS[reading.lamp]),
            _plain(measure, reading.year_ago.then.value),
            _percent(reading.year_ago.change.ratio),
            _plain(measure, reading.forecast),
            str(STATES[reading.fact.state]),
            reading.as_of,
            None if coverage is None else rounded(coverage * Fraction(100), 1),
        )


def _plain(measure: Measure, value: Value) -> object:
    """A number, or the reason in words."""
    if value.number is not None:
        return measure.plain(value.number)
    return str(SHORT_REASONS[value.reason]) if value.reason else ""


def _percent(value: Value) -> object:
    if value.number is not None:
        return rounded(value.number * 100, 1)
    return str(SHORT_REASONS[value.reason]) if value.reason else ""
