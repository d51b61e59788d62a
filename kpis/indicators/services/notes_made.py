"""Notes the product makes of what it sees in the records of other apps: changed targets, sources
that fell silent, files taken out. Read from rows: nothing is missed and nothing is made twice."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.dates import month_last
from config.lib.text import Localized, localize
from departments.work.clock import date_of
from kpis.indicators.models import Annotation, Target
from kpis.indicators.selectors.alerts import department_of
from kpis.register.models import Slice, Source, SyncRun
from staff.accounts.models import Scope, User

# Older rows have been looked at; a worker that stood still for longer than this is a rare thing.
LOOK_BACK = dt.timedelta(days=30)
SILENT_AFTER = dt.timedelta(days=1)


def annotations_collect(now: dt.datetime | None = None) -> int:
    """Make the notes that are missing; returns how many are new. Idempotent."""
    now = now or timezone.now()
    return _of_targets(now) + _of_undone(now) + _of_sources(now)


def _of_targets(now: dt.datetime) -> int:
    """A target that replaced another one, on the first day of its month."""
    rows = Target.objects.filter(
        created_at__gte=now - LOOK_BACK, employee=None, subject=None
    ).exclude(reason="")
    known = _known("target:")
    made = 0
    for row in rows.select_related("kpi", "scope", "author"):
        if f"target:{row.uid}" in known:
            continue
        made += _make(
            origin=f"target:{row.uid}",
            scope=row.scope,
            kpi_id=row.kpi_id,
            first=row.month,
            last=month_last(row.month),
            texts=localize(_("The target of the month was changed: %(why)s"), {"why": row.reason}),
            author=row.author,
        )
    return made


def _of_undone(now: dt.datetime) -> int:
    """A file whose rows were taken out again, on the days it had told."""
    runs = SyncRun.objects.filter(
        trigger=SyncRun.Trigger.UNDO, finished_at__gte=now - LOOK_BACK
    ).select_related("source__scope", "created_by")
    known = _known("undo:")
    made = 0
    for run in runs:
        if f"undo:{run.uid}" in known:
            continue
        days = [
            day
            for pair in Slice.objects.filter(run=run).values_list("first_day", "last_day")
            for day in pair
            if day is not None
        ]
        at = run.finished_at.date() if run.finished_at else now.date()
        made += _make(
            origin=f"undo:{run.uid}",
            scope=run.source.scope,
            first=min(days, default=at),
            last=max(days, default=at),
            texts=localize(
                _("A file of “%(source)s” was taken out again"), {"source": run.source.name}
            ),
            author=run.created_by,
        )
    return made


def _of_sources(now: dt.datetime) -> int:
    """A source read on schedule that has told nothing for more than a day: a note that grows until
    it works again, and stays as it was then. Its days are not taken for usual."""
    made = 0
    rows = Source.objects.filter(last_success_at__isnull=False).select_related("scope")
    open_notes = {
        note.origin: note
        for note in Annotation.objects.filter(is_open=True, origin__startswith="source:")
    }
    for source in rows:
        told = source.last_success_at
        waits = source.is_active and source.next_due_at is not None
        prefix = f"source:{source.pk}:"
        origin = f"{prefix}{told:%Y-%m-%dT%H:%M:%S}"
        limit = max(SILENT_AFTER, dt.timedelta(minutes=3 * source.every_minutes))
        silent = waits and told is not None and now - told > limit
        first, today = _day(source.scope, told or now), _day(source.scope, now)
        for key, note in open_notes.items():
            if key.startswith(prefix) and not (silent and key == origin):
                _recovered(note, source, today)
        if not silent:
            continue
        if origin in open_notes:
            Annotation.objects.filter(pk=open_notes[origin].pk).update(last_day=today)
            continue
        text = _("The source “%(source)s” has told nothing since this day")
        made += _make(
            origin=origin,
            scope=source.scope,
            first=first,
            last=today,
            texts=localize(text, {"source": source.name}),
            excludes=True,
            is_open=True,
        )
    return made


def _recovered(note: Annotation, source: Source, today: dt.date) -> None:
    text = _("The source “%(source)s” told nothing on these days; it works again")
    if not source.is_active:
        text = _("The source “%(source)s” told nothing on these days, then it was switched off")
    note.is_open = False
    note.last_day = max(note.first_day, min(note.last_day, today))
    note.texts = localize(text, {"source": source.name})
    note.save()


def _day(scope: Scope, at: dt.datetime) -> dt.date:
    """The business date there; a company\'s or the group\'s own source has no department."""
    department = department_of(scope)
    return date_of(department, at) if department else timezone.localdate(at)


def _known(prefix: str) -> set[str]:
    rows = Annotation.objects.filter(origin__startswith=prefix)
    return set(rows.values_list("origin", flat=True))


@transaction.atomic
def _make(
    *,
    origin: str,
    scope: Scope,
    first: dt.date,
    last: dt.date,
    texts: Localized,
    kpi_id: int | None = None,
    author: User | None = None,
    excludes: bool = False,
    is_open: bool = False,
) -> bool:
    _row, made = Annotation.objects.get_or_create(
        origin=origin,
        defaults={
            "scope": scope,
            "kpi_id": kpi_id,
            "first_day": first,
            "last_day": last,
            "kind": Annotation.Kind.PRODUCT,
            "texts": texts,
            "author": author,
            "excludes_from_norm": excludes,
            "is_open": is_open,
        },
    )
    return made
