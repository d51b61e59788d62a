"""One slice: fetch, map, then rows and cursor in one transaction."""

from __future__ import annotations

import datetime as dt
import logging
import zlib
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.text import Localized, filled, localize
from kpis.register import coverage
from kpis.register.connectors.base import Connector, Fact, SubjectRef, Window
from kpis.register.connectors.errors import BugError, RetryError
from kpis.register.models import (
    DailyTotal,
    Metric,
    RawAnswer,
    Slice,
    Source,
    Stream,
    Subject,
    SyncRun,
)
from kpis.register.models.result import Flag
from kpis.register.models.run import State
from kpis.register.services.claims import run_beat, run_lock
from kpis.register.services.currencies import foreign_money_set_aside
from kpis.register.services.results import results_merge
from kpis.register.services.spool import ResultSpool

logger = logging.getLogger(__name__)
WEEK = dt.timedelta(days=7)
KEPT_OF_BAD_ANSWER = 1_000_000


@dataclass
class Resolver:
    """Metric and subject ids, looked up once per run."""

    source: Source
    metrics: dict[str, int] = field(default_factory=dict)
    subjects: dict[tuple[str, str], int] = field(default_factory=dict)
    created: list[int] = field(default_factory=list)

    def metric(self, code: str) -> int:
        """Raises `BugError` for a code outside the vocabulary."""
        if not self.metrics:
            self.metrics = dict(Metric.objects.values_list("code", "pk"))
        try:
            return self.metrics[code]
        except KeyError:
            raise BugError(_("The connector gave an unknown metric."), detail=code) from None

    def subject(self, ref: SubjectRef) -> int:
        """The subject's id; created, or renamed when the vendor renamed it."""
        known = self.subjects.get((ref.kind, ref.key))
        if known is None:
            parent = self.subject(ref.parent) if ref.parent else None
            subject, created = Subject.objects.get_or_create(
                origin=f"source:{self.source.pk}",
                kind=ref.kind,
                key=ref.key[:200],
                defaults={
                    "scope": self.source.scope,
                    "label": ref.label[:250],
                    "url": ref.url,
                    "parent_id": parent,
                },
            )
            if created:
                self.created.append(subject.pk)
            elif subject.label != ref.label[:250]:
                Subject.objects.filter(pk=subject.pk).update(label=ref.label[:250])
            known = self.subjects[ref.kind, ref.key] = subject.pk
        return known


@dataclass
class Fetched:
    """What the pages of a slice amounted to."""

    received: int = 0
    announced: int | None = None
    pages: int = 0
    notices: list[Localized] = field(default_factory=list)


def slice_execute(
    *, run: SyncRun, claim: UUID, piece: Slice, connector: Connector, resolver: Resolver
) -> None:
    """Fetch the slice and commit it. Raises a `SourceError`; then nothing of the slice is in the
    register.

    The network is used before the transaction begins; raw answers are kept even when the slice
    fails.
    """
    run_beat(run.pk, claim)
    Slice.objects.filter(pk=piece.pk).update(state=State.RUNNING, attempts=F("attempts") + 1)
    piece.refresh_from_db()
    with ResultSpool(piece.pk, piece.stream_id) as spool:
        fetched = _fetch(run, claim, piece, connector, resolver, spool)
        _compare(fetched)
        if spool.rows == 0 and _usually_has_rows(piece):
            fetched.notices.append(
                localize(_("No rows, though the same weekdays before had some: check the source."))
            )
        with transaction.atomic():
            run_lock(run.pk, claim)
            merged = results_merge(spool=spool, first=piece.first_day, last=piece.last_day)
            foreign_money_set_aside(
                source=run.source, stream=piece.stream, currencies=spool.currencies
            )
            stream_cover(piece.stream_id, piece.first_day, piece.last_day)
            Slice.objects.filter(pk=piece.pk).update(
                state=State.DONE,
                rows_received=fetched.received,
                rows_announced=fetched.announced,
                rows_written=merged.written,
                rows_changed=merged.changed,
                rows_removed=merged.removed,
                notices=fetched.notices,
                error_kind="",
                error={},
                detail="",
                finished_at=timezone.now(),
            )
    logger.info(
        "%s: %s new, %s changed, %s gone", piece, merged.written, merged.changed, merged.removed
    )


def _fetch(
    run: SyncRun,
    claim: UUID,
    piece: Slice,
    connector: Connector,
    resolver: Resolver,
    spool: ResultSpool,
) -> Fetched:
    fetched = Fetched()
    window = Window(piece.first_day, piece.last_day)
    try:
        for page in connector.read(piece.stream.name, window):
            fetched.pages += 1
            answer = _keep(piece, fetched.pages, page.request, page.content_type, page.raw)
            for fact in page.facts:
                _add(spool, fact, window, resolver, answer.pk)
            fetched.received += page.received
            fetched.announced = page.announced if page.announced is not None else fetched.announced
            fetched.notices += [localize(notice) for notice in page.notices]
            run_beat(run.pk, claim)
            Slice.objects.filter(pk=piece.pk).update(rows_received=fetched.received)
    except BugError as error:
        if error.raw:
            raw = error.raw[:KEPT_OF_BAD_ANSWER]
            _keep(piece, fetched.pages + 1, "", "application/octet-stream", raw)
        raise
    return fetched


def _keep(piece: Slice, number: int, request: str, content_type: str, raw: bytes) -> RawAnswer:
    """An attempt that was told to wait does not count, so its number comes again: no row of the
    register leads to its answers, the new ones take their place.
    """
    answer, _created = RawAnswer.objects.update_or_create(
        slice=piece,
        attempt=piece.attempts,
        number=number,
        defaults={
            "request": request,
            "content_type": content_type[:80],
            "packed": zlib.compress(raw, 6),
            "size": len(raw),
            "received_at": timezone.now(),
        },
    )
    return answer


def _add(spool: ResultSpool, fact: Fact, window: Window, resolver: Resolver, raw_id: int) -> None:
    if not window.first <= fact.day <= window.last:
        raise BugError(
            _("The source answered about a day it was not asked for."), detail=str(fact.day)
        )
    flags = 0
    for name in fact.flags:
        flags |= Flag[name.upper()]
    spool.add(
        day=fact.day,
        metric_id=resolver.metric(fact.metric),
        subject_id=resolver.subject(fact.subject),
        value=fact.value,
        currency=fact.currency,
        flags=flags,
        raw_id=raw_id,
    )


def _compare(fetched: Fetched) -> None:
    """Rows received against rows announced: a difference is never a success."""
    if fetched.pages == 0:
        raise RetryError(_("The source gave no answer for these days."))
    if fetched.announced is not None and fetched.received != fetched.announced:
        raise RetryError(
            filled(
                _("The source announced %(announced)s rows and gave %(received)s."),
                announced=fetched.announced,
                received=fetched.received,
            )
        )


def _usually_has_rows(piece: Slice) -> bool:
    """Whether the same weekdays of the four weeks before had rows."""
    before = [piece.last_day - WEEK * number for number in range(1, 5)]
    return DailyTotal.objects.filter(stream=piece.stream_id, day__in=before, value__gt=0).exists()


def stream_cover(stream_id: int, first: dt.date, last: dt.date) -> None:
    """Move the cursor over ``first``…``last``. Runs in the transaction of the rows."""
    stream = Stream.objects.select_for_update().get(pk=stream_id)
    stream.covered = coverage.dump(coverage.add(coverage.load(stream.covered), first, last))
    stream.loaded_at = timezone.now()
    stream.save(update_fields=["covered", "loaded_at"])
