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
from kpis.register.connectors.base import Connector, Mode, Page
from kpis.register.connectors.base import Stream as StreamSpec
from kpis.register.connectors.errors import BugError, ConfigError, RetryError
from kpis.register.models import DailyTotal, RawAnswer, Slice, Source, Stream, SyncRun
from kpis.register.models.run import State
from kpis.register.services.claims import run_beat, run_lock
from kpis.register.services.currencies import (
    currencies_known,
    currency_of_records,
    foreign_money_set_aside,
)
from kpis.register.services.harvest import Harvest
from kpis.register.services.partitions import partition_ensure
from kpis.register.services.resolver import Resolver
from kpis.register.services.results import Merged
from kpis.register.services.tapes import Exchange, Recorder

logger = logging.getLogger(__name__)
WEEK = dt.timedelta(days=7)
KEPT_OF_BAD_ANSWER = 1_000_000


@dataclass
class Fetched:
    """What the pages of a slice amounted to."""

    received: int = 0
    announced: int | None = None
    pages: int = 0
    notices: list[Localized] = field(default_factory=list)


def slice_execute(
    *,
    run: SyncRun,
    claim: UUID,
    piece: Slice,
    connector: Connector,
    resolver: Resolver,
    recorder: Recorder,
) -> None:
    """Fetch the slice and commit it. Raises a `SourceError`; then nothing of the slice is in the
    register.

    The network is used before the transaction begins; raw answers are kept even when the slice
    fails.
    """
    run_beat(run.pk, claim)
    Slice.objects.filter(pk=piece.pk).update(state=State.RUNNING, attempts=F("attempts") + 1)
    piece.refresh_from_db()
    spec = {known.name: known for known in connector.streams()}.get(piece.stream.name)
    if spec is None:
        raise ConfigError(_("This part of the source is switched off."), detail=piece.stream.name)
    with Harvest(piece, spec.mode, resolver) as harvest:
        fetched = _fetch(run, claim, piece, connector, harvest, recorder)
        _compare(fetched)
        over = not (spec.with_today and piece.last_day >= timezone.localdate())
        if harvest.rows == 0 and over and spec.mode is Mode.DAYS and _usually_has_rows(piece):
            fetched.notices.append(
                localize(_("No rows, though the same weekdays before had some: check the source."))
            )
        with transaction.atomic():
            # Apart from the slice: while a partition is made, the whole table is locked.
            partition_ensure(harvest.years)
        with transaction.atomic():
            run_lock(run.pk, claim)
            merged = _merge(run, piece, harvest, spec, fetched)
            stream_cover(
                piece.stream_id, piece.first_day, piece.last_day, is_news=piece.replay_of_id is None
            )
            # However long the merge took: whoever waits for the row finds this worker alive.
            SyncRun.objects.filter(pk=run.pk).update(heartbeat_at=timezone.now())
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
    harvest: Harvest,
    recorder: Recorder,
) -> Fetched:
    fetched = Fetched()
    recorder.rest()  # what was asked before the slice belongs to nobody
    # A wait as told gives its number to the next attempt: a replay must not find its answers.
    RawAnswer.objects.filter(slice=piece, attempt=piece.attempts).delete()
    try:
        for page in connector.read(piece.stream.name, harvest.window):
            fetched.pages += 1
            harvest.add(page, _keep_page(piece, fetched.pages, page, recorder).pk)
            fetched.received += page.received
            fetched.announced = page.announced if page.announced is not None else fetched.announced
            fetched.notices += [localize(notice) for notice in page.notices]
            run_beat(run.pk, claim)
            Slice.objects.filter(pk=piece.pk).update(rows_received=fetched.received)
    except BugError as error:
        if error.raw:
            raw = error.raw[:KEPT_OF_BAD_ANSWER]
            _keep(piece, fetched.pages + 1, "", "application/octet-stream", raw)
            fetched.pages += 1
        raise
    finally:
        for number, exchange in enumerate(recorder.rest(), fetched.pages + 1):
            _keep_exchange(piece, number, exchange)
    return fetched


def _merge(
    run: SyncRun, piece: Slice, harvest: Harvest, spec: StreamSpec, fetched: Fetched
) -> Merged:
    """Rows into the register; money that does not add up with the company's is set aside."""
    known = currencies_known(piece.stream, harvest.fact_currencies | harvest.record_currencies)
    merged = harvest.merge(_stream_id(run.source, spec.of))
    currencies = set(harvest.fact_currencies)
    if harvest.record_currencies:
        own = currency_of_records(piece.stream)
        currencies.add(own)
        if others := sorted(harvest.record_currencies - {own}):
            fetched.notices.append(
                localize(
                    _("Money in %(others)s is in no sum: this part is kept in %(own)s."),
                    {"others": ", ".join(others), "own": own},
                )
            )
    foreign_money_set_aside(
        source=run.source, stream=piece.stream, currencies=currencies, known=known
    )
    return merged


def _stream_id(source: Source, name: str) -> int | None:
    return source.streams.values_list("pk", flat=True).filter(name=name).first() if name else None


def _keep_page(piece: Slice, number: int, page: Page, recorder: Recorder) -> RawAnswer:
    """The page's answer, with the question it came to when the connector asked it by `Caller`."""
    answer = _keep(piece, number, page.request, page.content_type, page.raw)
    exchange = recorder.take(page.raw)
    if exchange is not None:
        answer.question, answer.status = exchange.question, exchange.answer.status
        answer.headers = _headers(exchange)
        answer.save(update_fields=["question", "status", "headers"])
    return answer


def _keep_exchange(piece: Slice, number: int, exchange: Exchange) -> None:
    """An answer no page was made of (a list, a report being built): a replay asks for it too."""
    if len(exchange.answer.body) > KEPT_OF_BAD_ANSWER:
        return
    answer = _keep(
        piece, number, exchange.request[:500], exchange.answer.content_type, exchange.answer.body
    )
    answer.question, answer.status = exchange.question, exchange.answer.status
    answer.headers = _headers(exchange)
    answer.save(update_fields=["question", "status", "headers"])


def _headers(exchange: Exchange) -> dict[str, str]:
    """Only what is needed to read the body again."""
    kind = exchange.answer.headers.get("content-type")
    return {"content-type": kind} if kind else {}


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
            "question": "",
            "status": 200,
            "headers": {},
        },
    )
    return answer


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


def stream_cover(stream_id: int, first: dt.date, last: dt.date, *, is_news: bool = True) -> None:
    """Move the cursor over ``first``…``last``. Runs in the transaction of the rows. What was read
    from kept answers is no news: the data is as old as it was.
    """
    stream = Stream.objects.select_for_update().get(pk=stream_id)
    stream.covered = coverage.dump(coverage.add(coverage.load(stream.covered), first, last))
    if is_news or stream.loaded_at is None:
        stream.loaded_at = timezone.now()
    stream.save(update_fields=["covered", "loaded_at"])
