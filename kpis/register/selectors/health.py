"""How a source is, in one word; never green for a reading that is late, partial or suspicious."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kpis.register.models import Source, SyncRun
from kpis.register.models.run import State
from kpis.register.registry import FILE_KIND

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

GRACE = dt.timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Health:
    """``mark`` is that of the badge: good, warn, bad, info or "" (nothing to judge)."""

    word: StrOrPromise
    mark: str


def health(source: Source, last: SyncRun | None, now: dt.datetime) -> Health:
    """The source's health by its state, its newest run ``last`` and its schedule."""
    if source.state == Source.State.ATTENTION:
        return Health(_("needs attention"), "bad")
    if last is not None and last.state == State.WAITING:
        return Health(_("waiting"), "warn")
    if last is not None and last.is_open:
        # Translators: a source from which data is being read right now
        return Health(_("being read"), "info")
    if not source.is_active and source.kind != FILE_KIND:
        # Translators: a source that is not read on schedule for now
        return Health(_("paused"), "")
    # A refused file says nothing against the files before it.
    pulled = source.kind != FILE_KIND
    if pulled and last is not None and last.state in {State.PARTIAL, State.FAILED}:
        return Health(last.get_state_display(), "bad" if last.state == State.FAILED else "warn")
    if is_late(source, now):
        # Translators: a source that has not been read when it should have been
        return Health(_("late"), "warn")
    if source.state == Source.State.NEW:
        return Health(_("no files yet") if source.kind == FILE_KIND else _("not read yet"), "")
    return Health(_("works"), "good")


def is_late(source: Source, now: dt.datetime) -> bool:
    """Whether a reading was due and has not begun for longer than one more interval."""
    if not source.is_active or source.next_due_at is None:
        return False
    return now - source.next_due_at > dt.timedelta(minutes=source.every_minutes) + GRACE
