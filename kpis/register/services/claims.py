"""Holding a run: one worker at a time, and a dead worker's run passes to another."""

from __future__ import annotations

import datetime as dt
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from kpis.register.models import FileImport, Slice, SyncRun
from kpis.register.models.run import OPEN_STATES, State


class ClaimLost(Exception):
    """The run was given to another worker or cancelled; whatever this one still had is dropped."""


def run_claim(run_id: int) -> UUID | None:
    """Take the run if it is free: planned, due after waiting, or its holder is silent for too long.

    Conditional UPDATEs, so of two workers exactly one gets a token.
    """
    now = timezone.now()
    stale = now - dt.timedelta(seconds=settings.RUN_STALE_SECONDS)
    claim = uuid4()
    run = SyncRun.objects.filter(pk=run_id)
    hold = {"state": State.RUNNING, "claim": claim, "heartbeat_at": now, "not_before": None}
    taken = run.filter(Q(state=State.PLANNED) | Q(state=State.WAITING, not_before__lte=now)).update(
        **hold
    ) or run.filter(state=State.RUNNING, heartbeat_at__lt=stale).update(
        takeovers=F("takeovers") + 1, **hold
    )
    if not taken:
        return None
    run.filter(started_at=None).update(started_at=now)
    return claim


def run_beat(run_id: int, claim: UUID) -> None:
    """Say "still alive". Raises `ClaimLost` when the run has been given to another worker."""
    if not SyncRun.objects.filter(pk=run_id, claim=claim).update(heartbeat_at=timezone.now()):
        raise ClaimLost


def run_lock(run_id: int, claim: UUID) -> SyncRun:
    """The run, locked for the rest of the transaction. Raises `ClaimLost` as `run_beat`."""
    run: SyncRun | None = SyncRun.objects.select_for_update().filter(pk=run_id, claim=claim).first()
    if run is None:
        raise ClaimLost
    return run


def undo_withdraw(*, run: SyncRun) -> None:
    """A run that ends before it has undone its load leaves the load as it was: loaded."""
    FileImport.objects.filter(undo_run=run, state=FileImport.State.UNDONE).update(
        state=FileImport.State.DONE
    )


def pulls_drop(source_id: int) -> None:
    """Cancel the open readings of a source, also one at work: it finds its claim gone and writes
    nothing more. Loads of files, and their undoing, go on.
    """
    pulls = SyncRun.objects.filter(source=source_id, state__in=OPEN_STATES).exclude(
        trigger__in=[SyncRun.Trigger.IMPORT, SyncRun.Trigger.UNDO]
    )
    dropped = list(pulls.select_for_update().values_list("pk", flat=True))
    now = timezone.now()
    SyncRun.objects.filter(pk__in=dropped).update(
        state=State.CANCELLED, claim=None, finished_at=now, not_before=None
    )
    Slice.objects.filter(run__in=dropped, state__in=OPEN_STATES).update(
        state=State.CANCELLED, finished_at=now
    )
