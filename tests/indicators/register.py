"""Figures in the register to test with: written by the register's own services."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from config.lib.dates import days_between
from kpis.register.models import Metric, RawAnswer, Slice, Source, Subject, SyncRun
from kpis.register.models.run import State
from kpis.register.services.results import results_merge
from kpis.register.services.sources import source_create, stream_ensure
from kpis.register.services.spool import ResultSpool
from staff.accounts.models import Scope, User
from tests.indicators.series import day

Figures = Mapping[str, Mapping[dt.date, Decimal | int]]


def make_source(actor: User, scope: Scope, name: str = "Reports") -> Source:
    plain = {"currency": "RUB", "time_zone": "Europe/Moscow"}
    return source_create(actor=actor, scope=scope, kind="file", name=name, plain=plain, secrets={})


@transaction.atomic
def fill(source: Source, figures: Figures, *, stream: str = "days", subjects: int = 1) -> Slice:
    """Put ``figures`` (metric → day → value) into the register, each split over ``subjects``
    equal rows, all from one raw answer."""
    days = sorted({at for series in figures.values() for at in series})
    run = SyncRun.objects.create(source=source, trigger=SyncRun.Trigger.MANUAL, state=State.DONE)
    into = stream_ensure(source=source, name=stream, metrics=tuple(figures))
    piece = Slice.objects.create(
        run=run, stream=into, first_day=days[0], last_day=days[-1], state=State.DONE
    )
    answer = RawAnswer.objects.create(
        slice=piece,
        attempt=1,
        number=1,
        request="GET /figures",
        content_type="application/json",
        packed=b"",
        size=0,
        received_at=run.created_at,
    )
    about = [
        Subject.objects.get_or_create(
            scope=source.scope,
            kind=Subject.Kind.SITE,
            origin=f"source:{source.pk}",
            key=str(number),
            defaults={"label": f"Site {number}"},
        )[0]
        for number in range(1, subjects + 1)
    ]
    metrics = {metric.code: metric for metric in Metric.objects.filter(code__in=figures)}
    with ResultSpool(slice_id=piece.pk, stream_id=into.pk) as spool:
        for code, series in figures.items():
            for at, value in series.items():
                for subject in about:
                    spool.add(
                        day=at,
                        metric_id=metrics[code].pk,
                        subject_id=subject.pk,
                        value=Decimal(value) / subjects,
                        currency="RUB" if metrics[code].unit == Metric.Unit.MONEY else "",
                        raw_id=answer.pk,
                    )
        results_merge(spool=spool, first=days[0], last=days[-1])
    return piece


def daily(value: Decimal | int, first: str, last: str) -> dict[dt.date, Decimal | int]:
    """The same value on every day from ``first`` to ``last``."""
    return dict.fromkeys(days_between(day(first), day(last)), value)
