"""Taking a loaded file out again: what it brought goes, what it changed comes back.

Rows that a later load has changed belong to that load and stay.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Conflict
from kpis.register import policies
from kpis.register.models import FileImport, Slice, SyncRun
from kpis.register.models.run import State
from kpis.register.services.claims import run_lock
from kpis.register.services.derived import derive
from kpis.register.services.planner import hash_joins
from kpis.register.services.results import Merged, incoming_create, results_merge_incoming
from kpis.register.services.runs import run_create
from staff.accounts.access import require
from staff.accounts.models import User
from staff.accounts.services.audit import audit

# What is no longer in force: loads that were undone, and the undoing itself.
_DEAD = """
    SELECT array_agg(s.id) FROM register_slice s JOIN register_syncrun r ON r.id = s.run_id
    LEFT JOIN register_fileimport f ON f.run_id = r.id
    WHERE s.stream_id = %(stream)s AND s.id <> %(slice)s
    AND (f.state = 'undone' OR r.trigger = 'undo')
"""
# Of two changes of one row by the file the first knew the row as it was before. What it was may
# have come from a load undone since: then what was before that one, and so on.
_BEFORE = """
    WITH RECURSIVE told AS (
        SELECT DISTINCT ON (slice_id, day, metric_id, subject_id)
            id, slice_id, day, metric_id, subject_id, old_value, old_slice_id
        FROM register_resultrevision
        WHERE stream_id = %(stream)s AND slice_id = ANY(%(slice)s || %(dead)s::bigint[])
        ORDER BY slice_id, day, metric_id, subject_id, id
    ), back AS (
        SELECT id AS first, day, metric_id, subject_id, old_value, old_slice_id
        FROM told WHERE slice_id = %(slice)s
        UNION ALL
        SELECT b.first, b.day, b.metric_id, b.subject_id, t.old_value, t.old_slice_id
        FROM back b JOIN told t ON t.slice_id = b.old_slice_id AND t.day = b.day
            AND t.metric_id = b.metric_id AND t.subject_id = b.subject_id
        WHERE b.old_slice_id = ANY(%(dead)s::bigint[])
    )
    SELECT * FROM back
    WHERE old_slice_id IS NULL OR old_slice_id <> ALL(%(dead)s::bigint[])
"""
_DAYS = """
    SELECT day FROM register_result WHERE stream_id = %(stream)s AND slice_id = %(slice)s
    UNION SELECT day FROM register_resultrevision
    WHERE stream_id = %(stream)s AND slice_id = %(slice)s
"""
_KEPT = """
    INSERT INTO incoming
        (stream_id, day, metric_id, subject_id, value, currency, flags, slice_id, raw_id)
    SELECT stream_id, day, metric_id, subject_id, value, currency, flags, slice_id, raw_id
    FROM register_result
    WHERE stream_id = %(stream)s AND day = ANY(%(days)s::date[]) AND slice_id <> %(slice)s
"""
_RESTORED = f"""
    INSERT INTO incoming
        (stream_id, day, metric_id, subject_id, value, currency, flags, slice_id, raw_id)
    SELECT %(stream)s, b.day, b.metric_id, b.subject_id, b.old_value,
        coalesce(t.currency, CASE WHEN m.unit = 'money' THEN %(currency)s ELSE '' END),
        coalesce(t.flags, 0), coalesce(b.old_slice_id, %(undo)s), 0
    FROM ({_BEFORE}) AS b
    JOIN register_metric m ON m.id = b.metric_id
    LEFT JOIN register_result t ON t.stream_id = %(stream)s AND t.day = b.day
        AND t.metric_id = b.metric_id AND t.subject_id = b.subject_id
    WHERE t.slice_id = %(slice)s OR (t.stream_id IS NULL AND NOT EXISTS (
        -- a later load took it out
        SELECT 1 FROM register_resultrevision r
        WHERE r.stream_id = %(stream)s AND r.day = b.day AND r.metric_id = b.metric_id
        AND r.subject_id = b.subject_id AND r.id > b.first
        AND r.slice_id <> ALL(%(slice)s || %(dead)s::bigint[])
    ))
"""
_ORDER_DAYS = """
    SELECT day FROM register_order WHERE stream_id = %(stream)s AND slice_id = %(slice)s
    UNION SELECT (old->>'day')::date FROM register_orderrevision WHERE slice_id = %(slice)s
"""
_ORDERS_OUT = """
    DELETE FROM register_order WHERE stream_id = %(stream)s AND slice_id = %(slice)s
