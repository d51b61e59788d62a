"""Putting results into the register: COPY, one merge, the roll-up, all in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from psycopg2.errors import UniqueViolation

from kpis.register.services.partitions import partition_ensure
from kpis.register.services.planner import copy_rows, hash_joins
from kpis.register.services.spool import ResultSpool

Window = list[int | dt.date]  # stream id, first day, last day
COLUMNS = "stream_id, day, metric_id, subject_id, value, currency, flags, slice_id, raw_id"


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did: rows new, rows whose value changed, rows that vanished from the source."""

    written: int
    changed: int
    removed: int

    def __add__(self, other: Merged) -> Merged:
        return Merged(
            self.written + other.written,
            self.changed + other.changed,
            self.removed + other.removed,
        )


def results_merge(
    *,
    spool: ResultSpool,
    first: dt.date,
    last: dt.date,
    own_metrics_only: bool = False,
    metric_ids: Collection[int] | None = None,
) -> Merged:
    """Make days ``first``…``last`` of the stream equal to the spooled rows; of the metrics among
    them only, where ``own_metrics_only`` (a file says nothing about metrics it does not have), or
    of ``metric_ids`` (the others of the stream are derived from its records).

    Rows that changed or vanished leave a `ResultRevision`; equal rows stay untouched. Must run
    inside a transaction (the caller commits the slice with it). Where two spooled rows have one key
    the last wins.
    """
    partition_ensure(spool.years)
    window: Window = [spool.stream_id, first, last]
    with connection.cursor() as cursor:
        # One writer per stream: two runs can never interleave inside a window.
        cursor.execute("SELECT pg_advisory_xact_lock(1, %s)", [spool.stream_id])
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM register_result "
            "WHERE stream_id = %s AND day BETWEEN %s AND %s)",
            window,
        )
        if not cursor.fetchone()[0] and _copy_fresh(spool):
            merged = Merged(spool.rows, 0, 0)
        else:
            _copy_incoming(spool)
            told = sorted(spool.metric_ids) if own_metrics_only else metric_ids
            merged = _merge_incoming(spool.slice_id, window, told)
    rollup_refresh(stream_id=spool.stream_id, first=first, last=last)
    return merged


def results_merge_incoming(
    *,
    slice_id: int,
    stream_id: int,
    days: Collection[dt.date],
    metric_ids: Collection[int] | None,
) -> Merged:
    """As `results_merge`, for rows that already stand in the temporary table ``incoming``; touches
    ``metric_ids`` (None: all) on ``days`` only."""
    window: Window = [stream_id, min(days), max(days)]
    merged = _merge_incoming(slice_id, window, metric_ids, days)
    rollup_refresh(stream_id=stream_id, first=min(days), last=max(days), days=days)
    return merged


def results_add_incoming(*, slice_id: int, stream_id: int, days: Collection[dt.date]) -> Merged:
    """Put the rows of the temporary table ``incoming`` in or replace them by key; nothing goes."""
    window: Window = [stream_id, min(days), max(days)]
    merged = _merge_incoming(slice_id, window, None, days, keep_others=True)
    rollup_refresh(stream_id=stream_id, first=min(days), last=max(days), days=days)
    return merged


def results_copy_incoming(spool: ResultSpool) -> None:
    """Spooled rows into the temporary table ``incoming``; of two with one key the last stays."""
    _copy_incoming(spool)


def _copy_fresh(spool: ResultSpool) -> bool:
    """Straight into the table when the window is empty; False when the source repeated a key."""
    try:
        with transaction.atomic():
            copy_rows(f"COPY register_result ({COLUMNS}) FROM STDIN", spool.file)
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            return False
        raise
    return True


