"""Putting orders into the register, and the three metrics they make."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from kpis.register.models import Metric
from kpis.register.services.partitions import partition_ensure
from kpis.register.services.planner import copy_rows, hash_joins
from kpis.register.services.results import Merged, incoming_create, results_merge_incoming
from kpis.register.services.spool import OrderSpool

COLUMNS = (
    'stream_id, key, day, ordered_at, customer, units, amount, currency, channel, promo_code, "row"'
)
VALUES = "day, ordered_at, customer, units, amount, currency, channel, promo_code"


def orders_merge(
    *, spool: OrderSpool, slice_id: int, first: dt.date, last: dt.date, subject_id: int
) -> Merged:
    """Make the orders of days ``first``…``last`` equal to the spooled ones, then the daily metrics
    of these days and of those that an order has left.

    Must run inside a transaction. Counts of the returned `Merged` are orders, not metric rows.
    """
    with hash_joins(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(1, %s)", [spool.stream_id])
        cursor.execute(
            f"CREATE TEMPORARY TABLE incoming_order ON COMMIT DROP AS SELECT {COLUMNS} "
            "FROM register_order WITH NO DATA"
        )
        copy_rows(f"COPY incoming_order ({COLUMNS}) FROM STDIN", spool.file)
        cursor.execute("ANALYZE incoming_order")
        cursor.execute(
            "DELETE FROM register_order t WHERE stream_id = %s AND day BETWEEN %s AND %s "
            "AND NOT EXISTS (SELECT 1 FROM incoming_order i WHERE i.key = t.key)",
            [spool.stream_id, first, last],
        )
        removed = cursor.rowcount
        # An order may have come from another day: that day's figures change as well.
        cursor.execute(
            "SELECT min(t.day), max(t.day) FROM register_order t JOIN incoming_order i "
            "ON i.key = t.key WHERE t.stream_id = %s",
            [spool.stream_id],
        )
        earliest, latest = cursor.fetchone()
        fresh = ", ".join(f"t.{name.strip()}" for name in VALUES.split(","))
        new = ", ".join(f"i.{name.strip()}" for name in VALUES.split(","))
        cursor.execute(
            f"UPDATE register_order t SET ({VALUES}, slice_id) = ({new}, %s) "
            f"FROM incoming_order i WHERE t.stream_id = %s AND t.key = i.key "
            f"AND ({fresh}) IS DISTINCT FROM ({new})",
            [slice_id, spool.stream_id],
        )
        changed = cursor.rowcount
        cursor.execute(
            f"INSERT INTO register_order ({COLUMNS}, slice_id) SELECT {COLUMNS}, %s "
            "FROM incoming_order ON CONFLICT DO NOTHING",
            [slice_id],
        )
        written = cursor.rowcount
        cursor.execute("DROP TABLE incoming_order")
    _derive(
        spool.stream_id,
        slice_id,
        min(first, earliest or first),
        max(last, latest or last),
        subject_id,
    )
    return Merged(written, changed, removed)


def _derive(stream_id: int, slice_id: int, first: dt.date, last: dt.date, subject_id: int) -> None:
    """Daily orders, items_sold and revenue of the window, from the orders themselves."""
    metrics = dict(
        Metric.objects.filter(code__in=("orders", "items_sold", "revenue")).values_list(
            "code", "pk"
        )
    )
    incoming_create()
    partition_ensure(set(range(first.year, last.year + 1)))
    with connection.cursor() as cursor:
        for code, expression, currency in (
            ("orders", "count(*)", "''"),
            ("items_sold", "sum(units)", "''"),
            ("revenue", "sum(amount)", "max(currency)"),
        ):
            cursor.execute(
                "INSERT INTO incoming (stream_id, day, metric_id, subject_id, value, currency, "
                "flags, slice_id, raw_id) SELECT stream_id, day, %s, %s, "
                f"{expression}, {currency}, 0, %s, 0 FROM register_order WHERE "
                f"stream_id = %s AND day BETWEEN %s AND %s "
                # orders without units say nothing about items sold
                f"GROUP BY stream_id, day HAVING {expression} IS NOT NULL",
                [metrics[code], subject_id, slice_id, stream_id, first, last],
            )
    results_merge_incoming(slice_id=slice_id, stream_id=stream_id, first=first, last=last)
