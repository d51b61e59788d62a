"""Figures added up in the database by two of: time, subject, source, metric.

Only what adds up is added: unique people never are, of a level the last value of each series
counts, money of two currencies stays apart. What is left is one figure per cell, or the reason why
there is none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Invalid
from kpis.register import policies
from kpis.register.models import Metric, Source, StreamMetric
from kpis.register.selectors.subject_tree import SubjectChoice
from kpis.register.services.planner import hash_joins
from staff.accounts.models import Scope, User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ROWS = ("day", "week", "month", "subject", "source", "metric")
COLUMNS = ("metric", "source", "month", "subject")
MAX_CELLS = 20_000
ALL = SubjectChoice()
Key = Any  # a day, or the id of a metric, source or subject
Sum, Dims = Metric.AggTime, Metric.AggDims


@dataclass(frozen=True, slots=True)
class Selection:
    """Which figures are meant, both days included. ``metrics`` empty: all that have figures.
    ``counted``: True those that enter KPIs, False those kept for comparison, None both. ``flag``: a
    bit of `Flag`, 0 any."""

    user: User
    first: dt.date
    last: dt.date
    metrics: tuple[Metric, ...] = ()
    source: Source | None = None
    scope: Scope | None = None
    subjects: SubjectChoice = ALL
    counted: bool | None = True
    flag: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """What one crossing holds. ``value`` None: ``reason`` says why it is not one figure. ``rows``
    is how many rows of the register lie behind it, 0 where they were not counted."""

    value: Decimal | None
    currency: str
    rows: int
    flags: int
    reason: StrOrPromise = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells by (metric, row, column); ``by_row`` and ``by_column`` are the totals of a metric."""

    cells: dict[tuple[int, Key, Key], Cell]
    by_row: dict[tuple[int, Key], Cell]
    by_column: dict[tuple[int, Key], Cell]

    @property
    def metric_ids(self) -> set[int]:
        return {metric for metric, _row, _column in self.cells}


@dataclass(frozen=True, slots=True)
class _Pair:
    stream: int
    metric: int
    source: int


# How a row of the register is called along each axis.
_KEYS = {
    "day": "r.day",
    "week": "date_trunc('week', r.day)::date",
    "month": "date_trunc('month', r.day)::date",
    "subject": "coalesce(s.merged_into_id, s.id)",
    "source": "p.source_id",
    "metric": "p.metric_id",
}
_PAIRS = (
    "unnest(%(streams)s::bigint[], %(metrics)s::bigint[], %(sources)s::bigint[], %(money)s::text[])"
    " AS p(stream_id, metric_id, source_id, currency)"
)
_JOIN = "r.stream_id = p.stream_id AND r.metric_id = p.metric_id"
_DAYS = "r.day BETWEEN %(first)s AND %(last)s"
_NAMED = "JOIN register_subject s ON s.id = r.subject_id"
_SETS = "GROUPING SETS ((m, r, c), (m, r), (m, c))"

# Metrics that add up over days and subjects: one pass, by the roll-up or by the rows.
_ADDED = """
    SELECT m, r, c, grouping(r), grouping(c), sum(n)::bigint, 1, sum(value), max(value), sum(value),
        true, min(currency), max(currency), bit_or(flags)
    FROM (SELECT p.metric_id AS m, {row} AS r, {column} AS c, {count} AS n, r.value, r.flags,
            {currency} AS currency
        FROM {pairs} JOIN {table} r ON {join} {named} WHERE {days} {more}) AS t
    GROUP BY {sets} LIMIT {limit}
"""
# The others: a line per series (stream and subject) first.
_SERIES = """
    SELECT m, r, c, no_r, no_c, sum(n)::bigint, count(*), sum(total), max(top), sum(newest),
        min(first) = max(last), min(low), max(high), bit_or(flags)
    FROM (SELECT m, r, c, grouping(r) AS no_r, grouping(c) AS no_c, count(*) AS n,
            sum(value) AS total, max(value) AS top,
            (array_agg(value ORDER BY day DESC))[1] AS newest, min(day) AS first, max(day) AS last,
            min(currency) AS low, max(currency) AS high, bit_or(flags) AS flags
        FROM (SELECT p.metric_id AS m, {row} AS r, {column} AS c, r.value, r.flags, r.currency,
                r.day, r.stream_id, r.subject_id
            FROM {pairs} JOIN register_result r ON {join} {named} WHERE {days} {more}) AS t
        GROUP BY stream_id, subject_id, {sets}) AS series
    GROUP BY m, r, c, no_r, no_c LIMIT {limit}
"""
# The newest currency of a stream's money: the roll-up has none.
_MONEY = """
    SELECT p.stream_id, p.metric_id, coalesce(x.currency, '') FROM
        unnest(%(streams)s::bigint[], %(metrics)s::bigint[]) AS p(stream_id, metric_id),
        LATERAL (SELECT r.currency FROM register_result r
            WHERE r.stream_id = p.stream_id AND r.metric_id = p.metric_id
            AND r.day BETWEEN %(first)s AND %(last)s ORDER BY r.day DESC LIMIT 1) AS x
"""


