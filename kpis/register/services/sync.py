"""The sync engine: a worker takes a run and carries its slices through, one commit each.

What happens on a fault is decided by its class (`connectors.errors`), never by its text: retry and
wait free the worker until a later time, auth stops the source, config and bug stop the stream, skip
goes on.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from config.lib.errors import AppError
from config.lib.tasks import enqueue
from config.lib.text import localize, pick
from kpis.register.connectors.base import Connector
from kpis.register.connectors.errors import BugError, RetryError, SkipError, SourceError, WaitError
from kpis.register.models import FileImport, Slice, Source, SyncRun
from kpis.register.models.run import State
from kpis.register.registry import FILE_KIND
from kpis.register.services.claims import ClaimLost, run_claim, run_lock, undo_withdraw
from kpis.register.services.connecting import connect, connect_replay
from kpis.register.services.loading import import_execute
from kpis.register.services.resolver import Resolver
from kpis.register.services.runs import rereads_done, slices_plan
from kpis.register.services.slices import slice_execute
from kpis.register.services.sources import attention_set
from kpis.register.services.tapes import Recorder
from kpis.register.services.undo import undo_execute

logger = logging.getLogger(__name__)
MAX_ATTEMPTS = 6
MAX_TAKEOVERS = 5
LONGEST_PAUSE = 600
PERSON_NEEDED = frozenset({"auth", "config", "bug"})
OPEN = (State.PLANNED, State.WAITING, State.RUNNING)


def run_execute(run_id: int) -> None:
    """Carry the run as far as it goes now. Does nothing when another worker holds it or it has
    ended.
    """
    claim = run_claim(run_id)
    if claim is None:
        return
    run = SyncRun.objects.select_related("source__scope", "source__owner").get(pk=run_id)
    logger.info("reading %s", run.source)
    try:
        if run.takeovers > MAX_TAKEOVERS:
            _give_up(run, claim)
        elif run.trigger == SyncRun.Trigger.IMPORT:
            import_execute(run=run, claim=claim)
        elif run.trigger == SyncRun.Trigger.UNDO:
            undo_execute(run=run, claim=claim)
        else:
            _pull(run, claim)
    except ClaimLost:
        logger.warning("run %s was cancelled or taken over by another worker", run.uid)
    except (InterfaceError, OperationalError):
        # Nothing can be written now; the heartbeat grows old and the sweeper hands the run on.
        logger.exception("the database failed in run %s", run.uid)
        raise
    except Exception:
        logger.exception("fault of ours in run %s", run.uid)
        fault = SourceError(
            _("The program failed while reading. The developers need the run's number."),
            detail=str(run.uid),
        )
        with suppress(ClaimLost):  # the run goes on elsewhere
            _fail(run, claim, fault)
            run_finish(run=run, claim=claim, fault=fault)


def _give_up(run: SyncRun, claim: UUID) -> None:
    """What kills every worker that touches it is not tried for ever."""
    fault = SourceError(
        _("Reading this stopped the worker several times. The developers need the run's number."),
        detail=str(run.uid),
    )
    _fail(run, claim, fault)
    run_finish(run=run, claim=claim, fault=fault)


def _pull(run: SyncRun, claim: UUID) -> None:
    try:
        if not run.slices.exists():
            slices_plan(run=run)
        recorder = Recorder()
        with closing(_connected(run, recorder)) as connector:
            resolver = Resolver(run.source)
            began = time.monotonic()
            fault: SourceError | None = None
            while (piece := _next(run)) is not None:
                if _cancelled(run, claim) or _turn_over(run, claim, began):
                    return
                try:
                    with _played(run):
                        slice_execute(
                            run=run,
                            claim=claim,
                            piece=piece,
                            connector=connector,
                            resolver=resolver,
                            recorder=recorder,
                        )
                except SkipError as error:
                    _fail(run, claim, error, pk=piece.pk)
                except WaitError as error:
                    _hold(run, claim, piece, error)
                except SourceError as error:
                    if _pause(run, claim, piece, error):
                        return
                    fault = error
                    _fail(run, claim, error, **_stopped(piece, error))
        if not _asleep(run, claim):
            run_finish(run=run, claim=claim, fault=fault or _fault_before(run))
    except SourceError as error:  # planning asked the source for its time zone
        if not _pause(run, claim, None, error):
            _fail(run, claim, error)
            run_finish(run=run, claim=claim, fault=error)
    except AppError as error:  # the stored secret cannot be read
        secret = SourceError(error.message)
        secret.kind = "auth"
        _fail(run, claim, secret)
        run_finish(run=run, claim=claim, fault=secret)


@contextmanager
def _played(run: SyncRun) -> Iterator[None]:
    """Kept answers stay as they are: for a replay there is nothing to wait for."""
    try:
        yield
    except (RetryError, WaitError) as error:
        if run.trigger != SyncRun.Trigger.REPLAY:
            raise
        raise BugError(
            _("The kept answers end in a fault of then; read the days anew."), detail=str(error)
        ) from error


def _fault_before(run: SyncRun) -> SourceError | None:
    """What stopped a stream in an earlier turn of the run: a person must hear of it at the end."""
    piece = run.slices.filter(state=State.FAILED, error_kind__in=PERSON_NEEDED).first()
    if piece is None:
        return None
    fault = SourceError(lazy(pick, str)(piece.error), detail=piece.detail)
    fault.kind = piece.error_kind
    return fault


def _connected(run: SyncRun, recorder: Recorder) -> Connector:
    """The vendor, or for a replay what it answered before."""
    if run.trigger == SyncRun.Trigger.REPLAY:
        kept = run.slices.select_related("replay_of").get().replay_of
        if kept is None:
            raise BugError(_("The answers of these days are no longer kept."))
        return connect_replay(run.source, kept)
    return connect(run.source, tape=recorder)


def _next(run: SyncRun) -> Slice | None:
    """The newest slice not yet done and not told to wait; one that was running when a worker died
    is simply done again.
    """
    ready = Q(not_before=None) | Q(not_before__lte=timezone.now())
    return (
        run.slices.filter(ready, state__in=OPEN)
        .select_related("stream")
        .order_by("-last_day", "stream_id")
        .first()
    )


def _stopped(piece: Slice, error: SourceError) -> dict[str, int]:
    """Config and bug stop one stream; auth and a dead source stop them all."""
    return {"stream": piece.stream_id} if error.kind in {"config", "bug"} else {}


def _cancelled(run: SyncRun, claim: UUID) -> bool:
    with transaction.atomic():
        locked = run_lock(run.pk, claim)
        return _cancel_asked(locked)


def _cancel_asked(locked: SyncRun) -> bool:
    """Cancel the locked run if a person has asked for it."""
    if not locked.cancel_requested:
        return False
    locked.slices.filter(state__in=OPEN).update(state=State.CANCELLED)
    locked.state, locked.finished_at, locked.claim = State.CANCELLED, timezone.now(), None
    locked.save(update_fields=["state", "finished_at", "claim"])
    return True


def _turn_over(run: SyncRun, claim: UUID, began: float) -> bool:
    """Let other sources have the worker after RUN_TURN_SECONDS; the run goes to the end of the
    queue.

    A backfill of years would otherwise hold a worker for hours and meet the task's time limit.
    """
    if time.monotonic() - began < settings.RUN_TURN_SECONDS:
        return False
    with transaction.atomic():
        locked = run_lock(run.pk, claim)
        locked.state, locked.claim = State.PLANNED, None
        locked.save(update_fields=["state", "claim"])
        enqueue("register.run_execute", run.pk)
    return True


def _hold(run: SyncRun, claim: UUID, piece: Slice, error: WaitError) -> None:
    """The source asks to wait with this stream: its slices wait, the other streams go on. Waiting
    as told is no failure, so the attempt does not count."""
    until = max(error.until, timezone.now() + dt.timedelta(seconds=1))
    with transaction.atomic():
        run_lock(run.pk, claim)
        _mark(Slice.objects.filter(pk=piece.pk), State.WAITING, error)
        Slice.objects.filter(pk=piece.pk).update(attempts=max(piece.attempts - 1, 0))
        run.slices.filter(stream=piece.stream_id, state__in=OPEN).update(not_before=until)
    logger.warning("%s waits until %s: %s", piece, until.isoformat(timespec="seconds"), error)


def _asleep(run: SyncRun, claim: UUID) -> bool:
    """Put the run to sleep until the first of its waiting slices may go on; False when none
    waits."""
    with transaction.atomic():
        locked = run_lock(run.pk, claim)
        waiting = locked.slices.filter(state__in=OPEN).order_by("not_before")
        first = waiting.first()
        if first is None:
            return False
        if _cancel_asked(locked):  # not after hours of waiting
            return True
        told = waiting.exclude(error_kind="").first() or first
        locked.state, locked.claim, locked.not_before = State.WAITING, None, first.not_before
        locked.error_kind, locked.error, locked.advice = told.error_kind, told.error, {}
        locked.detail = told.detail
        locked.save()
    logger.warning("%s waits until %s", run.source, locked.not_before)
    return True


def _pause(run: SyncRun, claim: UUID, piece: Slice | None, error: SourceError) -> bool:
    """Put the run to sleep when its fault passes by itself; False when it does not, or not any
    more.
    """
    now = timezone.now()
    if isinstance(error, WaitError):
        until = max(error.until, now + dt.timedelta(seconds=1))
    elif isinstance(error, RetryError):
        attempts = piece.attempts if piece is not None else run.planning_attempts + 1
        if attempts >= MAX_ATTEMPTS:
            return False
        pause = min(settings.RETRY_SECONDS * 2 ** max(attempts - 1, 0), LONGEST_PAUSE)
        until = now + dt.timedelta(seconds=pause)
    else:
        return False
    with transaction.atomic():
        locked = run_lock(run.pk, claim)
        if _cancel_asked(locked):
            return True
        if piece is not None:
            _mark(Slice.objects.filter(pk=piece.pk), State.WAITING, error)
        elif isinstance(error, RetryError):
            locked.planning_attempts += 1
        locked.state, locked.claim, locked.not_before = State.WAITING, None, until
        locked.error_kind, locked.error = error.kind, localize(error.message)
        locked.advice = localize(error.advice) if error.advice else {}
        locked.detail = error.detail
        locked.save()
    logger.warning("%s waits until %s: %s", run.source, until.isoformat(timespec="seconds"), error)
    return True


def _mark(pieces: QuerySet[Slice], state: State, error: SourceError) -> None:
    pieces.update(
        state=state,
        error_kind=error.kind,
        error=localize(error.message),
        detail=error.detail,
        finished_at=timezone.now() if state == State.FAILED else None,
    )


def _fail(run: SyncRun, claim: UUID, error: SourceError, **which: int) -> None:
    """What is still open (one slice, one stream, or all) will not be tried in this run.

    Raises `ClaimLost`: who no longer holds the run fails nothing of it.
    """
    with transaction.atomic():
        run_lock(run.pk, claim)
        _mark(Slice.objects.filter(run=run, state__in=OPEN, **which), State.FAILED, error)


def run_finish(*, run: SyncRun, claim: UUID, fault: SourceError | None) -> None:
    """Close the run by what its slices became, and say on the source what a person must do.

    Done only when every slice is done and none is suspicious; nothing done is a failure, never an
    empty success. A fault that needs a person takes the source off the schedule until it is
    changed.
    """
    now = timezone.now()
    with transaction.atomic():
        locked = run_lock(run.pk, claim)
        states = set(locked.slices.values_list("state", flat=True))
        suspicious = locked.slices.exclude(notices=[]).filter(rows_received=0).exists()
        if fault is None and states <= {State.DONE}:
            locked.state = State.PARTIAL if suspicious else State.DONE
        else:
            locked.state = State.PARTIAL if State.DONE in states else State.FAILED
        locked.claim, locked.finished_at, locked.not_before = None, now, None
        locked.error_kind = fault.kind if fault else ""
        locked.error = localize(fault.message) if fault else {}
        locked.advice = localize(fault.advice) if fault and fault.advice else {}
        locked.detail = fault.detail if fault else ""
        locked.save()
        if fault is not None:
            FileImport.objects.filter(run=locked, state=FileImport.State.STARTED).update(
                state=FileImport.State.REFUSED
            )
            undo_withdraw(run=locked)
        if locked.state == State.DONE:
            rereads_done(run=locked)
        if locked.trigger != SyncRun.Trigger.REPLAY:  # which says nothing of the source as it is
            _tell_source(locked, fault, now)
    logger.info("%s: %s", run.source, locked.state)


def _tell_source(run: SyncRun, fault: SourceError | None, now: dt.datetime) -> None:
    source = Source.objects.select_for_update(of=("self",)).get(pk=run.source_id)
    if run.state in {State.DONE, State.PARTIAL}:
        source.last_success_at = now
    if fault is None:
        source.state, source.attention = Source.State.OK, {}
        if source.kind != FILE_KIND and source.next_due_at is None:
            source.next_due_at = now + dt.timedelta(minutes=source.every_minutes)
    elif fault.kind in PERSON_NEEDED:
        source.next_due_at = None
    source.save(update_fields=["last_success_at", "state", "attention", "next_due_at"])
    if fault is not None:
        attention_set(source=source, text=localize(fault.message), url=run.get_absolute_url())
