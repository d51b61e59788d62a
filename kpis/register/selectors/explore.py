"""From a figure down to where it came from: results, raw answers, rows of kept files, subjects."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _

from config.lib.errors import Invalid
from kpis.register import policies
from kpis.register.files import (
    FileRefused,
    Mapping,
    MappingError,
    OrderRow,
    Parsed,
    ResultRow,
    read,
)
from kpis.register.files.reader import settle
from kpis.register.models import (
    DailyTotal,
    FileImport,
    Metric,
    RawAnswer,
    Result,
    ResultRevision,
    Source,
    StreamMetric,
)
from kpis.register.services.imports import import_path, import_shape
from staff.accounts.models import User

SHOWN_BYTES = 200_000
SHOWN_ROWS = 50


def results_visible(user: User) -> QuerySet[Any]:
    """Results of the person's sources, each with the ``answer_uid`` or ``import_uid`` behind it,
    ``is_counted``: whether it enters KPIs, and ``is_restated``: whether it was another figure."""
    sources = Source.objects.visible_to(user, policies.SOURCE_VIEW)
    pair = StreamMetric.objects.filter(stream=OuterRef("stream"), metric=OuterRef("metric"))
    revisions = ResultRevision.objects.filter(
        stream=OuterRef("stream"),
        day=OuterRef("day"),
        metric=OuterRef("metric"),
        subject=OuterRef("subject"),
    )
    return (
        Result.objects.filter(stream__source__in=sources)
        .select_related("metric", "subject", "stream__source")
        .annotate(
            answer_uid=Subquery(RawAnswer.objects.filter(pk=OuterRef("raw_id")).values("uid")),
            import_uid=Subquery(
                FileImport.objects.filter(run__slices=OuterRef("slice")).values("uid")[:1]
            ),
            is_counted=Exists(pair.filter(is_counted=True)),
            is_restated=Exists(revisions),
        )
    )


def metrics_seen(user: User) -> QuerySet[Metric]:
    """Metrics that the person's sources give."""
    sources = Source.objects.visible_to(user, policies.SOURCE_VIEW)
    pairs = StreamMetric.objects.filter(stream__source__in=sources)
    return Metric.objects.filter(pk__in=pairs.values("metric"))


def newest_day(user: User) -> dt.date | None:
    """The newest day of any figure the person may see."""
    sources = Source.objects.visible_to(user, policies.SOURCE_VIEW)
    found: dt.date | None = DailyTotal.objects.filter(stream__source__in=sources).aggregate(
        day=Max("day")
    )["day"]
    return found


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of one metric over the rows of a list."""

    metric: Metric
    value: Decimal
    currency: str
    days: int
    rows: int


def total_of(rows: QuerySet[Any], metric: Metric | None) -> Total | None:
    """What the rows of ``metric`` add up to; None for no metric, no rows, a metric that does not
    add up, or money of two currencies.
    """
    adds = (
        metric and metric.agg_time == metric.AggTime.SUM and metric.agg_dims == metric.AggDims.SUM
    )
    if metric is None or not adds:
        return None
    found = rows.order_by().aggregate(
        total=Sum("value"),
        days=Count("day", distinct=True),
        rows=Count("subject_id"),
        first=Max("currency"),
        currencies=Count("currency", distinct=True),
    )
    if found["total"] is None or found["currencies"] > 1:
        return None
    return Total(metric, found["total"], found["first"], found["days"], found["rows"])


# --- raw answers ---------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class AnswerBody:
    """The answer as text, indented where it is JSON. ``is_cut``: only its beginning is shown."""

    text: str
    is_cut: bool


def answer_body(answer: RawAnswer) -> AnswerBody:
    """The body for reading; bytes that are no text are shown as "\\ufffd"."""
    text = answer.body.decode("utf-8", errors="replace")
    with suppress(ValueError):  # not JSON: shown as received
        text = json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    return AnswerBody(text[:SHOWN_BYTES], len(text) > SHOWN_BYTES)


def answers_visible(user: User) -> QuerySet[RawAnswer]:
    sources = Source.objects.visible_to(user, policies.SOURCE_VIEW)
    return RawAnswer.objects.filter(slice__run__source__in=sources).select_related(
        "slice__stream__source__scope", "slice__run"
    )


def kept_until(answer: RawAnswer) -> dt.datetime:
    """When the answer will be dropped; its results stay."""
    return answer.received_at + dt.timedelta(days=settings.RAW_ANSWER_DAYS)


# --- rows of kept files --------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class FileRows:
    """Rows of a file about one day: its number in the file and the cells, under ``names``."""

    names: list[str]
    rows: list[tuple[int, list[object]]]
    is_cut: bool


def file_rows(record: FileImport, day: dt.date) -> FileRows:
    """The rows of the kept file that speak of ``day``, at most `SHOWN_ROWS`.

    Raises `Invalid` when the file is no longer kept or cannot be read any more.
    """
    try:
        mapping = Mapping.from_json(record.mapping)
        shape = settle(import_path(record), import_shape(record), mapping)
        parsed = read(import_path(record), shape, mapping)
        found = list(islice(_about(parsed, day), SHOWN_ROWS + 1))
    except (FileRefused, MappingError) as error:
        raise Invalid(error.message) from error
    is_orders = mapping.target == "orders"
    names = (
        list(shape.names) if is_orders else [str(_("Metric")), str(_("Subject")), str(_("Value"))]
    )
    return FileRows(names, found[:SHOWN_ROWS], len(found) > SHOWN_ROWS)


def _about(parsed: Iterable[Parsed], day: dt.date) -> Iterator[tuple[int, list[object]]]:
    for row in parsed:
        if isinstance(row, OrderRow) and row.at.date() == day:
            yield row.number, list(row.raw)
        elif isinstance(row, ResultRow) and row.day == day:
            yield row.number, [row.metric, row.subject, row.value]
