"""Figures, targets and formulas as they were known at the end of a past day.

Metrics that our own apps measure (tasks, funds) have no history of what was known: they are left
out, so a KPI made of them has no data in such a reading.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from departments.structure.models import Department
from departments.work.clock import day_bounds
from kpis.indicators.engine.series import AddUp, Day, MetricDays
from kpis.indicators.engine.values import exact
from kpis.indicators.measured import is_measured
from kpis.indicators.models import Target
from kpis.indicators.selectors.definitions import Book, Defined
from kpis.indicators.selectors.inputs import ONE_BY_ONE, Inputs, inputs, merged
from kpis.indicators.selectors.targets import targets_in_force
from kpis.register.models import Metric
from kpis.register.models.result import Flag
from kpis.register.selectors.known import known_series, known_single
from kpis.register.selectors.series import DayFigure
from staff.accounts.models import Scope


@dataclass(frozen=True, slots=True)
class Known:
    """The end of ``day`` in the company's zone; ``at`` is the last moment that counts."""

    day: dt.date
    at: dt.datetime


def known_on(department: Department, day: dt.date) -> Known:
    _start, end = day_bounds(department, day)
    return Known(day, end - dt.timedelta(microseconds=1))


def inputs_at(
    *,
    scope: Scope,
    codes: Iterable[str],
    spans: Iterable[tuple[dt.date, dt.date]],
    known: Known | None,
) -> Inputs:
    """`inputs`, or the same as known then. Raises LookupError for a code outside the
    vocabulary."""
    if known is None:
        return inputs(scope=scope, codes=codes, spans=spans)
    codes = list(dict.fromkeys(codes))
    words = {metric.code: metric for metric in Metric.objects.filter(code__in=codes)}
    if unknown := [code for code in codes if code not in words]:
        raise LookupError(f"not in the vocabulary: {', '.join(unknown)}")
    found = Inputs(metrics=words)
    for code, metric in words.items():
        zero = metric.missing == Metric.Missing.ZERO and not is_measured(code)
        found.days[code] = MetricDays(
            code, {}, AddUp(metric.agg_time), metric.settle_days, missing_is_zero=zero
        )
        found.loaded_at[code] = None
    told = [metric for code, metric in words.items() if not is_measured(code)]
    for first, last in merged(spans):
        days = known_series(scope=scope, metrics=told, first=first, last=last, at=known.at)
        for code, figures in days.items():
            _add(found, code, {day: _day(figure) for day, figure in figures.items()})
            _newer(found, code, figures.values())
        single = [metric for metric in told if metric.agg_time in ONE_BY_ONE]
        if single:
            _add_single(found, scope, single, first, last, known)
    return found


def targets_at(
    *, scope: Scope, months: Iterable[dt.date], known: Known | None
) -> dict[tuple[int, dt.date], Target]:
    """The targets in force, now or then. One query."""
    if known is None:
        return targets_in_force(scope=scope, months=months)
    rows = Target.objects.filter(
        scope=scope,
        employee=None,
        subject=None,
        month__in=list(months),
        created_at__lte=known.at,
    ).in_force()
    return {(row.kpi_id, row.month): row for row in rows.select_related("author")}


def defined_at(kpis: Iterable[Defined], known: Known | None) -> list[Defined]:
    """The KPIs with the formulas written by then; a KPI made later keeps its first one."""
    kpis = list(kpis)
    if known is None or not kpis:
        return kpis
    then: dict[str, Defined] = {}
    whole = Book(then)
    for code, item in kpis[0].book.kpis.items():
        versions = tuple(one for one in item.versions if one.created_at <= known.at)
        then[code] = Defined(item.kpi, versions or item.versions[:1], whole)
    return [then[item.kpi.code] for item in kpis]


def _day(figure: DayFigure) -> Day:
    return Day(exact(figure.value), figure.streams, bool(figure.flags & Flag.PROVISIONAL))


def _add(found: Inputs, code: str, days: dict[dt.date, Day]) -> None:
    item = found.days[code]
    found.days[code] = replace(item, days={**item.days, **days})


def _newer(found: Inputs, code: str, figures: Iterable[DayFigure]) -> None:
    moments = [figure.loaded_at for figure in figures]
    if old := found.loaded_at[code]:
        moments.append(old)
    found.loaded_at[code] = max(moments, default=None)


def _add_single(
    found: Inputs,
    scope: Scope,
    metrics: list[Metric],
    first: dt.date,
    last: dt.date,
    known: Known,
) -> None:
    series = known_single(scope=scope, metrics=metrics, first=first, last=last, at=known.at)
    for code, by_key in series.items():
        levels: dict[tuple[int, int], dict[dt.date, Fraction]] = {
            key: dict(days) for key, days in found.days[code].levels.items()
        }
        totals: dict[dt.date, Fraction] = {}
        for key, figures in by_key.items():
            of_key = levels.setdefault(key, {})
            for day, figure in figures.items():
                of_key[day] = exact(figure.value)
                totals[day] = totals.get(day, Fraction(0)) + of_key[day]
            _newer(found, code, figures.values())
        _add(found, code, {day: Day(number) for day, number in totals.items()})
        found.days[code] = replace(found.days[code], levels=levels)