"""
_ORDERS_BACK = """
    WITH RECURSIVE told AS (
        SELECT DISTINCT ON (slice_id, key) id, slice_id, key, old,
            (old->>'slice_id')::bigint AS old_slice_id
        FROM register_orderrevision
        WHERE stream_id = %(stream)s AND slice_id = ANY(%(slice)s || %(dead)s::bigint[])
        ORDER BY slice_id, key, id
    ), back AS (
        SELECT id AS first, key, old, old_slice_id FROM told WHERE slice_id = %(slice)s
        UNION ALL
        SELECT b.first, b.key, t.old, t.old_slice_id
        FROM back b JOIN told t ON t.slice_id = b.old_slice_id AND t.key = b.key
        WHERE b.old_slice_id = ANY(%(dead)s::bigint[])
    )
    INSERT INTO register_order
    SELECT (jsonb_populate_record(NULL::register_order, b.old)).* FROM back b
    WHERE b.old_slice_id <> ALL(%(dead)s::bigint[]) AND NOT EXISTS (
        SELECT 1 FROM register_orderrevision r
        WHERE r.stream_id = %(stream)s AND r.key = b.key AND r.id > b.first
        AND r.slice_id <> ALL(%(slice)s || %(dead)s::bigint[])
    )
    ON CONFLICT DO NOTHING
"""


def import_undo(*, actor: User, record: FileImport) -> SyncRun:
    """Plan the undoing of a loaded file. Raises `Conflict` when it is not loaded or its source is
    being read."""
    require(actor, policies.IMPORT, record.source.scope)
    with transaction.atomic():
        locked = FileImport.objects.select_for_update(of=("self",)).get(pk=record.pk)
        if locked.state != FileImport.State.DONE:
            raise Conflict(_("Only a loaded file can be undone."))
        run = run_create(source=record.source, trigger=SyncRun.Trigger.UNDO, actor=actor)
        locked.undo_run, locked.state = run, FileImport.State.UNDONE
        locked.save(update_fields=["undo_run", "state", "updated_at"])
        audit(
            action="register.import.undone",
            actor=actor,
            target=locked,
            scope=record.source.scope,
            before={"state": FileImport.State.DONE},
            after={"state": FileImport.State.UNDONE, "rows": locked.rows_loaded},
        )
    return run


def undo_execute(*, run: SyncRun, claim: UUID) -> None:
    """Carry the undoing out, all or nothing, and close the run."""
    record = FileImport.objects.select_related("source", "run").get(undo_run=run)
    with transaction.atomic():
        locked = run_lock(run.pk, claim)
        Slice.objects.filter(run=run).delete()
        for loaded in Slice.objects.filter(run=record.run, state=State.DONE):
            piece = Slice.objects.create(
                run=run,
                stream=loaded.stream,
                first_day=loaded.first_day,
                last_day=loaded.last_day,
                state=State.DONE,
                finished_at=timezone.now(),
            )
            merged = _undo(loaded, piece, record)
            piece.rows_written, piece.rows_changed, piece.rows_removed = (
                merged.written,
                merged.changed,
                merged.removed,
            )
            piece.save(update_fields=["rows_written", "rows_changed", "rows_removed"])
        locked.state, locked.claim, locked.finished_at = State.DONE, None, timezone.now()
        locked.save(update_fields=["state", "claim", "finished_at"])


def _undo(loaded: Slice, piece: Slice, record: FileImport) -> Merged:
    currency = str(record.source.settings.get("currency") or "RUB")
    names: dict[str, Any] = {
        "stream": loaded.stream_id,
        "slice": loaded.pk,
        "undo": piece.pk,
        "currency": currency,
    }
    with hash_joins(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(1, %s)", [loaded.stream_id])
        cursor.execute(_DEAD, names)
        names["dead"] = cursor.fetchone()[0] or []
        cursor.execute(_ORDER_DAYS, names)
        ordered = {day for (day,) in cursor.fetchall()}
        if ordered:
            cursor.execute(_ORDERS_OUT, names)
            removed = cursor.rowcount
            cursor.execute(_ORDERS_BACK, names)
            back = cursor.rowcount
            derive(stream_id=loaded.stream_id, slice_id=piece.pk, days=ordered)
            return Merged(0, back, max(removed - back, 0))
        cursor.execute(_DAYS, names)
        days: set[dt.date] = {day for (day,) in cursor.fetchall()}
        if not days:
            return Merged(0, 0, 0)
        names["days"] = sorted(days)
        incoming_create()
        cursor.execute(_KEPT, names)
        cursor.execute(_RESTORED, names)
        cursor.execute("ANALYZE incoming")
    return results_merge_incoming(
        slice_id=piece.pk, stream_id=loaded.stream_id, days=days, metric_ids=None
    )
