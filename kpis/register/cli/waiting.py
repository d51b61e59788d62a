"""Carrying a run through in the foreground, with a progress line in days and rows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connections
from django.utils import timezone
from django.utils.translation import gettext as _

from config.lib.money import number
from kpis.register.models import SyncRun
from kpis.register.models.run import State
from kpis.register.selectors.runs import OpenRun, progress_of, with_progress
from kpis.register.services.sync import run_execute

Say = Callable[[str], None]
POLL_SECONDS = 1.0


def run_progress(run_id: int) -> OpenRun | None:
    """How far the run is; None for a run that cannot be seen yet."""
    found = with_progress(SyncRun.objects.filter(pk=run_id)).first()
    return progress_of(found) if found is not None else None


def run_carry(run: SyncRun, say: Say | None = None) -> OpenRun:
    """Execute the run here until it has ended, waiting as the source tells. ``say`` gets a line
    whenever something has moved. A worker may hold the run as well: then it is only watched."""
    with _watched(run.pk, say):
        while True:
            run_execute(run.pk)
            run.refresh_from_db()
            if not run.is_open:
                break
            time.sleep(_pause(run))
    progress = run_progress(run.pk)
    if progress is None:
        raise LookupError("the run has been removed")
    return progress


def words(progress: OpenRun) -> str:
    """``running: 12 of 365 days, rows: 36``."""
    parts = []
    if progress.days_total:
        days = {"done": number(progress.days_done), "total": number(progress.days_total)}
        parts.append(_("%(done)s of %(total)s days") % days)
    parts.append(_("rows: %(rows)s") % {"rows": number(progress.rows)})
    line = f"{progress.run.get_state_display()}: {', '.join(parts)}"
    if progress.waiting_until is not None:
        until = timezone.localtime(progress.waiting_until)
        line += " · " + _("waiting until %(time)s") % {"time": f"{until:%H:%M:%S}"}
        line += f" · {progress.run.error_text}"
    return line


def _pause(run: SyncRun) -> float:
    """Until the source may be asked again, in steps that let a cancellation be seen."""
    if run.state != State.WAITING or run.not_before is None:
        return POLL_SECONDS
    left = (run.not_before - timezone.now()).total_seconds()
    return min(max(left, 0.05), POLL_SECONDS)


@contextmanager
def _watched(run_id: int, say: Say | None) -> Iterator[None]:
    """Says what has moved while the block works."""
    if say is None:
        yield
        return
    stop = threading.Event()
    watcher = threading.Thread(target=_watch, args=(run_id, say, stop), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        stop.set()
        watcher.join()


def _watch(run_id: int, say: Say, stop: threading.Event) -> None:
    last = ""
    try:
        while not stop.wait(POLL_SECONDS):
            progress = run_progress(run_id)
            line = words(progress) if progress else ""
            if line and line != last:
                say(line)
                last = line
    finally:
        connections.close_all()
