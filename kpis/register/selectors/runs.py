"""Read models of runs: how far each has come, in days and rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from kpis.register.models import FileImport, SyncRun
from kpis.register.models.run import State
from staff.accounts.models import Scope

_LENGTH = F("slices__last_day") - F("slices__first_day")
_DONE = Q(slices__state=State.DONE)


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run that has not ended. ``days_total`` is 0 until its slices are planned, and for a file,
    whose days are known only at its end. ``rows`` is what has been received or read so far."""

    run: SyncRun
    source_name: str
    days_done: int
    days_total: int
    rows: int
    state: str
    waiting_until: dt.datetime | None


def with_progress(runs: QuerySet[SyncRun]) -> QuerySet[Any]:
    """The runs with slices counted by the database: `progress_of` reads what this adds."""
    return runs.select_related("source", "created_by", "file_import").annotate(
        slice_count=Count("slices"),
        slice_done=Count("slices", filter=_DONE),
        length=Sum(_LENGTH),
        length_done=Sum(_LENGTH, filter=_DONE),
        received=Coalesce(Sum("slices__rows_received"), 0),
        new=Coalesce(Sum("slices__rows_written"), 0),
        changed=Coalesce(Sum("slices__rows_changed"), 0),
        removed=Coalesce(Sum("slices__rows_removed"), 0),
    )


def progress_of(run: Any) -> OpenRun:
    """Days and rows of a run that comes from `with_progress`."""
    record: FileImport | None = getattr(run, "file_import", None)
    is_file = run.trigger == SyncRun.Trigger.IMPORT
    return OpenRun(
        run=run,
        source_name=run.source.name,
        days_done=0 if is_file else _days(run.length_done, run.slice_done),
        days_total=0 if is_file else _days(run.length, run.slice_count),
        rows=record.rows_read if record is not None else run.received,
        state=run.state,
        waiting_until=run.not_before if run.state == State.WAITING else None,
    )


def open_runs(scope: Scope) -> list[OpenRun]:
    """Runs of sources under ``scope`` that are planned, at work or waiting, oldest first. One query."""
    rows = SyncRun.objects.open().filter(source__scope__path__startswith=scope.path)
    return [progress_of(run) for run in with_progress(rows).order_by("created_at")]


def _days(length: dt.timedelta | None, count: int) -> int:
    """Days of ``count`` slices: both ends of each belong to it."""
    return (length.days if length else 0) + count
