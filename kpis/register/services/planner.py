"""What the merges ask of PostgreSQL beyond the ORM: joins by hash, rows by COPY."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from django.db import connection


@contextmanager
def hash_joins() -> Iterator[None]:
    """Join whole sets by hash. Right after a load the table has no statistics yet, the planner
    takes it for almost empty and chooses a nested loop: minutes instead of a second.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute("SET LOCAL enable_mergejoin = off")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = on")
        cursor.execute("SET LOCAL enable_mergejoin = on")


def copy_rows(statement: str, rows: IO[Any]) -> None:
    """``COPY … FROM STDIN`` of the spooled rows; errors come as Django's database errors."""
    rows.seek(0)
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(statement, rows)
