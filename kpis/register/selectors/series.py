"""Figures for KPIs: daily series from the roll-up. Costs do not depend on how many rows lie
below.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Max, Q, QuerySet

from kpis.register.models import (
    DailyTotal,
    Metric,
    Result,
    Source,
    Stream,
    StreamMetric,
    WholeFigure,
)
from staff.accounts.models import Scope


@dataclass(frozen=True, slots=True)
class DayFigure:
    """A metric on one day over all counted streams. ``streams`` is how many of them had the day."""

    value: Decimal
    flags: int
    streams: int
    loaded_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Series:
    """A metric over days. A day that is absent was not measured: it is not zero.

    ``expected_streams`` is how many counted streams could give the metric, so
    ``figure.streams < expected_streams`` means an incomplete day. Figures older than
    ``agreed_hours`` (the strictest of the streams') are late; None where no stream gives the
    metric.
    """

    metric: Metric
    expected_streams: int
    agreed_hours: int | None = None
    days: Mapping[dt.date, DayFigure] = field(default_factory=dict)

    def total(self) -> Decimal | None:
        """The sum over the days present; None when there is none or the metric does not add up."""
        if not self.days or self.metric.agg_time != Metric.AggTime.SUM:
            return None
        return sum((figure.value for figure in self.days.values()), Decimal(0))

    def loaded_at(self) -> dt.datetime | None:
        """When the newest figure of the series arrived."""
        return max((figure.loaded_at for figure in self.days.values()), default=None)


def counted(scope: Scope, codes: Iterable[str]) -> QuerySet[StreamMetric]:
    """The (stream, metric) pairs under ``scope`` that enter KPIs."""
    return StreamMetric.objects.filter(
        is_counted=True,
        metric__code__in=list(codes),
        stream__source__scope__path__startswith=scope.path,
    )


def daily_series(
    *, scope: Scope, metrics: Iterable[str], first: dt.date, last: dt.date
) -> dict[str, Series]:
    """Series of every asked metric (by code) under ``scope``, both days included. Three queries.

    Raises LookupError for a code outside the vocabulary.
    """
    codes = list(dict.fromkeys(metrics))
    words = {metric.code: metric for metric in Metric.objects.filter(code__in=codes)}
    if unknown := [code for code in codes if code not in words]:
        raise LookupError(f"not in the vocabulary: {', '.join(unknown)}")
    known = [words[code] for code in codes]
    return daily_series_over(scope=scope, metrics=known, spans=[(first, last)])


def daily_series_over(
    *, scope: Scope, metrics: Iterable[Metric], spans: Iterable[tuple[dt.date, dt.date]]
) -> dict[str, Series]:
    """As `daily_series`, on the days of several (first, last) spans. Two queries."""
    when = Q(pk__in=[])
    for first, last in spans:
        when |= Q(day__gte=first, day__lte=last)
    words = {metric.code: metric for metric in metrics}
    by_metric: dict[int, set[int]] = {metric.pk: set() for metric in words.values()}
    agreed: dict[int, int] = {}
    for stream_id, metric_id, hours in counted(scope, words).values_list(
        "stream_id", "metric_id", "stream__agreed_hours"
    ):
        by_metric[metric_id].add(stream_id)
        agreed[metric_id] = min(hours, agreed.get(metric_id, hours))
    days: dict[int, dict[dt.date, DayFigure]] = {metric_id: {} for metric_id in by_metric}
    pairs = Q(pk__in=[])
    for metric_id, streams in by_metric.items():
        if streams:
            pairs |= Q(metric_id=metric_id, stream_id__in=streams)
    columns = ("metric_id", "day", "value", "flags", "loaded_at")
    rows = DailyTotal.objects.filter(pairs & when).values_list(*columns) if pairs else []
    for metric_id, day, value, flags, loaded_at in rows:
        of_metric = days[metric_id]
        old = of_metric.get(day)
        of_metric[day] = DayFigure(
            value + (old.value if old else 0),
            flags | (old.flags if old else 0),
            1 + (old.streams if old else 0),
            max(loaded_at, old.loaded_at) if old else loaded_at,
        )
    return {
        code: Series(metric, len(by_metric[metric.pk]), agreed.get(metric.pk), days[metric.pk])
        for code, metric in words.items()
    }


def totals_by_scope(
    *, scopes: Iterable[Scope], metrics: Iterable[str], first: dt.date, last: dt.date
) -> dict[int, dict[str, dict[dt.date, Decimal]]]:
    """Daily totals of additive metrics by the id of the scope their source lies under. The scopes
    lie beside each other. Two queries, however many scopes."""
    scopes = list(scopes)
    below = Q(pk__in=[])
    for scope in scopes:
        below |= Q(stream__source__scope__path__startswith=scope.path)
    place_of: dict[tuple[int, int], tuple[int, str]] = {}
    pairs = StreamMetric.objects.filter(
        below,
        is_counted=True,
        metric__code__in=list(metrics),
        metric__agg_time=Metric.AggTime.SUM,
    ).values_list("stream_id", "metric_id", "metric__code", "stream__source__scope__path")
    for stream, metric, code, path in pairs:
        own = next(scope for scope in scopes if path.startswith(scope.path))
        place_of[stream, metric] = (own.pk, code)
    found: dict[int, dict[str, dict[dt.date, Decimal]]] = {scope.pk: {} for scope in scopes}
    if not place_of:
        return found
    rows = DailyTotal.objects.filter(
        stream_id__in={stream for stream, _metric in place_of},
        metric_id__in={metric for _stream, metric in place_of},
        day__gte=first,
        day__lte=last,
    )
    for stream, metric, day, value in rows.values_list("stream_id", "metric_id", "day", "value"):
        if (stream, metric) in place_of:
            scope_id, code = place_of[stream, metric]
            days = found[scope_id].setdefault(code, {})
            days[day] = days.get(day, Decimal(0)) + value
    return found


def whole_figures(
    *, scope: Scope, metrics: Iterable[str], first: dt.date, last: dt.date
) -> dict[str, dict[tuple[dt.date, dt.date], Decimal]]:
    """The sources' own figures of whole periods that lie between the days, by metric and period.
    One query.

    A figure of a direction says nothing of its department. A company's is that of its department
    where only one of them has told it.
    """
    places = Q(scope=scope)
    if scope.kind == Scope.Kind.COMPANY:
        places |= Q(scope__parent=scope, scope__kind=Scope.Kind.DEPARTMENT)
    rows = WholeFigure.objects.filter(
        places, metric__code__in=list(metrics), first_day__gte=first, last_day__lte=last
    ).in_force()
    told: dict[tuple[str, dt.date, dt.date], dict[int, Decimal]] = {}
    for row in rows.select_related("metric"):
        if row.value is not None:
            key = (row.metric.code, row.first_day, row.last_day)
            told.setdefault(key, {})[row.scope_id] = row.value
    found: dict[str, dict[tuple[dt.date, dt.date], Decimal]] = {}
    for (code, *days), values in told.items():
        value = values.get(scope.pk, next(iter(values.values())) if len(values) == 1 else None)
        if value is not None:
            found.setdefault(code, {})[days[0], days[1]] = value
    return found


def single_series(
    *, scope: Scope, metrics: Iterable[str], first: dt.date, last: dt.date
) -> dict[str, dict[tuple[int, int], dict[dt.date, DayFigure]]]:
    """The figures of metrics that take their last value or do not add up, each series (stream id,
    subject id) on its own, under ``scope``, both days included. Two queries."""
    found: dict[str, dict[tuple[int, int], dict[dt.date, DayFigure]]] = {}
    pairs: dict[str, list[int]] = {}
    for code, stream in counted(scope, metrics).values_list("metric__code", "stream_id"):
        pairs.setdefault(code, []).append(stream)
    which = Q(pk__in=[])
    for code, streams in pairs.items():
        which |= Q(metric__code=code, stream_id__in=streams)
    if not pairs:
        return found
    rows = Result.objects.filter(which, day__gte=first, day__lte=last)
    for row in rows.values_list(
        "metric__code", "stream_id", "subject_id", "day", "value", "flags", "loaded_at"
    ):
        code, stream, subject, day, value, flags, loaded_at = row
        series = found.setdefault(code, {}).setdefault((stream, subject), {})
        series[day] = DayFigure(value, flags, 1, loaded_at)
    return found


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old a metric is. ``last_day`` is the newest day of the *least* advanced counted
    stream.
    """

    last_day: dt.date | None
    loaded_at: dt.datetime | None
    sources: tuple[Source, ...]

    @property
    def troubled(self) -> tuple[Source, ...]:
        """Sources that wait for a person."""
        return tuple(item for item in self.sources if item.state == Source.State.ATTENTION)


def freshness(*, scope: Scope, metrics: Iterable[str]) -> dict[str, Freshness]:
    """Age of every asked metric under ``scope``. One query."""
    found: dict[str, list[Stream]] = {code: [] for code in metrics}
    for pair in counted(scope, found).select_related("stream__source", "metric"):
        found[pair.metric.code].append(pair.stream)
    result = {}
    for code, streams in found.items():
        days = [stream.last_day for stream in streams if stream.last_day]
        loaded = [stream.loaded_at for stream in streams if stream.loaded_at]
        sources = {stream.source.pk: stream.source for stream in streams}
        result[code] = Freshness(
            min(days, default=None), max(loaded, default=None), tuple(sources.values())
        )
    return result


def newest_day(scope: Scope) -> dt.date | None:
    """The newest day any counted figure under ``scope`` has."""
    streams = StreamMetric.objects.filter(
        is_counted=True, stream__source__scope__path__startswith=scope.path
    ).values("stream")
    newest: dt.date | None = DailyTotal.objects.filter(stream__in=streams).aggregate(
        day=Max("day")
    )["day"]
    return newest


def result_rows(*, scope: Scope, metric: str, first: dt.date, last: dt.date) -> QuerySet[Result]:
    """The register's rows behind a figure, for the drill-down; newest day first."""
    streams = counted(scope, [metric]).values("stream")
    return (
        Result.objects.filter(
            stream__in=streams, metric__code=metric, day__gte=first, day__lte=last
        )
        .select_related("subject", "stream__source", "metric", "slice")
        .order_by("-day", "subject__label")
    )
