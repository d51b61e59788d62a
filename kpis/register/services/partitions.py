"""Year partitions of the results table, made when the first row of a year arrives."""

from __future__ import annotations

from django.db import connection


def partition_ensure(years: set[int]) -> None:
    """Create the missing partitions. Safe when two workers try at once: an advisory lock orders
    them.

    Must run inside the transaction of the load, before its rows.
    """
    with connection.cursor() as cursor:
        for year in sorted(years):
            name = f"register_result_{year:04d}"
            cursor.execute("SELECT to_regclass(%s)", [name])
            if cursor.fetchone()[0] is not None:
                continue
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF register_result "
                f"FOR VALUES FROM ('{year:04d}-01-01') TO ('{year + 1:04d}-01-01')"
            )