def incoming_create() -> None:
    """The temporary table a merge reads; ``number`` keeps the order of arrival."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS incoming")
        cursor.execute(
            "CREATE TEMPORARY TABLE incoming "
            "(number bigserial, LIKE register_result INCLUDING DEFAULTS) ON COMMIT DROP"
        )


def _copy_incoming(spool: ResultSpool) -> None:
    incoming_create()
    copy_rows(f"COPY incoming ({COLUMNS}) FROM STDIN", spool.file)
    with connection.cursor() as cursor:
        # Of two rows with one key the last stays. Groups are made by hash: a sort of a million rows
        # to find nothing would cost as much as the load.
        cursor.execute(
            "DELETE FROM incoming i USING (SELECT stream_id, day, metric_id, subject_id, "
            "max(number) AS last FROM incoming GROUP BY 1, 2, 3, 4 HAVING count(*) > 1) AS t "
            "WHERE " + SAME + " AND i.number < t.last"
        )
        cursor.execute("ANALYZE incoming")


SAME = (
    "t.stream_id = i.stream_id AND t.day = i.day AND t.metric_id = i.metric_id "
    "AND t.subject_id = i.subject_id"
)
DIFFERS = "(t.value, t.currency, t.flags) IS DISTINCT FROM (i.value, i.currency, i.flags)"


def _merge_incoming(
    slice_id: int,
    window: Window,
    metric_ids: Collection[int] | None = None,
    days: Collection[dt.date] | None = None,
    *,
    keep_others: bool = False,
) -> Merged:
    """Delete what vanished (nothing, if ``keep_others``), update what changed, insert what is new;
    revisions for the first two. Rows of other metrics than ``metric_ids`` and on other days than
    ``days`` (None: all) stay.

    What is and what came are joined once; only the difference is worked on afterwards.
    """
    of = list(metric_ids) if metric_ids is not None else None
    on = sorted(days) if days is not None else None
    with hash_joins(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS difference")
        cursor.execute(
            "CREATE TEMPORARY TABLE difference ON COMMIT DROP AS SELECT "
            "coalesce(t.stream_id, i.stream_id) AS stream_id, coalesce(t.day, i.day) AS day, "
            "coalesce(t.metric_id, i.metric_id) AS metric_id, "
            "coalesce(t.subject_id, i.subject_id) AS subject_id, "
            "t.value AS old_value, t.loaded_at AS old_loaded_at, t.slice_id AS old_slice_id, "
            "i.value, i.currency, i.flags, i.slice_id, i.raw_id, "
            "t.stream_id IS NULL AS is_new, i.stream_id IS NULL AS is_gone "
            "FROM (SELECT * FROM register_result WHERE stream_id = %s AND day BETWEEN %s AND %s) "
            "AS t FULL JOIN incoming i ON " + SAME + " WHERE t.stream_id IS NULL "
            "OR (i.stream_id IS NOT NULL AND " + DIFFERS + ") "
            "OR (i.stream_id IS NULL AND NOT %s "
            "AND (%s::bigint[] IS NULL OR t.metric_id = ANY(%s::bigint[])) "
            "AND (%s::date[] IS NULL OR t.day = ANY(%s::date[])))",
            [*window, keep_others, of, of, on, on],
        )
        cursor.execute("ANALYZE difference")
        cursor.execute(
            "INSERT INTO register_resultrevision (stream_id, day, metric_id, subject_id, "
            "old_value, new_value, old_loaded_at, old_slice_id, changed_at, slice_id) "
            "SELECT stream_id, day, metric_id, subject_id, old_value, value, old_loaded_at, "
            "old_slice_id, now(), %s FROM difference "
            "WHERE NOT is_new AND value IS DISTINCT FROM old_value",
            [slice_id],
        )
        # The window is said again: it names the partitions.
        cursor.execute(
            "DELETE FROM register_result t USING difference i WHERE i.is_gone "
            "AND t.stream_id = %s AND t.day BETWEEN %s AND %s AND " + SAME,
            window,
        )
        removed = cursor.rowcount
        cursor.execute(
            "UPDATE register_result t SET value = i.value, currency = i.currency, flags = i.flags, "
            "slice_id = i.slice_id, raw_id = i.raw_id, "
            # an equal value was known before: "as known on" a past date must still find it
            "loaded_at = CASE WHEN t.value = i.value THEN t.loaded_at ELSE now() END "
            "FROM difference i WHERE NOT i.is_new AND NOT i.is_gone "
            "AND t.stream_id = %s AND t.day BETWEEN %s AND %s AND " + SAME,
            window,
        )
        changed = cursor.rowcount
        cursor.execute(
            f"INSERT INTO register_result ({COLUMNS}) SELECT {COLUMNS} FROM difference "
            "WHERE is_new ON CONFLICT DO NOTHING"
        )
        return Merged(cursor.rowcount, changed, removed)


def rollup_refresh(
    *, stream_id: int, first: dt.date, last: dt.date, days: Collection[dt.date] | None = None
) -> None:
    """Recompute the daily totals of a stream's days (``days`` among them, None: all) from its rows.
    Correct by construction."""
    on = sorted(days) if days is not None else None
    window: list[Any] = [stream_id, first, last, on, on]
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM register_daily_total WHERE stream_id = %s AND day BETWEEN %s AND %s "
            "AND (%s::date[] IS NULL OR day = ANY(%s::date[]))",
            window,
        )
        cursor.execute(
            "INSERT INTO register_daily_total "
            "(stream_id, metric_id, day, value, rows, flags, loaded_at) "
            "SELECT r.stream_id, r.metric_id, r.day, sum(r.value), count(*), bit_or(r.flags), "
            "max(r.loaded_at) FROM register_result r JOIN register_metric m ON m.id = r.metric_id "
            "WHERE r.stream_id = %s AND r.day BETWEEN %s AND %s "
            "AND (%s::date[] IS NULL OR r.day = ANY(%s::date[])) "
            "GROUP BY r.stream_id, r.metric_id, r.day, m.agg_dims "
            # unique people of two subjects do not add up: no total rather than a false one
            "HAVING count(*) = 1 OR (m.agg_dims = 'sum' "
            # nor does money in two currencies
            "AND min(nullif(r.currency, '')) IS NOT DISTINCT FROM max(nullif(r.currency, '')))",
            window,
        )
