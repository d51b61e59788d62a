"""Figures entered by hand: for channels without an interface, and for what an interface lacks."""

from __future__ import annotations

import datetime as dt
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Conflict, Invalid
from config.lib.money import number
from config.lib.text import filled
from kpis.register import policies
from kpis.register.models import Metric, RawAnswer, Result, Slice, Source, Subject, SyncRun
from kpis.register.models.result import Flag
from kpis.register.models.run import State
from kpis.register.services.partitions import partition_ensure
from kpis.register.services.results import incoming_create, results_merge_incoming
from kpis.register.services.sources import stream_ensure
from staff.accounts.access import require
from staff.accounts.models import User
from staff.accounts.services.audit import audit

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

STREAM = "manual"

_OTHERS = """
    INSERT INTO incoming
        (stream_id, day, metric_id, subject_id, value, currency, flags, slice_id, raw_id)
    SELECT stream_id, day, metric_id, subject_id, value, currency, flags, slice_id, raw_id
    FROM register_result WHERE stream_id = %(stream)s AND day = ANY(%(days)s::date[])
    AND NOT (subject_id = %(subject)s AND (metric_id, day) IN (
        SELECT * FROM unnest(%(metrics)s::bigint[], %(on)s::date[])))
"""
_ENTERED = """
    INSERT INTO incoming
        (stream_id, day, metric_id, subject_id, value, currency, flags, slice_id, raw_id)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True, slots=True)
class Cell:
    """A change of one figure: from what the person saw to what was typed; None is empty."""

    metric: str
    day: dt.date
    seen: Decimal | None
    typed: Decimal | None


def sheet_values(
    *, source: Source, subject: Subject, first: dt.date, last: dt.date
) -> dict[tuple[str, dt.date], Decimal]:
    """The figures entered so far, by metric code and day."""
    rows = Result.objects.filter(
        stream__source=source,
        stream__name=STREAM,
        subject=subject,
        day__gte=first,
        day__lte=last,
    ).values_list("metric__code", "day", "value")
    return {(code, day): value for code, day, value in rows}


def sheet_save(
    *,
    actor: User,
    source: Source,
    subject: Subject,
    cells: list[Cell],
    currency: str = "RUB",
    note: str = "",
) -> SyncRun | None:
    """Put changed figures in, each flagged as entered by hand, with its history. None when nothing
    changed.

    Raises `Invalid` for a figure that cannot be (negative counts, fractions of pieces, a day to
    come) and `Conflict` when somebody else has changed one of the cells meanwhile, both by cell.
    """
    require(actor, policies.RESULT_ENTER, source.scope)
    changes = [cell for cell in cells if cell.seen != cell.typed]
    if not changes:
        return None
    words = {metric.code: metric for metric in Metric.objects.all()}
    _check(changes, words)
    with transaction.atomic():
        used = tuple(sorted({cell.metric for cell in changes}))
        stream = stream_ensure(source=source, name=STREAM, metrics=used)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(1, %s)", [stream.pk])
        days = sorted({cell.day for cell in changes})
        now_there = sheet_values(source=source, subject=subject, first=days[0], last=days[-1])
        if moved := _moved(changes, now_there):
            raise Conflict(
                _("Somebody has changed these figures meanwhile: look at what is there now."),
                fields=moved,
            )
        now = timezone.now()
        run = SyncRun.objects.create(
            source=source,
            trigger=SyncRun.Trigger.SHEET,
            state=State.DONE,
            created_by=actor,
            started_at=now,
            finished_at=now,
        )
        piece = Slice.objects.create(
            run=run,
            stream=stream,
            first_day=days[0],
            last_day=days[-1],
            state=State.DONE,
            finished_at=now,
            rows_received=len(changes),
        )
        answer = _keep(piece, actor, subject, changes, note)
        _merge(piece, answer, subject, changes, words, currency)
        stream.loaded_at = now
        stream.save(update_fields=["loaded_at"])
        audit(
            action="register.sheet.saved",
            actor=actor,
            target=source,
            scope=source.scope,
            before={_name(cell): _text(cell.seen) for cell in changes},
            after={_name(cell): _text(cell.typed) for cell in changes},
        )
    return run


@transaction.atomic
def sheet_begin(
    *,
    actor: User,
    source: Source,
    kind: str,
    name: str,
    cells: list[Cell],
    currency: str = "RUB",
    note: str = "",
) -> Subject | None:
    """The first figures of a subject that the register does not know yet: makes it, unless there is
    one of this name and kind already. None when nothing was typed."""
    require(actor, policies.RESULT_ENTER, source.scope)
    if all(cell.typed is None for cell in cells):
        return None
    origin = f"source:{source.pk}"
    known = Subject.objects.filter(origin=origin, kind=kind, label__iexact=name).first()
    subject = known or Subject.objects.create(
        origin=origin, kind=kind, key=name[:200], label=name[:250], scope=source.scope
    )
    if known is None:
        audit(
            action="register.subject.created",
            actor=actor,
            target=source,
            scope=source.scope,
            after={"subject": subject.label, "kind": str(subject.get_kind_display())},
        )
    sheet_save(
        actor=actor, source=source, subject=subject, cells=cells, currency=currency, note=note
    )
    return subject


def _moved(
    changes: list[Cell], now_there: Mapping[tuple[str, dt.date], Decimal]
) -> dict[str, StrOrPromise]:
    """What stands in the cells that are not as they were seen."""
    fields: dict[str, StrOrPromise] = {}
    for cell in changes:
        now = now_there.get((cell.metric, cell.day))
        if now != cell.seen:
            said = (
                _("empty in the register now")
                if now is None
                else filled(_("in the register now: %(value)s"), value=number(now))
            )
            fields[f"{cell.metric}:{cell.day.isoformat()}"] = said
    return fields


def _check(changes: list[Cell], words: Mapping[str, Metric]) -> None:
    fields: dict[str, str] = {}
    last = timezone.localdate()
    for cell in changes:
        metric = words.get(cell.metric)
        name = f"{cell.metric}:{cell.day.isoformat()}"
        if metric is None:
            fields[name] = str(_("There is no such metric."))
        elif cell.day > last:
            fields[name] = str(_("This day has not come yet."))
        elif cell.typed is not None and not _fits(metric, cell.typed):
            fields[name] = str(filled(_("“%(metric)s” is a whole number."), metric=metric.name))
    if fields:
        raise Invalid(_("Check the figures."), fields=fields)


def _fits(metric: Metric, value: Decimal) -> bool:
    """Money may have kopecks and be negative; everything else is counted."""
    return metric.unit == Metric.Unit.MONEY or (value >= 0 and value == value.to_integral_value())


def _keep(piece: Slice, actor: User, subject: Subject, changes: list[Cell], note: str) -> RawAnswer:
    """The sheet as typed: what a figure entered by hand leads to."""
    body = json.dumps(
        {
            "entered_by": actor.full_name,
            "subject": subject.label,
            "note": note,
            "figures": {_name(cell): _text(cell.typed) for cell in changes},
        },
        ensure_ascii=False,
        indent=1,
    ).encode()
    return RawAnswer.objects.create(
        slice=piece,
        attempt=1,
        number=1,
        request="sheet",
        content_type="application/json",
        packed=zlib.compress(body),
        size=len(body),
        received_at=timezone.now(),
    )


def _merge(
    piece: Slice,
    answer: RawAnswer,
    subject: Subject,
    changes: list[Cell],
    words: Mapping[str, Metric],
    currency: str,
) -> None:
    days = {cell.day for cell in changes}
    partition_ensure({day.year for day in days})
    incoming_create()
    with connection.cursor() as cursor:
        cursor.execute(
            _OTHERS,
            {
                "stream": piece.stream_id,
                "days": sorted(days),
                "subject": subject.pk,
                "metrics": [words[cell.metric].pk for cell in changes],
                "on": [cell.day for cell in changes],
            },
        )
        for cell in changes:
            if cell.typed is None:
                continue
            money = words[cell.metric].unit == Metric.Unit.MONEY
            cursor.execute(
                _ENTERED,
                [
                    piece.stream_id,
                    cell.day,
                    words[cell.metric].pk,
                    subject.pk,
                    cell.typed,
                    currency if money else "",
                    int(Flag.MANUAL),
                    piece.pk,
                    answer.pk,
                ],
            )
    merged = results_merge_incoming(
        slice_id=piece.pk, stream_id=piece.stream_id, days=days, metric_ids=None
    )
    piece.rows_written, piece.rows_changed, piece.rows_removed = (
        merged.written,
        merged.changed,
        merged.removed,
    )
    piece.save(update_fields=["rows_written", "rows_changed", "rows_removed"])


def _name(cell: Cell) -> str:
    return f"{cell.metric} {cell.day.isoformat()}"


def _text(value: Decimal | None) -> str:
    return "" if value is None else format(value.normalize(), "f")
