"""Keeping credits equal to what the register knows: found by fingerprints, made in batches.

A fingerprint is of everything that decides an order: the order, its touches and its enquiry's, a
person's word, the rules. What has none yet or another one is made anew; twice the same changes
nothing. A worker killed anywhere leaves whole orders, and the next one finds the rest.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.tasks import enqueue
from config.lib.text import localize
from kpis.indicators.models import AttributionJob, OrderCredit
from kpis.indicators.selectors.attribution_rules import Ground, ground, rules_scope
from kpis.indicators.selectors.order_traces import cases
from kpis.indicators.services.credits import kept_rows, order_rows, refund_rows
from kpis.indicators.services.leaks import codes_watch
from kpis.register.models import Order, Refund, Slice, Source, Stream, SyncRun

logger = logging.getLogger(__name__)
BATCH = 500
SILENT = dt.timedelta(minutes=10)
PAUSE = dt.timedelta(minutes=5)
Found = list[tuple[int, str, str]]

# Times as numbers: their text would depend on the session's zone.
# What is not known is told from what stands beside it: no NULL is left out of a fingerprint.
CHANGED_ORDERS = """
WITH touches AS (
    SELECT x.owner, x.key, min(x.stream_id) AS stream_id, md5(string_agg(concat_ws(chr(31),
        x.stream_id, x.number, x.kind, x.value, coalesce(extract(epoch FROM x.at)::text, '?'),
        x.source, x.medium, x.campaign, x.content, x.term), chr(30)
        ORDER BY x.stream_id, x.number)) AS mark
    FROM register_touch x WHERE x.stream_id = ANY(%(streams)s)
        AND (%(key)s = '' OR x.owner = 'enquiry' OR x.key = %(key)s)
    GROUP BY x.owner, x.key, CASE WHEN x.owner = 'order' THEN x.stream_id END
), asked AS (
    SELECT e.key, md5(string_agg(concat_ws(chr(31), extract(epoch FROM e.at), e.kind, e.line,
        e.channel, coalesce(t.mark, '?')), chr(30) ORDER BY e.stream_id)) AS mark
    FROM register_enquiry e LEFT JOIN touches t ON t.owner = 'enquiry' AND t.key = e.key
    WHERE e.stream_id = ANY(%(streams)s) GROUP BY e.key
), words AS (
    SELECT stream_id, key, max(id) AS word FROM indicators_orderoverride
    WHERE stream_id = ANY(%(streams)s) GROUP BY stream_id, key
), now_is AS (
    SELECT o.stream_id, o.key, md5(concat_ws(chr(31), %(stamp)s, o.day,
        coalesce(extract(epoch FROM o.ordered_at)::text, '?'), o.amount, o.currency,
        coalesce(o.margin::text, '?'), coalesce(o.discount::text, '?'), o.channel, o.promo_code,
        coalesce(t.mark, '?'), coalesce(a.mark, '?'), coalesce(w.word::text, '?'))) AS mark
    FROM register_order o
    LEFT JOIN touches t ON t.owner = 'order' AND t.key = o.key AND t.stream_id = o.stream_id
    LEFT JOIN asked a ON a.key = o.enquiry AND o.enquiry <> ''
    LEFT JOIN words w ON w.stream_id = o.stream_id AND w.key = o.key
    WHERE o.stream_id = ANY(%(streams)s) AND o.status IN ('placed', 'paid')
        AND (%(key)s = '' OR o.key = %(key)s)
)
SELECT n.stream_id, n.key, n.mark FROM now_is n
LEFT JOIN indicators_ordercredit c ON c.stream_id = n.stream_id AND c.kind = 'order'
    AND c.key = n.key AND c.role = 'primary'
WHERE c.fingerprint IS DISTINCT FROM n.mark ORDER BY n.stream_id, n.key
"""
CHANGED_REFUNDS = """
SELECT n.stream_id, n.key, n.mark FROM (
    SELECT r.stream_id, r.key, md5(concat_ws(chr(31), r.day, r.amount, r.currency, r."order",
        (SELECT string_agg(p.fingerprint, chr(30) ORDER BY p.stream_id)
         FROM indicators_ordercredit p WHERE r."order" <> '' AND p.kind = 'order'
            AND p.role = 'primary' AND p.key = r."order" AND p.stream_id = ANY(%(streams)s))
    )) AS mark
    FROM register_refund r WHERE r.stream_id = ANY(%(streams)s)
        AND (%(key)s = '' OR r."order" = %(key)s)
) n
LEFT JOIN indicators_ordercredit c ON c.stream_id = n.stream_id AND c.kind = 'refund'
    AND c.key = n.key AND c.role = 'primary'
