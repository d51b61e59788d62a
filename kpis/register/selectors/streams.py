"""Read models of streams: which days are covered, drawn as a stripe, and which metrics count."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from kpis.register import coverage
from kpis.register.connectors.base import Account
from kpis.register.models import Source, Stream, StreamMetric
from kpis.register.registry import connector_class

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

STRIPE = 1000
THINNEST = 4
FILE_STREAMS: dict[str, StrOrPromise] = {
    "results": _("Daily figures"),
    "orders": _("Orders"),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A covered range as a piece of a stripe `STRIPE` wide."""

    x: int
    width: int


@dataclass(frozen=True, slots=True)
class StreamCard:
    """A stream and its days. ``gaps`` are days inside the source's range that nobody has read."""

    stream: Stream
    label: StrOrPromise
    first: dt.date | None
    last: dt.date | None
    days: int
    gaps: list[coverage.Range]
    bars: list[Bar]
    metrics: list[StreamMetric]


def stream_labels(source: Source) -> dict[str, StrOrPromise]:
    """What the connector calls its streams, by name."""
    try:
        cls = connector_class(source.kind)
    except LookupError:
        return {}
    own = cls(Account(settings=source.settings, secrets={})).streams()
    return FILE_STREAMS | {stream.name: stream.label for stream in own}


def stream_cards(source: Source) -> list[StreamCard]:
    """The source's streams with covered days and metrics, on one common stretch of time. Two
    queries."""
    labels = stream_labels(source)
    pairs = StreamMetric.objects.select_related("metric").order_by("metric__code")
    streams = source.streams.order_by("pk").prefetch_related(Prefetch("metrics", pairs))
    covered = [(stream, coverage.load(stream.covered)) for stream in streams]
    filled = [ranges for _stream, ranges in covered if ranges]
    first = min((ranges[0][0] for ranges in filled), default=None)
    last = max((ranges[-1][1] for ranges in filled), default=None)
    return [
        _card(stream, labels.get(stream.name, stream.name), ranges, first, last)
        for stream, ranges in covered
    ]


def _card(
    stream: Stream,
    label: StrOrPromise,
    ranges: list[coverage.Range],
    first: dt.date | None,
    last: dt.date | None,
) -> StreamCard:
    gaps = coverage.missing(ranges, first, last) if ranges and first and last else []
    return StreamCard(
        stream=stream,
        label=label,
        first=ranges[0][0] if ranges else None,
        last=ranges[-1][1] if ranges else None,
        days=sum(_days(a, b) for a, b in ranges),
        gaps=gaps,
        bars=_bars(ranges, first, last) if first and last else [],
        metrics=list(stream.metrics.all()),
    )


def _bars(ranges: list[coverage.Range], first: dt.date, last: dt.date) -> list[Bar]:
    """At least `THINNEST` wide, so that one day among years can still be seen."""
    whole = _days(first, last)
    bars = []
    for a, b in ranges:
        width = max(_days(a, b) * STRIPE // whole, THINNEST)
        bars.append(Bar(min((a - first).days * STRIPE // whole, STRIPE - width), width))
    return bars


def _days(first: dt.date, last: dt.date) -> int:
    return (last - first).days + 1
