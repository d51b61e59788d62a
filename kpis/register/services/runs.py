"""Planning runs, cancelling them, and finding what a worker must be woken for."""

from __future__ import annotations

import datetime as dt
from contextlib import closing

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.dates import today
from config.lib.errors import Conflict
from config.lib.tasks import enqueue
from kpis.register import coverage, policies
from kpis.register.connectors import base as connectors
from kpis.register.connectors.base import Mode
from kpis.register.models import Slice, Source, Stream, SyncRun
from kpis.register.models.run import State
from kpis.register.registry import FILE_KIND
from kpis.register.services.claims import undo_withdraw
from kpis.register.services.connecting import connect
from kpis.register.services.replays import replay_check
from kpis.register.services.sources import stream_ensure
from staff.accounts.access import require
from staff.accounts.models import User
from staff.accounts.services.audit import audit

DAY = dt.timedelta(days=1)


def run_create(*, source: Source, trigger: str, actor: User | None = None) -> SyncRun:
    """A planned run; its slices are planned by the worker, which may ask the vendor for its time
    zone.

    Raises `Conflict` when the source already has an open run (also when two ask at once).
    """
    try:
        with transaction.atomic():
            run = SyncRun.objects.create(source=source, trigger=trigger, created_by=actor)
            # Locked also without a due time: settings being changed just now are waited for.
            locked = Source.objects.select_for_update().get(pk=source.pk)
            if locked.next_due_at is not None:
                locked.next_due_at = timezone.now() + dt.timedelta(minutes=locked.every_minutes)
                locked.save(update_fields=["next_due_at"])
            enqueue("register.run_execute", run.pk)
    except IntegrityError as error:
        raise Conflict(_("The source is already being read.")) from error
    return run


def run_request(*, actor: User, source: Source) -> SyncRun:
    """Read the source now, because a person asks."""
    require(actor, policies.SOURCE_SYNC, source.scope)
    if source.kind == FILE_KIND:
        raise Conflict(_("A file source is fed by files: load one."))
    run = run_create(source=source, trigger=SyncRun.Trigger.MANUAL, actor=actor)
    audit(action="register.run.requested", actor=actor, target=run, scope=source.scope)
    return run


def run_cancel(*, actor: User, run: SyncRun) -> None:
    """Stop after the slice in work. A run nobody holds is cancelled at once; done slices stay."""
    require(actor, policies.SOURCE_SYNC, run.source.scope)
    now = timezone.now()
    with transaction.atomic():
        changed = SyncRun.objects.filter(
            pk=run.pk, state__in=[State.PLANNED, State.WAITING]
        ).update(
            state=State.CANCELLED, finished_at=now, cancel_requested=True
        ) or SyncRun.objects.filter(pk=run.pk, state=State.RUNNING).update(cancel_requested=True)
        if not changed:
            raise Conflict(_("The run has already ended."))
        Slice.objects.filter(
            run=run, run__state=State.CANCELLED, state__in=[State.PLANNED, State.WAITING]
        ).update(state=State.CANCELLED)
        if not SyncRun.objects.filter(pk=run.pk, state=State.RUNNING).exists():
            undo_withdraw(run=run)
        audit(action="register.run.cancelled", actor=actor, target=run, scope=run.source.scope)


def slices_plan(*, run: SyncRun) -> int:
    """Cut what is missing and what must be read again into slices, newest first. Returns how many.

    Called by the worker that holds the run. Days are read up to yesterday in the account's time
    zone, changes and levels up to today.
    """
    source = run.source
    planned: list[Slice] = []
    rereads: dict[str, list[int]] = {}
    with closing(connect(source)) as connector:
        now = today(connector.time_zone())
        wanted = connector.streams()
    for spec in wanted:
        stream = stream_ensure(source=source, name=spec.name, metrics=spec.metrics)
        due = _deep_due(stream, spec)
        if due:
            rereads[str(stream.pk)] = due
        pieces = _pieces(stream, spec, source.history_from, now, max(due, default=0))
        planned += [Slice(run=run, stream=stream, first_day=a, last_day=b) for a, b in pieces]
    Slice.objects.bulk_create(planned, ignore_conflicts=True)
    SyncRun.objects.filter(pk=run.pk).update(rereads=rereads)
    return len(planned)


def _deep_due(stream: Stream, spec: connectors.Stream) -> list[int]:
    """The deep readings whose time has come, by their days."""
    now = timezone.now()
    due: list[int] = []
    for tier in spec.deep:
        told = stream.rereads.get(str(tier.days))
        last = dt.datetime.fromisoformat(told) if told else None
        if last is None or now - last >= dt.timedelta(hours=tier.hours):
            due.append(tier.days)
    return due


