"""Read models of runs: how far each has come, in days and rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext

from kpis.register import policies
from kpis.register.models import FileImport, RawAnswer, Slice, SyncRun
from kpis.register.models.run import State
from kpis.register.registry import FILE_KIND
from kpis.register.selectors.streams import stream_labels, stream_specs
from kpis.register.wording import FAULT_ADVICE, RUN_MARKS, RUN_TITLES
from staff.accounts.models import Scope, User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SHOWN_SLICES = 300
# What asks the source, or its kept answers: days of it can be read again.
READ_AGAIN = {SyncRun.Trigger.SCHEDULE, SyncRun.Trigger.MANUAL, SyncRun.Trigger.REPLAY}
_ORDER = {
    State.FAILED: 0,
    State.RUNNING: 1,
    State.WAITING: 2,
    State.PLANNED: 3,
    State.DONE: 4,
    State.CANCELLED: 5,
}
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
    """Runs under ``scope`` that are planned, at work or waiting, oldest first. One query."""
    rows = SyncRun.objects.open().filter(source__scope__path__startswith=scope.path)
    return [progress_of(run) for run in with_progress(rows).order_by("created_at")]


def _days(length: dt.timedelta | None, count: int) -> int:
    """Days of ``count`` slices: both ends of each belong to it."""
    return (length.days if length else 0) + count


@dataclass(frozen=True, slots=True)
class StreamProgress:
    """One stream inside a run."""

    label: StrOrPromise
    days_done: int
    days_total: int
    rows: int
    failed: int
    waiting_until: dt.datetime | None = None

    @property
    def mark(self) -> str:
        """The badge's mark: good only when everything of the stream is done."""
        if self.failed:
            return "bad"
        return "good" if self.days_done == self.days_total else ""


def run_card(run: SyncRun, *, user: User) -> dict[str, Any]:
    """Everything the run's page shows. Five queries."""
    row = (
        with_progress(SyncRun.objects.filter(pk=run.pk))
        .select_related("source__scope", "undone_import")
        .get()
    )
    answers = RawAnswer.objects.filter(slice=OuterRef("pk"))
    slices: list[Any] = list(
        row.slices.select_related("stream", "replay_of__run")
        .annotate(
            answer=Subquery(answers.order_by("-pk").values("uid")[:1]),
            is_kept=Exists(answers.exclude(question="")),
        )
        .order_by("-last_day", "stream_id")
    )
    labels = stream_labels(row.source)
    progress = progress_of(row)
    is_busy = row.is_open or row.source.runs.open().exists()
    may_sync = user.can(policies.SOURCE_SYNC, row.source.scope)
    may_manage = user.can(policies.SOURCE_MANAGE, row.source.scope)
    given = set(stream_specs(row.source)) if row.trigger in READ_AGAIN and not is_busy else set()
    shown = sorted(slices, key=_rank)[:SHOWN_SLICES]
    for piece in shown:
        piece.stream_label = labels.get(piece.stream.name, piece.stream.name)
        piece.mark = slice_mark(piece)
        piece.advice_text = slice_advice(piece, row)
        piece.may_retry = may_sync and piece.stream.name in given
        piece.may_replay = may_manage and piece.is_kept and piece.stream.name in given
    return {
        "title": row.source.name,
        "heading": RUN_TITLES.get(row.trigger, ""),
        "undone": getattr(row, "undone_import", None),
        "original": next((p.replay_of.run for p in slices if p.replay_of), None),
        "run": row,
        "progress": progress,
        "mark": RUN_MARKS[row.state],
        "took": _took(row),
        "record": getattr(row, "file_import", None),
        "streams": [
            _stream_progress(labels.get(name, name), list(pieces))
            for name, pieces in _by_stream(slices)
        ],
        "slices": shown,
        "hidden": len(slices) - len(shown),
        "suspicious": [piece for piece in slices if slice_mark(piece) == "warn"],
        "has_actions": any(piece.may_retry or piece.may_replay for piece in shown),
        "may_sync": may_sync,
        "may_retry": row.source.kind != FILE_KIND and row.trigger in READ_AGAIN and not is_busy,
    }


def _took(run: SyncRun) -> str:
    """How long the run was at work, in seconds below two minutes."""
    if run.started_at is None or run.finished_at is None:
        return ""
    seconds = int((run.finished_at - run.started_at).total_seconds())
    if seconds < 120:
        return gettext("%(n)s s") % {"n": seconds}
    return timesince(run.started_at, run.finished_at, depth=2)


def slice_mark(piece: Slice) -> str:
    """A slice without rows that normally has some is amber, never green."""
    if piece.state == State.DONE and piece.notices and not piece.rows_received:
        return "warn"
    return RUN_MARKS[piece.state]


def slice_advice(piece: Slice, run: SyncRun) -> StrOrPromise:
    """What to do about a slice that failed: the run's own advice where it speaks of the same fault,
    else what its class of fault allows."""
    if piece.state != State.FAILED:
        return ""
    if run.advice and run.error == piece.error:
        return run.advice_text
    return FAULT_ADVICE.get(piece.error_kind, "")


def _rank(piece: Slice) -> int:
    """What needs a look comes first; else newest days first, as they came."""
    return 0 if slice_mark(piece) == "warn" else _ORDER[State(piece.state)]


def _by_stream(slices: list[Slice]) -> list[tuple[str, list[Slice]]]:
    found: dict[str, list[Slice]] = {}
    for piece in slices:
        found.setdefault(piece.stream.name, []).append(piece)
    return sorted(found.items(), key=lambda pair: pair[1][0].stream_id)


def _waiting_until(slices: list[Slice]) -> dt.datetime | None:
    """When the stream goes on; None while any of its slices could be read at once."""
    left = [piece for piece in slices if piece.state in {State.PLANNED, State.WAITING}]
    moments = [piece.not_before for piece in left if piece.not_before is not None]
    if not moments or len(moments) < len(left) or min(moments) <= timezone.now():
        return None
    return min(moments)


def _stream_progress(label: StrOrPromise, slices: list[Slice]) -> StreamProgress:
    return StreamProgress(
        label=label,
        days_done=sum(piece.days for piece in slices if piece.state == State.DONE),
        days_total=sum(piece.days for piece in slices),
        rows=sum(piece.rows_received for piece in slices),
        failed=sum(1 for piece in slices if piece.state == State.FAILED),
        waiting_until=_waiting_until(slices),
    )