def pivot(chosen: Selection, *, rows: str, columns: str) -> Grid:
    """The figures of ``chosen`` by two axes. As many queries whatever the number of rows.

    Raises `Invalid` when there would be more than `MAX_CELLS` cells.
    """
    grid = Grid({}, {}, {})
    by_subject = "subject" in {rows, columns}
    by_rows = by_subject or bool(chosen.subjects) or bool(chosen.flag)
    pairs, words = _pairs(chosen)
    added = [pair for pair in pairs if _adds(words[pair.metric])]
    others = [pair for pair in pairs if not _adds(words[pair.metric])]
    parts = {
        "row": _KEYS[rows],
        "column": _KEYS[columns],
        "pairs": _PAIRS,
        "join": _JOIN,
        "named": _NAMED if by_subject else "",
        "days": _DAYS,
        "sets": _SETS,
        "limit": MAX_CELLS + 1,
    }
    if added:
        table = {
            "table": "register_result" if by_rows else "register_daily_total",
            "count": "1" if by_rows else "r.rows",
            "currency": "r.currency" if by_rows else "p.currency",
        }
        money = {} if by_rows else _currencies(chosen, added, words)
        _read(grid, words, chosen, added, _ADDED, {**parts, **table}, money)
    if others:
        _read(grid, words, chosen, others, _SERIES, parts, {})
    return grid


def _pairs(chosen: Selection) -> tuple[list[_Pair], dict[int, Metric]]:
    sources = Source.objects.visible_to(chosen.user, policies.SOURCE_VIEW)
    found = StreamMetric.objects.filter(stream__source__in=sources).select_related("metric")
    if chosen.source is not None:
        found = found.filter(stream__source=chosen.source)
    if chosen.scope is not None:
        found = found.filter(stream__source__scope__path__startswith=chosen.scope.path)
    if chosen.metrics:
        found = found.filter(metric__in=chosen.metrics)
    if chosen.counted is not None:
        found = found.filter(is_counted=chosen.counted)
    known = [
        _Pair(*ids) for ids in found.values_list("stream_id", "metric_id", "stream__source_id")
    ]
    return known, Metric.objects.in_bulk({pair.metric for pair in known})


def _adds(metric: Metric) -> bool:
    return metric.agg_time == Sum.SUM and metric.agg_dims == Dims.SUM


def _currencies(
    chosen: Selection, pairs: Sequence[_Pair], words: dict[int, Metric]
) -> dict[tuple[int, int], str]:
    money = [pair for pair in pairs if words[pair.metric].unit == Metric.Unit.MONEY]
    if not money:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_MONEY, _values(chosen, money))
        return {(stream, metric): code for stream, metric, code in cursor.fetchall()}


def _values(chosen: Selection, pairs: Sequence[_Pair]) -> dict[str, Any]:
    return {
        "streams": [pair.stream for pair in pairs],
        "metrics": [pair.metric for pair in pairs],
        "sources": [pair.source for pair in pairs],
        "first": chosen.first,
        "last": chosen.last,
    }


def _read(
    grid: Grid,
    words: dict[int, Metric],
    chosen: Selection,
    pairs: Sequence[_Pair],
    sql: str,
    parts: dict[str, Any],
    money: dict[tuple[int, int], str],
) -> None:
    values = _values(chosen, pairs)
    values["money"] = [money.get((pair.stream, pair.metric), "") for pair in pairs]
    more = ""
    if chosen.subjects:
        inner, given = chosen.subjects.ids_sql()
        names = {f"s{place}": value for place, value in enumerate(given)}
        values |= names
        more += "AND r.subject_id IN (" + inner % tuple(f"%({name})s" for name in names) + ") "
    if chosen.flag:
        values["flag"] = chosen.flag
        more += "AND r.flags & %(flag)s <> 0 "
    statement = sql.format(**parts, more=more)
    with _joining(statement), connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchall()
    if len(found) > MAX_CELLS:
        raise Invalid(_("Too many cells: narrow the period, the metrics or the subjects."))
    for metric_id, row, column, no_row, no_column, *facts in found:
        cell = _cell(words[metric_id], *facts)
        if no_column:
            grid.by_row[metric_id, row] = cell
        elif no_row:
            grid.by_column[metric_id, column] = cell
        else:
            grid.cells[metric_id, row, column] = cell


@contextmanager
def _joining(statement: str) -> Iterator[None]:
    """The rows are read as a whole: the planner cannot know how many a pair has and would look each
    of them up. The daily totals are few."""
    if "JOIN register_result" not in statement:
        yield
        return
    with transaction.atomic(), hash_joins():
        yield


def _cell(
    metric: Metric,
    rows: int,
    series: int,
    total: Decimal,
    top: Decimal,
    newest: Decimal,
    one_day: bool,
    low: str,
    high: str,
    flags: int,
) -> Cell:
    """One figure where the metric's meaning allows it."""

    def no(reason: StrOrPromise) -> Cell:
        return Cell(None, "", rows, flags, reason)

    if low != high:
        return no(_("Money of several currencies does not add up."))
    if rows > 1 and metric.agg_dims == Dims.NONE and series > 1:
        return no(_("Does not add up over subjects and sources: one person may be in several."))
    value = total
    if not one_day or metric.agg_time == Sum.LAST:
        if metric.agg_time == Sum.NONE and not one_day:
            return no(_("Does not add up over days: one person may come on several."))
        if metric.agg_time == Sum.LAST:
            value = newest
        elif metric.agg_time == Sum.MAX:
            if series > 1:
                return no(_("The largest days of several series do not add up."))
            value = top
    return Cell(value, high, rows, flags)
