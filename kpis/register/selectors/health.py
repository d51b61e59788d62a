"""How a source is, in one word; never green for a reading that is late, partial or suspicious."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from kpis.register.models import Source, Stream, SyncRun
from kpis.register.models.run import State
from kpis.register.registry import FILE_KIND

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

GRACE = dt.timedelta(minutes=30)


class Code(TextChoices):
    """What a source can be, what needs a person first."""

    ATTENTION = "attention", _("needs attention")
    FAILED = "failed", _("failed")
    PARTIAL = "partial", _("partly done")
    # Translators: a source that has not been read when it should have been
    LATE = "late", _("late")
    # Translators: a source fed by files, and its figures are older than was agreed
    FILE_DUE = "file_due", _("new file due")
    WAITING = "waiting", _("waiting")
    # Translators: a source from which data is being read right now
    READING = "reading", _("being read")
    NEW = "new", _("not read yet")
    # Translators: a source that is not read on schedule for now
    PAUSED = "paused", _("paused")
    OK = "ok", _("works")


MARKS = {
    Code.ATTENTION: "bad",
    Code.FAILED: "bad",
    Code.PARTIAL: "warn",
    Code.LATE: "warn",
    Code.FILE_DUE: "warn",
    Code.WAITING: "warn",
    Code.READING: "info",
    Code.NEW: "",
    Code.PAUSED: "",
    Code.OK: "good",
}


@dataclass(frozen=True, slots=True)
class Health:
    """``mark`` is that of the badge: good, warn, bad, info or "" (nothing to judge)."""

    code: Code
    word: StrOrPromise
    mark: str


def health(
    source: Source, last: SyncRun | None, now: dt.datetime, streams: Iterable[Stream] = ()
) -> Health:
    """The source's health by its state, its newest run ``last``, its schedule and the age of the
    ``streams`` it gives."""
    code = _code(source, last, now, streams)
    is_file = source.kind == FILE_KIND
    word = _("no files yet") if code == Code.NEW and is_file else code.label
    return Health(code, word, MARKS[code])


def _code(
    source: Source, last: SyncRun | None, now: dt.datetime, streams: Iterable[Stream]
) -> Code:
    pulled = source.kind != FILE_KIND
    if source.state == Source.State.ATTENTION:
        return Code.ATTENTION
    if last is not None and last.state == State.WAITING:
        return Code.WAITING
    if last is not None and last.is_open:
        return Code.READING
    if not source.is_active and pulled:
        return Code.PAUSED
    # A refused file says nothing against the files before it.
    if pulled and last is not None and last.state in {State.PARTIAL, State.FAILED}:
        return Code.FAILED if last.state == State.FAILED else Code.PARTIAL
    if is_late(source, now):
        return Code.LATE
    if any(is_old(stream, now) for stream in streams):
        return Code.LATE if pulled else Code.FILE_DUE
    return Code.NEW if source.state == Source.State.NEW else Code.OK


def is_late(source: Source, now: dt.datetime) -> bool:
    """Whether a reading was due and has not begun for longer than one more interval."""
    if not source.is_active or source.next_due_at is None:
        return False
    return now - source.next_due_at > dt.timedelta(minutes=source.every_minutes) + GRACE


def is_old(stream: Stream, now: dt.datetime) -> bool:
    """Whether the stream's figures are older than was agreed. Nothing read is not old."""
    if stream.loaded_at is None:
        return False
    return now - stream.loaded_at > dt.timedelta(hours=stream.agreed_hours)
