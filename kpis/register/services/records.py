"""Putting orders, refunds and enquiries with their touches into the register."""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Self

from django.db import connection

from kpis.register.connectors.records import (
    EnquiryRecord,
    Gone,
    OrderRecord,
    Record,
    RefundRecord,
    Touch,
)
from kpis.register.services.calls import calls_relate
from kpis.register.services.derived import derive
from kpis.register.services.persons import person_key
from kpis.register.services.planner import copy_rows, hash_joins
from kpis.register.services.results import Merged
from kpis.register.services.spool import RowSpool


@dataclass(frozen=True, slots=True)
class Table:
    """A table of records: its name, the columns a source fills, what its touches are called."""

    name: str
    columns: str
    owner: str = ""

    @property
    def values(self) -> str:
        """What makes a row another one when it changes."""
        return self.columns.removeprefix("stream_id, key, ").removesuffix(", slice_id, raw_id")

    def columns_of(self, alias: str, columns: str = "") -> str:
        """The columns (all, or these) of the table called ``alias``."""
        names = (columns or self.columns).split(",")
        return ", ".join(f"{alias}.{name.strip()}" for name in names)


ORDERS = Table(
    "register_order",
    'stream_id, key, day, ordered_at, customer, units, amount, currency, channel, promo_code, "row"'
    ", subject_id, status, paid_at, discount, margin, number, person, enquiry, slice_id, raw_id",
    "order",
)
REFUNDS = Table(
    "register_refund",
    'stream_id, key, day, amount, currency, units, "order", subject_id, slice_id, raw_id',
)
ENQUIRIES = Table(
    "register_enquiry",
    "stream_id, key, day, kind, status, at, answered, seconds, line, responsible, customer, "
    "person, channel, subject_id, slice_id, raw_id",
    "enquiry",
)
TABLES = (ORDERS, REFUNDS, ENQUIRIES)
TRACE = "kind, value, at, source, medium, campaign, content, term"
TOUCH = f"stream_id, owner, key, number, {TRACE}"
REVISE = "INSERT INTO register_orderrevision (stream_id, key, slice_id, old, changed_at)"
KEY_LENGTH = 80
FEW = 5_000


