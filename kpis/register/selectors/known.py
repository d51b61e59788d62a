"""Figures as they were known at a moment in the past: rows loaded later do not count, rows changed
or withdrawn since stand with their old value.

Exact for values: every change of a value leaves a `ResultRevision`. Which streams count is taken as
it is now, and marks of quality of a value that was changed later are not kept. Costs grow with the
rows of the asked days, so this is for single pages, not for dashboards.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import connection

from kpis.register.models import Metric
from kpis.register.selectors.series import DayFigure, counted
from staff.accounts.models import Scope

# The first change after the moment tells what the value was at the moment.
_KNOWN = """
    WITH pairs AS (
        SELECT *
        FROM unnest(%(streams)s::bigint[], %(metrics)s::bigint[]) AS p(stream_id, metric_id)
    ), later AS (
        SELECT DISTINCT ON (v.stream_id, v.day, v.metric_id, v.subject_id)
            v.stream_id, v.day, v.metric_id, v.subject_id, v.old_value, v.old_loaded_at
        FROM register_resultrevision v JOIN pairs USING (stream_id, metric_id)
        WHERE v.day BETWEEN %(first)s AND %(last)s AND v.changed_at > %(at)s
        ORDER BY v.stream_id, v.day, v.metric_id, v.subject_id, v.changed_at, v.id
    ), known AS (
        SELECT r.stream_id, r.day, r.metric_id, r.subject_id, r.value, r.currency, r.flags,
            r.loaded_at
        FROM register_result r JOIN pairs USING (stream_id, metric_id)
        WHERE r.day BETWEEN %(first)s AND %(last)s AND r.loaded_at <= %(at)s
        AND NOT EXISTS (
            SELECT 1 FROM later l WHERE l.stream_id = r.stream_id AND l.day = r.day
            AND l.metric_id = r.metric_id AND l.subject_id = r.subject_id
        )
        UNION ALL
        SELECT l.stream_id, l.day, l.metric_id, l.subject_id, l.old_value,
            coalesce(r.currency, ''), 0, l.old_loaded_at
        FROM later l LEFT JOIN register_result r ON r.stream_id = l.stream_id AND r.day = l.day
            AND r.metric_id = l.metric_id AND r.subject_id = l.subject_id
        WHERE l.old_loaded_at <= %(at)s
    )
"""
# As `rollup_refresh`: no total where subjects or currencies do not add up.
_TOTALS = """
    SELECT k.metric_id, k.stream_id, k.day, sum(k.value), bit_or(k.flags), max(k.loaded_at)
    FROM known k JOIN register_metric m ON m.id = k.metric_id
    GROUP BY k.stream_id, k.metric_id, k.day, m.agg_dims
    HAVING count(*) = 1 OR (m.agg_dims = 'sum'
        AND min(nullif(k.currency, '')) IS NOT DISTINCT FROM max(nullif(k.currency, '')))
"""
_ROWS = "SELECT metric_id, stream_id, subject_id, day, value, flags, loaded_at FROM known"

ByDay = dict[dt.date, DayFigure]


def known_series(
    *, scope: Scope, metrics: Iterable[Metric], first: dt.date, last: dt.date, at: dt.datetime
) -> dict[str, ByDay]:
    """As `daily_series`: totals of every day under ``scope`` as known at the moment ``at``. Two
    queries."""
    names = {metric.pk: metric.code for metric in metrics}
    found: dict[str, ByDay] = {code: {} for code in names.values()}
    for metric_id, _stream, day, value, flags, loaded_at in _rows(
        _TOTALS, scope, names, first, last, at
    ):
        days = found[names[metric_id]]
        old = days.get(day)
        days[day] = DayFigure(
            value + (old.value if old else Decimal(0)),
            flags | (old.flags if old else 0),
            1 + (old.streams if old else 0),
            max(loaded_at, old.loaded_at) if old else loaded_at,
        )
    return found


def known_single(
    *, scope: Scope, metrics: Iterable[Metric], first: dt.date, last: dt.date, at: dt.datetime
) -> dict[str, dict[tuple[int, int], ByDay]]:
    """As `single_series`: each (stream, subject) on its own as known at ``at``. Two queries."""
    names = {metric.pk: metric.code for metric in metrics}
    found: dict[str, dict[tuple[int, int], ByDay]] = {}
    rows = _rows(_ROWS, scope, names, first, last, at)
    for metric_id, stream, subject, day, value, flags, loaded_at in rows:
        series = found.setdefault(names[metric_id], {}).setdefault((stream, subject), {})
        series[day] = DayFigure(value, flags, 1, loaded_at)
    return found


def _rows(
    statement: str,
    scope: Scope,
    names: dict[int, str],
    first: dt.date,
    last: dt.date,
    at: dt.datetime,
) -> list[tuple[Any, ...]]:
    pairs = list(counted(scope, names.values()).values_list("stream_id", "metric_id"))
    if not pairs:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _KNOWN + statement,
            {
                "streams": [stream for stream, _metric in pairs],
                "metrics": [metric for _stream, metric in pairs],
                "first": first,
                "last": last,
                "at": at,
            },
        )
        return list(cursor.fetchall())
