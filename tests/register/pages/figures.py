"""Rows of the register put in directly: what the explorer adds up."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from kpis.register.models import Metric, Slice, Source, Stream, Subject, SyncRun
from kpis.register.models.run import State
from kpis.register.services.partitions import partition_ensure
from kpis.register.services.results import rollup_refresh
from kpis.register.services.sources import stream_ensure

Figure = tuple[str, dt.date, Subject, str]  # metric, day, subject, value


def subject(
    source: Source, label: str, parent: Subject | None = None, kind: str = "channel"
) -> Subject:
    made: Subject = Subject.objects.create(
        scope=source.scope, kind=kind, origin="test", key=label, label=label, parent=parent
    )
    return made


def put(source: Source, *figures: Figure, flags: int = 0, currency: str = "RUB") -> Stream:
    """The figures as one load of a stream would leave them."""
    codes = tuple(sorted({metric for metric, *_rest in figures}))
    stream = stream_ensure(source=source, name="test", metrics=codes)
    words = {metric.code: metric for metric in Metric.objects.filter(code__in=codes)}
    days = {day for _metric, day, *_rest in figures}
    run = SyncRun.objects.create(
        source=source, trigger=SyncRun.Trigger.MANUAL, state=State.DONE, started_at=timezone.now()
    )
    piece = Slice.objects.create(
        run=run, stream=stream, first_day=min(days), last_day=max(days), state=State.DONE
    )
    partition_ensure({day.year for day in days})
    with connection.cursor() as cursor:
        for code, day, about, value in figures:
            money = words[code].unit == Metric.Unit.MONEY
            cursor.execute(
                "INSERT INTO register_result (stream_id, day, metric_id, subject_id, value, "
                "currency, flags, slice_id, raw_id) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 0)",
                [
                    stream.pk,
                    day,
                    words[code].pk,
                    about.pk,
                    Decimal(value),
                    currency if money else "",
                    flags,
                    piece.pk,
                ],
            )
    rollup_refresh(stream_id=stream.pk, first=min(days), last=max(days))
    return stream
