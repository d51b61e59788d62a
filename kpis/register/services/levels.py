"""Counters that a source gives as totals: kept as read, booked as the day's growth."""

from __future__ import annotations

from django.db import connection

from kpis.register.models.result import Flag
from kpis.register.services.partitions import partition_ensure
from kpis.register.services.planner import copy_rows, hash_joins
from kpis.register.services.results import Merged, incoming_create, results_add_incoming
from kpis.register.services.spool import RowSpool

LEVEL = "stream_id, metric_id, subject_id, day, taken_at, value, slice_id, raw_id"
SPOOLED = f"{LEVEL}, since, flags"
# A counter first read this soon after it began is booked whole: little of it can be of other days.
YOUNG_DAYS = 3

_OVERTAKEN = """
    DELETE FROM reading r USING register_level l
    WHERE l.stream_id = r.stream_id AND l.metric_id = r.metric_id
    AND l.subject_id = r.subject_id AND l.day = r.day AND l.taken_at > r.taken_at
"""
_KEEP = f"""
    INSERT INTO register_level ({LEVEL}) SELECT {LEVEL} FROM reading
    ON CONFLICT (stream_id, metric_id, subject_id, day) DO UPDATE SET
    (taken_at, value, slice_id, raw_id) =
    (excluded.taken_at, excluded.value, excluded.slice_id, excluded.raw_id)
"""
# A reading that came late also changes the growth of the reading after it.
_GROWTH = f"""
    WITH booked AS (
        SELECT stream_id, metric_id, subject_id, day, value, slice_id, raw_id, since, flags
        FROM reading
        UNION ALL
        SELECT l.stream_id, l.metric_id, l.subject_id, l.day, l.value, l.slice_id, l.raw_id,
            NULL, coalesce(t.flags, 0) & ~{int(Flag.ESTIMATED)}
        FROM reading r
        CROSS JOIN LATERAL (
            SELECT * FROM register_level l
            WHERE l.stream_id = r.stream_id AND l.metric_id = r.metric_id
            AND l.subject_id = r.subject_id AND l.day > r.day ORDER BY l.day LIMIT 1
        ) AS l
        LEFT JOIN register_result t ON t.stream_id = l.stream_id AND t.day = l.day
            AND t.metric_id = l.metric_id AND t.subject_id = l.subject_id
        WHERE NOT EXISTS (
            SELECT 1 FROM reading own WHERE own.metric_id = l.metric_id
            AND own.subject_id = l.subject_id AND own.day = l.day
        )
    )
    INSERT INTO incoming
        (stream_id, day, metric_id, subject_id, value, currency, flags, slice_id, raw_id)
    SELECT r.stream_id, r.day, r.metric_id, r.subject_id,
        CASE WHEN m.agg_time = 'sum' THEN r.value - coalesce(before.value, 0) ELSE r.value END, '',
        r.flags | CASE WHEN m.agg_time = 'sum' AND before.value IS NULL AND r.since < r.day
            THEN {int(Flag.ESTIMATED)} ELSE 0 END,
        r.slice_id, r.raw_id
    FROM booked r
    JOIN register_metric m ON m.id = r.metric_id
    LEFT JOIN LATERAL (
        SELECT value FROM register_level l
        WHERE l.stream_id = r.stream_id AND l.metric_id = r.metric_id
        AND l.subject_id = r.subject_id AND l.day < r.day ORDER BY l.day DESC LIMIT 1
    ) AS before ON true
    -- a counter first seen when it is old is only the base for what follows
    WHERE m.agg_time <> 'sum' OR before.value IS NOT NULL OR r.day - r.since <= {YOUNG_DAYS}
"""


def levels_merge(*, spool: RowSpool, stream_id: int, slice_id: int) -> Merged:
    """Keep the readings (of a day the last one stays, in whatever order they come) and book them.
    Nothing read before goes: a counter that was not read today still stood where it stood. Runs
    inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(1, %s)", [stream_id])
        cursor.execute(
            "CREATE TEMPORARY TABLE reading (LIKE register_level INCLUDING DEFAULTS) ON COMMIT DROP"
        )
        cursor.execute("ALTER TABLE reading ADD since date, ADD flags integer, ADD place bigserial")
        copy_rows(f"COPY reading ({SPOOLED}) FROM STDIN", spool.file)
        cursor.execute(
            "DELETE FROM reading WHERE place IN (SELECT place FROM (SELECT place, row_number() "
            "OVER (PARTITION BY metric_id, subject_id, day ORDER BY taken_at DESC, place DESC) "
            "AS turn FROM reading) AS turns WHERE turn > 1)"
        )
        cursor.execute("ANALYZE reading")
        cursor.execute(_OVERTAKEN)
        cursor.execute("SELECT DISTINCT day FROM reading")
        partition_ensure({day.year for (day,) in cursor.fetchall()})
        cursor.execute(_KEEP)
        incoming_create()
        cursor.execute(_GROWTH)
        cursor.execute("DROP TABLE reading")
        cursor.execute("SELECT DISTINCT day FROM incoming")
        days = [day for (day,) in cursor.fetchall()]
    if not days:
        return Merged(0, 0, 0)
    with hash_joins():
        return results_add_incoming(slice_id=slice_id, stream_id=stream_id, days=days)