class RecordSpool:
    """Records of one slice, to be merged in one transaction by `records_merge`."""

    def __init__(self, stream_id: int, slice_id: int) -> None:
        self.stream_id = stream_id
        self.slice_id = slice_id
        self.tables = {table: RowSpool(table.columns) for table in TABLES}
        self.touches = RowSpool(f"place, {TOUCH}")
        self.days: set[dt.date] = set()
        # By key: how many rows of each table came before the word that it is gone.
        self.gone: dict[str, tuple[int, ...]] = {}

    @property
    def rows(self) -> int:
        """How many records there are, those that are gone included."""
        return sum(spool.rows for spool in self.tables.values()) + len(self.gone)

    def add(self, record: Record, subject_id: int, raw_id: int) -> None:
        """One record. ``subject_id`` is the id of its subject (ignored for `Gone`)."""
        end = (self.slice_id, raw_id)
        if isinstance(record, Gone):
            self.forget(record.key)
            return
        self.days.add(record.day)
        start = (self.stream_id, stored(record.key), record.day)
        match record:
            case OrderRecord():
                self.order(record, subject_id, row=0, raw_id=raw_id)
                self._touch(ORDERS, record.key, record.touches)
            case RefundRecord():
                self.tables[REFUNDS].add(
                    *start,
                    record.amount,
                    record.currency,
                    record.units,
                    record.order[:KEY_LENGTH],
                    subject_id,
                    *end,
                )
            case EnquiryRecord():
                self.tables[ENQUIRIES].add(
                    *start,
                    record.kind.value,
                    record.status.value,
                    record.at,
                    record.answered,
                    record.seconds,
                    record.line[:40],
                    record.responsible[:120],
                    record.customer[:120],
                    person_key(record.contacts),
                    record.channel[:200],
                    subject_id,
                    *end,
                )
                self._touch(ENQUIRIES, record.key, record.touches)

    def forget(self, key: str) -> None:
        """What has this key is gone, unless it is told of again."""
        self.gone[stored(key)] = tuple(self.tables[table].rows for table in TABLES)

    def order(self, record: OrderRecord, subject_id: int, *, row: int, raw_id: int) -> None:
        """One order; ``row`` is its line in a file, 0 for other sources."""
        self.days.add(record.day)
        self.tables[ORDERS].add(
            self.stream_id,
            stored(record.key),
            record.day,
            record.at,
            record.customer[:120],
            record.units,
            record.amount,
            record.currency,
            record.channel[:200],
            record.promo_code[:80],
            row,
            subject_id,
            record.status.value,
            record.paid_at,
            record.discount,
            record.margin,
            record.number[:80],
            person_key(record.contacts),
            record.enquiry[:KEY_LENGTH],
            self.slice_id,
            raw_id,
        )

    def _touch(self, table: Table, key: str, touches: tuple[Touch, ...]) -> None:
        place = self.tables[table].rows  # tells it from the touches of another word on this key
        for number, touch in enumerate(touches):
            self.touches.add(
                place,
                self.stream_id,
                table.owner,
                stored(key),
                number,
                touch.kind.value,
                touch.value[:300],
                touch.at,
                touch.source[:200],
                touch.medium[:200],
                touch.campaign[:300],
                touch.content[:300],
                touch.term[:300],
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        for spool in (*self.tables.values(), self.touches):
            spool.file.close()


def stored(key: str) -> str:
    """A key as it stands in the tables."""
    return key.replace("\x00", "")[:KEY_LENGTH]


def records_merge(
    *,
    spool: RecordSpool,
    window: tuple[dt.date, dt.date] | None,
    derive_all: bool = False,
) -> Merged:
    """Put the spooled records in, then make their daily metrics of every day concerned anew.

    With a ``window`` the records of these days become equal to the spooled ones; without, they are
    put in or replaced by key and only those `Gone` go. ``derive_all`` makes the metrics of
    unchanged records anew as well. Must run inside a transaction. Counts are records, not metric
    rows.
    """
    total = Merged(0, 0, 0)
    # A few rows are looked up by their keys; whole sets are joined (see `hash_joins`).
    joins = hash_joins() if spool.rows > FEW else nullcontext()
    with joins, connection.cursor() as cursor:
        # One writer per stream: two runs can never interleave.
        cursor.execute("SELECT pg_advisory_xact_lock(1, %s)", [spool.stream_id])
        cursor.execute("CREATE TEMPORARY TABLE concerned (day date) ON COMMIT DROP")
        cursor.execute(
            "CREATE TEMPORARY TABLE told (owner varchar(7), key varchar(80), place bigint) "
            "ON COMMIT DROP"
        )
        for table in TABLES:
            total += _merge_table(spool, table, window, derive_all)
        _merge_touches(spool)
        if window:
            cursor.execute(
                "INSERT INTO concerned SELECT generate_series(%s::date, %s::date, '1 day')", window
            )
        cursor.execute("SELECT DISTINCT day FROM concerned")
        days = {day for (day,) in cursor.fetchall()}
        cursor.execute("DROP TABLE concerned, told")
    days |= calls_relate(stream_id=spool.stream_id, days=days)
    if days:
        derive(stream_id=spool.stream_id, slice_id=spool.slice_id, days=days)
    return total


def records_drop(
    *, stream_id: int, slice_id: int, first: dt.date, last: dt.date, present: set[str]
) -> Merged:
    """After a roll call: records of these days whose keys were not ``present`` go."""
    kept = set(map(stored, present))
    with RecordSpool(stream_id, slice_id) as spool, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(1, %s)", [stream_id])
        for table in TABLES:
            cursor.execute(
                f"SELECT key FROM {table.name} WHERE stream_id = %s AND day BETWEEN %s AND %s",
                [stream_id, first, last],
            )
            for (key,) in cursor.fetchall():
                if key not in kept:
                    spool.forget(key)
        return records_merge(spool=spool, window=None) if spool.gone else Merged(0, 0, 0)


def _merge_table(
    spool: RecordSpool, table: Table, window: tuple[dt.date, dt.date] | None, derive_all: bool
) -> Merged:
    rows = spool.tables[table]
    stream_id, slice_id = spool.stream_id, spool.slice_id
    with connection.cursor() as cursor:
        gone = _gone(spool, table, window)
        if rows.rows == 0 and not gone[0]:
            return Merged(0, 0, 0)
        cursor.execute(
            "CREATE TEMPORARY TABLE arrived ON COMMIT DROP AS "
            f"SELECT {table.columns} FROM {table.name} WITH NO DATA"
        )
        cursor.execute("ALTER TABLE arrived ADD COLUMN place bigserial")
        copy_rows(f"COPY arrived ({table.columns}) FROM STDIN", rows.file)
        cursor.execute(  # where a source gave one key twice, the last word counts
            "DELETE FROM arrived WHERE place IN (SELECT place FROM (SELECT place, row_number() "
            "OVER (PARTITION BY key ORDER BY place DESC) AS turn FROM arrived) AS turns "
            "WHERE turn > 1)"
        )
        if spool.gone:  # also where it was told of first and said to be gone afterwards
            before = [places[TABLES.index(table)] for places in spool.gone.values()]
            cursor.execute(
                "DELETE FROM arrived a USING unnest(%s::varchar[], %s::bigint[]) AS g(key, place) "
                "WHERE a.key = g.key AND a.place <= g.place",
                [list(spool.gone), before],
            )
        cursor.execute("CREATE INDEX ON arrived (key)")
        cursor.execute("ANALYZE arrived")
        if table.owner:
            cursor.execute("INSERT INTO told SELECT %s, key, place FROM arrived", [table.owner])
        stay = "AND NOT EXISTS (SELECT 1 FROM arrived a WHERE a.key = t.key)"
        where, values = gone[1], gone[2]
        removed = 0
        if gone[0]:
            _keep_old(table, slice_id, f"t.stream_id = %s AND {where} {stay}", [stream_id, *values])
            cursor.execute(
                f"WITH went AS (DELETE FROM {table.name} t WHERE t.stream_id = %s AND {where} "
                f"{stay} RETURNING t.day, t.key), traces AS (DELETE FROM register_touch x "
                "USING went WHERE x.stream_id = %s AND x.owner = %s AND x.key = went.key) "
                "INSERT INTO concerned SELECT day FROM went",
                [stream_id, *values, stream_id, table.owner],
            )
            removed = cursor.rowcount
        changed = _compare_old(cursor, table, stream_id, by_key=rows.rows <= FEW)
        if table is ORDERS:
            cursor.execute(
                f"{REVISE} SELECT %s, key, %s, old, now() FROM was WHERE differs",
                [stream_id, slice_id],
            )
        names = [name.strip() for name in table.values.split(",")]
        cursor.execute(
            f"WITH put AS (INSERT INTO {table.name} AS t ({table.columns}) "
            f"SELECT {table.columns_of('a')} FROM arrived a LEFT JOIN was w ON w.key = a.key "
            "WHERE w.key IS NULL OR w.differs ON CONFLICT (stream_id, key) DO UPDATE SET "
            + ", ".join(f"{name} = excluded.{name}" for name in (*names, "slice_id", "raw_id"))
            + " RETURNING t.day) INSERT INTO concerned SELECT day FROM put"
        )
        written = cursor.rowcount - changed
        cursor.execute(
            "INSERT INTO concerned SELECT day FROM was WHERE differs "
            "UNION ALL SELECT day FROM arrived WHERE %s",
            [derive_all],
        )
        cursor.execute("DROP TABLE arrived, was")
    return Merged(written, changed, removed)


def _compare_old(cursor: Any, table: Table, stream_id: int, *, by_key: bool) -> int:
    """The rows there are of the keys that arrived, in the temporary table ``was``: with their old
    contents where they differ. Returns how many do.
    """
    differs = f"({table.columns_of('t', table.values)}) IS DISTINCT FROM "
    differs += f"({table.columns_of('a', table.values)})"
    there = (  # each looked up, even where the planner takes the table for empty
        f"arrived a CROSS JOIN LATERAL (SELECT * FROM {table.name} WHERE stream_id = %s "
        "AND key = a.key OFFSET 0) AS t"
        if by_key
        else f"{table.name} t JOIN arrived a ON a.key = t.key AND t.stream_id = %s"
    )
    kept = f"CASE WHEN {differs} THEN to_jsonb(t) END" if table is ORDERS else "NULL::jsonb"
    cursor.execute(
        "CREATE TEMPORARY TABLE was ON COMMIT DROP AS "
        f"SELECT t.key, t.day, {differs} AS differs, {kept} AS old FROM {there}",
        [stream_id],
    )
    cursor.execute("ANALYZE was")
    cursor.execute("SELECT count(*) FROM was WHERE differs")
    changed: int = cursor.fetchone()[0]
    return changed


def _gone(
    spool: RecordSpool, table: Table, window: tuple[dt.date, dt.date] | None
) -> tuple[bool, str, list[Any]]:
    """Whether rows of ``table`` may have to go, and which: a condition with its values."""
    keys = list(spool.gone)
    if window is None:
        return bool(keys), "t.key = ANY(%s)", [keys]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT 1 FROM {table.name} WHERE stream_id = %s "
            "AND day BETWEEN %s AND %s)",
            [spool.stream_id, *window],
        )
        inside = cursor.fetchone()[0]
    if keys:
        return True, "(t.day BETWEEN %s AND %s OR t.key = ANY(%s))", [*window, keys]
    return inside, "t.day BETWEEN %s AND %s", list(window)


