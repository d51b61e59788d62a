"""Daily series as the engine takes them: from the register, and from our own apps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from django.utils import timezone

from kpis.indicators.engine.periods import Period
from kpis.indicators.engine.series import AddUp, Day, MetricDays, SeriesKey
from kpis.indicators.engine.values import exact
from kpis.indicators.measured import is_measured, measured
from kpis.register.models import Metric
from kpis.register.models.result import Flag
from kpis.register.selectors.series import (
    DayFigure,
    daily_series_over,
    single_series,
    whole_figures,
)
from staff.accounts.models import Scope

ONE_BY_ONE = (Metric.AggTime.LAST, Metric.AggTime.NONE)


@dataclass(frozen=True, slots=True)
class Inputs:
    """Metrics of one scope by code. ``loaded_at`` is when the newest figure of a metric arrived,
    ``agreed_hours`` after how long it is late."""

    metrics: dict[str, Metric] = field(default_factory=dict)
    days: dict[str, MetricDays] = field(default_factory=dict)
    loaded_at: dict[str, dt.datetime | None] = field(default_factory=dict)
    agreed_hours: dict[str, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether the register has nothing of these metrics on these days."""
        return not any(item.days for item in self.days.values())


def inputs(
    *, scope: Scope, codes: Iterable[str], spans: Iterable[tuple[dt.date, dt.date]]
) -> Inputs:
    """Metrics ``codes`` on the days of every (first, last) span. Three queries, two to three
    more per span where levels are asked for, and those of our own apps.

    Raises LookupError for a code outside the vocabulary.
    """
    codes, spans = list(dict.fromkeys(codes)), list(spans)
    words = {metric.code: metric for metric in Metric.objects.filter(code__in=codes)}
    if unknown := [code for code in codes if code not in words]:
        raise LookupError(f"not in the vocabulary: {', '.join(unknown)}")
    own = [code for code in codes if is_measured(code)]
    told = [code for code in codes if not is_measured(code)]
    single = [code for code in told if words[code].agg_time in ONE_BY_ONE]
    unique = [code for code in single if words[code].agg_time == Metric.AggTime.NONE]
    found = Inputs(metrics=words)
    for code, metric in words.items():
        zero = metric.missing == Metric.Missing.ZERO
        found.days[code] = MetricDays(
            code, {}, AddUp(metric.agg_time), metric.settle_days, missing_is_zero=zero
        )
        found.loaded_at[code] = None
    together = merged(spans)
    if told and together:
        _add_told(found, scope, told, together)
    for first, last in together:
        if single:
            _add_single(found, scope, single, first, last)
        if unique:
            _add_wholes(found, scope, unique, first, last)
    if own and together:
        # Our own apps are asked once, for all days: what they keep is small, each question counts.
        _add_own(found, scope, own, together[0][0], together[-1][1])
    return found


def merged(spans: Iterable[tuple[dt.date, dt.date]]) -> list[tuple[dt.date, dt.date]]:
    """The same days in as few spans as possible, oldest first."""
    found: list[tuple[dt.date, dt.date]] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + dt.timedelta(days=1):
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def _add_own(found: Inputs, scope: Scope, codes: list[str], first: dt.date, last: dt.date) -> None:
    for code, days in measured(codes, scope=scope, first=first, last=last).items():
        _add_days(found, code, {day: Day(exact(value)) for day, value in days.items()})
        found.loaded_at[code] = timezone.now()


def _add_told(
    found: Inputs, scope: Scope, codes: list[str], spans: list[tuple[dt.date, dt.date]]
) -> None:
    metrics = [found.metrics[code] for code in codes]
    for code, item in daily_series_over(scope=scope, metrics=metrics, spans=spans).items():
        _add_days(found, code, _days(item.days))
        if item.agreed_hours is not None:
            found.agreed_hours[code] = item.agreed_hours
        _newer(found, code, item.loaded_at())


def _add_single(
    found: Inputs, scope: Scope, codes: list[str], first: dt.date, last: dt.date
) -> None:
    for code, series in single_series(scope=scope, metrics=codes, first=first, last=last).items():
        levels: dict[SeriesKey, dict[dt.date, Fraction]] = {
            key: dict(known) for key, known in found.days[code].levels.items()
        }
        by_day: dict[dt.date, list[DayFigure]] = {}
        for key, figures in series.items():
            of_key = levels.setdefault(key, {})
            for day, figure in figures.items():
                of_key[day] = exact(figure.value)
                by_day.setdefault(day, []).append(figure)
                _newer(found, code, figure.loaded_at)
        _add_days(found, code, {day: _together(figures) for day, figures in by_day.items()})
        found.days[code] = replace(found.days[code], levels=levels)


def _add_wholes(
    found: Inputs, scope: Scope, codes: list[str], first: dt.date, last: dt.date
) -> None:
    """The sources' own figures of whole periods."""
    told = whole_figures(scope=scope, metrics=codes, first=first, last=last)
    for code, periods in told.items():
        wholes = {Period(*days): exact(value) for days, value in periods.items()}
        item = found.days[code]
        found.days[code] = replace(item, wholes={**item.wholes, **wholes})


def _together(figures: list[DayFigure]) -> Day:
    """All series of one day. Streams are not counted here: a level stands while its source is
    silent."""
    number = sum((exact(figure.value) for figure in figures), Fraction(0))
    return Day(number, 1, any(figure.flags & Flag.PROVISIONAL for figure in figures))


def _add_days(found: Inputs, code: str, days: Mapping[dt.date, Day]) -> None:
    item = found.days[code]
    found.days[code] = replace(item, days={**item.days, **days})


def _newer(found: Inputs, code: str, at: dt.datetime | None) -> None:
    before = found.loaded_at.get(code)
    found.loaded_at[code] = max((one for one in (before, at) if one), default=None)


def _days(figures: Mapping[dt.date, DayFigure]) -> dict[dt.date, Day]:
    return {
        day: Day(exact(figure.value), figure.streams, bool(figure.flags & Flag.PROVISIONAL))
        for day, figure in figures.items()
    }