WHERE c.fingerprint IS DISTINCT FROM n.mark ORDER BY n.stream_id, n.key
"""
DROP_GONE = """
DELETE FROM indicators_ordercredit c WHERE c.stream_id = ANY(%(streams)s) AND (
    c.kind = 'order' AND NOT EXISTS (SELECT 1 FROM register_order o
        WHERE o.stream_id = c.stream_id AND o.key = c.key AND o.status IN ('placed', 'paid'))
    OR c.kind = 'refund' AND NOT EXISTS (SELECT 1 FROM register_refund r
        WHERE r.stream_id = c.stream_id AND r.key = c.key))
"""


def attribution_sweep() -> int:
    """Plan the sources whose orders, touches or rules have changed and wake workers; returns how
    many were planned. Failed ones are tried again after a while, silent ones taken over."""
    planned = 0
    stamps: dict[int, str] = {}
    jobs = {job.source_id: job for job in AttributionJob.objects.all()}
    for source in sources_with_orders():
        scope = rules_scope(source.scope)
        if scope.pk not in stamps:
            stamps[scope.pk] = ground(scope).stamp
        newest, job = newest_load(source), jobs.get(source.pk)
        if job is None or _is_due(job, newest, stamps[scope.pk]):
            attribution_plan(source=source)
            planned += 1
    return planned


def attribution_plan(*, source: Source) -> AttributionJob:
    """Put the source's job into the queue; one that runs is not disturbed while it shows life."""
    with transaction.atomic():
        AttributionJob.objects.get_or_create(source=source)
        job: AttributionJob = AttributionJob.objects.select_for_update().get(source=source)
        now = timezone.now()
        running = job.state == AttributionJob.State.RUNNING
        if not running or job.heartbeat_at is None or now - job.heartbeat_at > SILENT:
            job.state, job.heartbeat_at = AttributionJob.State.PLANNED, now
            job.save()
        enqueue("indicators.attribution_run", job.pk)
    return job


def attribution_run(job_id: int) -> None:
    """Do a planned job. Safe to deliver twice: one worker takes it. What goes wrong is kept with
    the job for people to see, and the job is tried again by the sweep."""
    now = timezone.now()
    waiting = AttributionJob.objects.filter(pk=job_id, state=AttributionJob.State.PLANNED)
    if not waiting.update(
        state=AttributionJob.State.RUNNING, started_at=now, heartbeat_at=now, done=0, total=0
    ):
        return
    job = AttributionJob.objects.select_related("source__scope").get(pk=job_id)
    try:
        _run(job)
    except Exception as error:
        logger.exception("attribution of source %s failed", job.source_id)
        AttributionJob.objects.filter(pk=job_id).update(
            state=AttributionJob.State.FAILED,
            attempts=job.attempts + 1,
            finished_at=timezone.now(),
            error=localize(
                _("It stopped at %(done)s of %(total)s: %(what)s. It is tried again by itself."),
                {"done": job.done, "total": job.total, "what": type(error).__name__},
            ),
        )
        raise


def order_attribute(*, stream: Stream, key: str) -> None:
    """Bring one order and its refunds up to date, in the caller's transaction."""
    at = ground(rules_scope(stream.source.scope))
    streams = list(Stream.objects.filter(source=stream.source_id).values_list("pk", flat=True))
    for _count in _orders(streams, at, key):
        pass
    for _count in _refunds(streams, at, key):
        pass


def sources_with_orders() -> QuerySet[Source]:
    """Sources that have orders or refunds."""
    orders = Order.objects.filter(stream__source=OuterRef("pk"))
    refunds = Refund.objects.filter(stream__source=OuterRef("pk"))
    credits = OrderCredit.objects.filter(stream__source=OuterRef("pk"))  # of what is gone
    has = Q(Exists(orders)) | Q(Exists(refunds)) | Q(Exists(credits))
    rows: QuerySet[Source] = Source.objects.filter(has).select_related("scope").order_by("pk")
    return rows


def newest_load(source: Source) -> dt.datetime | None:
    """When the source's records last may have changed."""
    slices = Slice.objects.filter(stream__source=source).aggregate(at=Max("finished_at"))["at"]
    runs = SyncRun.objects.filter(source=source).aggregate(at=Max("finished_at"))["at"]
    return max((one for one in (slices, runs) if one), default=None)


def _is_due(job: AttributionJob, newest: dt.datetime | None, stamp: str) -> bool:
    now = timezone.now()
    since = now - job.heartbeat_at if job.heartbeat_at else SILENT * 2
    if job.state in {AttributionJob.State.PLANNED, AttributionJob.State.RUNNING}:
        return since > SILENT
    if job.state == AttributionJob.State.FAILED:
        return since > PAUSE
    unseen = newest is not None and (job.seen_at is None or newest > job.seen_at)
    return unseen or job.stamp != stamp