def _keep_old(table: Table, slice_id: int, where: str, values: list[Any]) -> None:
    """Orders as they were before this slice, for the day its load is undone."""
    if table is not ORDERS:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"{REVISE} SELECT t.stream_id, t.key, %s, to_jsonb(t), now() "
            f"FROM {table.name} t WHERE {where}",
            [slice_id, *values],
        )


def _merge_touches(spool: RecordSpool) -> None:
    """The touches of every record read become those of the source; of the others they stay. Read
    is what counts, not changed: a record may stay as it is while its touches change.
    """
    same = "f.owner = x.owner AND f.key = x.key AND f.number = x.number"
    old, new = (", ".join(f"{of}.{name}" for name in TRACE.split(", ")) for of in ("x", "f"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE traced ON COMMIT DROP AS SELECT 0::bigint AS place, {TOUCH} "
            "FROM register_touch WITH NO DATA"
        )
        copy_rows(f"COPY traced (place, {TOUCH}) FROM STDIN", spool.touches.file)
        cursor.execute(  # of what was told twice the last word counts
            "DELETE FROM traced f WHERE NOT EXISTS (SELECT 1 FROM told "
            "WHERE told.owner = f.owner AND told.key = f.key AND told.place = f.place)"
        )
        cursor.execute("CREATE INDEX ON traced (key)")
        cursor.execute("ANALYZE traced, told")
        cursor.execute(
            "DELETE FROM register_touch x USING told WHERE x.stream_id = %s "
            "AND x.owner = told.owner AND x.key = told.key AND NOT EXISTS "
            f"(SELECT 1 FROM traced f WHERE {same} AND ({old}) IS NOT DISTINCT FROM ({new}))",
            [spool.stream_id],
        )
        cursor.execute(
            f"INSERT INTO register_touch ({TOUCH}) SELECT {TOUCH} FROM traced "
            "ON CONFLICT DO NOTHING"
        )
        cursor.execute("DROP TABLE traced")
