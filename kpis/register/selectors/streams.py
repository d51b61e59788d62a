"""Read models of streams: which days are covered, drawn as a stripe, and which metrics count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kpis.register import coverage
from kpis.register.connectors.base import Account, Reread
from kpis.register.connectors.base import Stream as Spec
from kpis.register.models import Source, Stream, StreamMetric
from kpis.register.registry import FILE_KIND, connector_class
from kpis.register.selectors.health import is_old

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

STRIPE = 1000
THINNEST = 4
FILE_STREAMS: dict[str, StrOrPromise] = {
    "results": _("Daily figures"),
    "orders": _("Orders"),
}
BY_HAND: dict[str, StrOrPromise] = {"manual": _("Figures entered by hand")}


@dataclass(frozen=True, slots=True)
class Bar:
    """A covered range as a piece of a stripe `STRIPE` wide."""

    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Deep:
    """Days that are read again now and then, and when that was done last."""

    days: int
    hours: int
    done_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class StreamCard:
    """A stream and its days. ``gaps`` are days inside the source's range that nobody has read;
    ``is_given`` says whether the source still gives it, ``is_old`` whether it is older than was
    agreed. ``lookback`` days are read again every time, ``deep`` ones less often.
    """

    stream: Stream
    label: StrOrPromise
    first: dt.date | None
    last: dt.date | None
    days: int
    gaps: list[coverage.Range]
    bars: list[Bar]
    metrics: list[StreamMetric]
    is_given: bool
    is_old: bool
    lookback: int
    deep: list[Deep]


def stream_specs(source: Source) -> dict[str, Spec]:
    """The streams the source gives as it is set, by name; none where its connector is not installed
    or its settings cannot be understood."""
    try:
        own = connector_class(source.kind)(Account(settings=source.settings, secrets={})).streams()
    except (LookupError, ValueError):
        return {}
    return {stream.name: stream for stream in own}


def stream_labels(source: Source) -> dict[str, StrOrPromise]:
    """What the connector calls its streams, by name."""
    own = {name: spec.label for name, spec in stream_specs(source).items()}
    return FILE_STREAMS | BY_HAND | own


def given_streams(source: Source, streams: Iterable[Stream]) -> list[Stream]:
    """Those the source still gives by itself: not what was switched off, nor what people enter."""
    names = set(FILE_STREAMS) if source.kind == FILE_KIND else set(stream_specs(source))
    return [stream for stream in streams if stream.name in names]


def stream_cards(source: Source) -> list[StreamCard]:
    """The source's streams with covered days and metrics, on one common stretch of time. Two
    queries."""
    labels, specs = stream_labels(source), stream_specs(source)
    pairs = StreamMetric.objects.select_related("metric").order_by("metric__code")
    streams = source.streams.order_by("pk").prefetch_related(Prefetch("metrics", pairs))
    covered = [(stream, coverage.load(stream.covered)) for stream in streams]
    given = {stream.pk for stream in given_streams(source, streams)}
    filled = [ranges for _stream, ranges in covered if ranges]
    first = min((ranges[0][0] for ranges in filled), default=None)
    last = max((ranges[-1][1] for ranges in filled), default=None)
    return [
        StreamCard(
            stream=stream,
            label=labels.get(stream.name, stream.name),
            metrics=list(stream.metrics.all()),
            is_given=stream.pk in given,
            is_old=stream.pk in given and is_old(stream, timezone.now()),
            **_covered(ranges, first, last),
            **_read_again(stream, specs.get(stream.name)),
        )
        for stream, ranges in covered
    ]


def _covered(
    ranges: list[coverage.Range], first: dt.date | None, last: dt.date | None
) -> dict[str, Any]:
    return {
        "first": ranges[0][0] if ranges else None,
        "last": ranges[-1][1] if ranges else None,
        "days": sum(_days(a, b) for a, b in ranges),
        "gaps": coverage.missing(ranges, first, last) if ranges and first and last else [],
        "bars": _bars(ranges, first, last) if first and last else [],
    }


def _read_again(stream: Stream, spec: Spec | None) -> dict[str, Any]:
    if spec is None:
        return {"lookback": 0, "deep": []}
    return {
        "lookback": spec.lookback_days,
        "deep": [_deep(stream, tier) for tier in spec.deep],
    }


def _deep(stream: Stream, tier: Reread) -> Deep:
    told = stream.rereads.get(str(tier.days))
    return Deep(tier.days, tier.hours, dt.datetime.fromisoformat(told) if told else None)


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
