"""Ranges for exclusion constraints, in core PostgreSQL.

An id is made a range of one, because equality of plain integers in a GiST index would need an
extension.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField
from django.db.models import F, Func, Value


class DateSpan(Func):
    """Dates from ``first`` to ``last``, both included; no last date = without end."""

    function = "daterange"

    def __init__(self, first: Any, last: Any, bounds: Any = None, **extra: Any) -> None:
        parts = (_field(first), _field(last), bounds or Value("[]"))
        super().__init__(*parts, output_field=DateRangeField(), **extra)


class SameId(Func):
    """The id as a range that overlaps only its own."""

    function = "int8range"

    def __init__(self, first: Any, last: Any = None, bounds: Any = None, **extra: Any) -> None:
        parts = (_field(first), _field(last or first), bounds or Value("[]"))
        super().__init__(*parts, output_field=BigIntegerRangeField(), **extra)


def _field(name: Any) -> Any:
    return F(name) if isinstance(name, str) else name