def _pieces(
    stream: Stream, spec: connectors.Stream, history: dt.date | None, now: dt.date, deep: int
) -> list[coverage.Range]:
    """The windows to read, newest first."""
    if spec.mode is Mode.LEVELS:
        return [(now, now)]
    unfinished = spec.mode is Mode.CHANGES or spec.with_today
    last = now if unfinished else now - DAY
    first = history or last
    if spec.history_days is not None:
        first = max(first, now - DAY * spec.history_days)
    covered = coverage.load(stream.covered)
    if spec.mode is Mode.ROLL_CALL:  # nothing is ever missing, it only grows old
        covered = coverage.add(covered, first, last) if first <= last else covered
    return coverage.slices(
        covered,
        first,
        last,
        # today is never over: what was read of it is read again tomorrow
        lookback=max(spec.lookback_days + unfinished, deep),
        length=spec.slice_days,
    )


def rereads_done(*, run: SyncRun) -> None:
    """A whole run did its deep readings: their clocks start anew."""
    now = timezone.now().isoformat()
    for stream in Stream.objects.select_for_update().filter(pk__in=map(int, run.rereads)):
        stream.rereads |= {str(days): now for days in run.rereads[str(stream.pk)]}
        stream.save(update_fields=["rereads"])


def slice_replay(*, actor: User, piece: Slice) -> SyncRun:
    """Read the slice again from its kept answers, after a mapping was mended; the source is not
    asked. Raises `Conflict` while the source is being read, when nothing was kept, and when a later
    reading knew better.
    """
    source = piece.run.source
    require(actor, policies.SOURCE_MANAGE, source.scope)
    if not piece.answers.exclude(question="").exists():
        raise Conflict(_("The answers of these days are no longer kept."))
    replay_check(piece)
    with transaction.atomic():
        run = run_create(source=source, trigger=SyncRun.Trigger.REPLAY, actor=actor)
        Slice.objects.create(
            run=run,
            stream=piece.stream,
            first_day=piece.first_day,
            last_day=piece.last_day,
            replay_of=piece,
        )
        audit(action="register.slice.replayed", actor=actor, target=run, scope=source.scope)
    return run


def slice_retry(*, actor: User, piece: Slice) -> SyncRun:
    """Read these days of one stream anew, whatever became of them."""
    source = piece.run.source
    require(actor, policies.SOURCE_SYNC, source.scope)
    if source.kind == FILE_KIND:
        raise Conflict(_("A file source is fed by files: load one."))
    if piece.run.trigger in {SyncRun.Trigger.SHEET, SyncRun.Trigger.UNDO}:
        raise Conflict(_("These days were not read from the source."))
    with transaction.atomic():
        run = run_create(source=source, trigger=SyncRun.Trigger.MANUAL, actor=actor)
        Slice.objects.create(
            run=run, stream=piece.stream, first_day=piece.first_day, last_day=piece.last_day
        )
        audit(action="register.slice.retried", actor=actor, target=run, scope=source.scope)
    return run


def sweep() -> dict[str, int]:
    """Find what is due, lost or ready to go on, and wake workers for it. Runs every few seconds.

    A run whose worker has not been heard of for RUN_STALE_SECONDS is given to another one.
    """
    now = timezone.now()
    due = 0
    # A source that waits for a person has no due time (`sync.run_finish`).
    busy = SyncRun.objects.open().values("source")
    for source in Source.objects.filter(is_active=True, next_due_at__lte=now).exclude(pk__in=busy):
        try:
            run_create(source=source, trigger=SyncRun.Trigger.SCHEDULE)
            due += 1
        except Conflict:
            continue  # another sweeper was quicker
    stale = now - dt.timedelta(seconds=settings.RUN_STALE_SECONDS)
    # A run that was woken and still queues behind others is not woken again for a while.
    quiet = Q(heartbeat_at=None) | Q(heartbeat_at__lt=stale)
    planned = Q(created_at__lt=now - dt.timedelta(seconds=settings.SWEEP_SECONDS)) & quiet
    waiting = Q(not_before__lte=now) & (quiet | Q(heartbeat_at__lt=F("not_before")))
    lost = SyncRun.objects.filter(
        (Q(state=State.PLANNED) & planned)
        | (Q(state=State.WAITING) & waiting)
        | Q(state=State.RUNNING, heartbeat_at__lt=stale)
    )
    woken = list(lost.values_list("pk", flat=True))
    for run_id in woken:
        enqueue("register.run_execute", run_id)
    SyncRun.objects.filter(pk__in=woken, state__in=[State.PLANNED, State.WAITING]).update(
        heartbeat_at=now
    )
    return {"due": due, "woken": len(woken)}