def _run(job: AttributionJob) -> None:
    source = job.source
    seen_at = newest_load(source)  # before reading: what comes meanwhile is seen the next time
    at = ground(rules_scope(source.scope))
    streams = list(Stream.objects.filter(source=source).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(DROP_GONE, {"streams": streams})
    for done, total in chain(_orders(streams, at), _refunds(streams, at)):
        job.done, job.total = done, total
        AttributionJob.objects.filter(pk=job.pk).update(
            done=done, total=total, heartbeat_at=timezone.now()
        )
    codes_watch(scope=at.scope)
    AttributionJob.objects.filter(pk=job.pk).update(
        state=AttributionJob.State.DONE,
        seen_at=seen_at,
        stamp=at.stamp,
        attempts=0,
        finished_at=timezone.now(),
        error={},
    )


def _changed(question: str, streams: list[int], stamp: str, key: str) -> Found:
    with connection.cursor() as cursor:
        cursor.execute(question, {"streams": streams, "stamp": stamp, "key": key})
        return list(cursor.fetchall())


def _orders(streams: list[int], at: Ground, key: str = "") -> Iterator[tuple[int, int]]:
    found = _changed(CHANGED_ORDERS, streams, at.stamp, key)
    for done, stream, marks in _batches(found):
        with transaction.atomic():
            _lock(stream)
            known = cases(streams=streams, stream=stream, keys=marks, ground=at)
            before = _credits(OrderCredit.Kind.ORDER, [stream], marks)
            rows: list[OrderCredit] = []
            for order, case in known.items():
                old = before.get(order)
                # A closed month is not attributed anew; its sums still follow the orders'.
                if old and (at.is_closed(old[0].day) or at.is_closed(case.day)):
                    rows += kept_rows(case, old, marks[order])
                else:
                    rows += order_rows(case, at, marks[order])
            _replace(OrderCredit.Kind.ORDER, stream, marks, rows)
        yield done, len(found)


def _refunds(streams: list[int], at: Ground, key: str = "") -> Iterator[tuple[int, int]]:
    found = _changed(CHANGED_REFUNDS, streams, "", key)
    for done, stream, marks in _batches(found):
        with transaction.atomic():
            _lock(stream)
            refunds = list(Refund.objects.filter(stream=stream, key__in=list(marks)))
            bought = {refund.order for refund in refunds if refund.order}
            origins = _credits(OrderCredit.Kind.ORDER, streams, bought)
            origins = {**_cancelled(streams, bought - set(origins), at), **origins}
            before = _credits(OrderCredit.Kind.REFUND, [stream], marks)
            rows: list[OrderCredit] = []
            for refund in refunds:
                old = before.get(refund.key)
                frozen = old if old and at.is_closed(refund.day) else None
                origin = frozen or origins.get(refund.order, [])
                rows += refund_rows(refund, origin, at, marks[refund.key])
            _replace(OrderCredit.Kind.REFUND, stream, marks, rows)
        yield done, len(found)


def _cancelled(streams: list[int], keys: Iterable[str], at: Ground) -> dict[str, list[OrderCredit]]:
    """Orders that count no more, as they would be credited: their refunds still have a channel."""
    found: dict[str, list[OrderCredit]] = {}
    wanted = Order.objects.filter(stream__in=streams, key__in=list(keys))
    for stream, key in wanted.values_list("stream_id", "key"):
        known = cases(streams=streams, stream=stream, keys=[key], ground=at)
        found[key] = [row for case in known.values() for row in order_rows(case, at, "")]
    return found


def _batches(found: Found) -> Iterator[tuple[int, int, dict[str, str]]]:
    """At most BATCH of one stream: how many are done after it, the stream, fingerprints by key."""
    start = 0
    while start < len(found):
        stream = found[start][0]
        batch: dict[str, str] = {}
        while start < len(found) and found[start][0] == stream and len(batch) < BATCH:
            batch[found[start][1]] = found[start][2]
            start += 1
        yield start, stream, batch


def _lock(stream: int) -> None:
    """One writer of a stream's credits at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(2, %s)", [stream])


def _credits(
    kind: str, streams: Sequence[int], keys: Iterable[str]
) -> dict[str, list[OrderCredit]]:
    rows: dict[str, list[OrderCredit]] = {}
    asked = OrderCredit.objects.filter(kind=kind, stream__in=streams, key__in=list(keys))
    for row in asked.order_by("-stream_id", "number"):
        of_key = rows.setdefault(row.key, [])
        if not of_key or of_key[0].stream_id == row.stream_id:
            of_key.append(row)
    return rows


def _replace(kind: str, stream: int, keys: Iterable[str], rows: list[OrderCredit]) -> None:
    OrderCredit.objects.filter(kind=kind, stream=stream, key__in=list(keys)).delete()
    OrderCredit.objects.bulk_create(rows, batch_size=BATCH)
