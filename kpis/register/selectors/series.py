"""Figures for KPIs: daily series from the roll-up. Costs do not depend on how many rows lie
below.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Max, Q, QuerySet

from kpis.register.models import DailyTotal, Metric, Result, Source, Stream, StreamMetric
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
    by_metric: dict[int, set[int]] = {metric.pk: set() for metric in words.values()}
    agreed: dict[int, int] = {}
    for stream_id, metric_id, hours in counted(scope, codes).values_list(
        "stream_id", "metric_id", "stream__agreed_hours"
    ):
        by_metric[metric_id].add(stream_id)
        agreed[metric_id] = min(hours, agreed.get(metric_id, hours))
    days: dict[int, dict[dt.date, DayFigure]] = {metric_id: {} for metric_id in by_metric}
    pairs = Q(pk__in=[])
    for metric_id, streams in by_metric.items():
        if streams:
            pairs |= Q(metric_id=metric_id, stream_id__in=streams)
    rows = DailyTotal.objects.filter(pairs, day__gte=first, day__lte=last) if pairs else []
    for row in rows:
        old = days[row.metric_id].get(row.day)
        days[row.metric_id][row.day] = DayFigure(
            row.value + (old.value if old else 0),
            row.flags | (old.flags if old else 0),
            1 + (old.streams if old else 0),
            max(row.loaded_at, old.loaded_at) if old else row.loaded_at,
        )
    return {
        code: Series(
            words[code],
            len(by_metric[words[code].pk]),
            agreed.get(words[code].pk),
            days[words[code].pk],
        )
        for code in codes
    }


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
