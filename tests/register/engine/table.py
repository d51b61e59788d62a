"""The register's table as plain values, to compare one course of events with another."""

from __future__ import annotations

from kpis.register.models import DailyTotal, Result, Source

Row = tuple[object, ...]


def rows_of(source: Source) -> list[Row]:
    """Every number of the source by names, not ids."""
    found = Result.objects.filter(stream__source=source).values_list(
        "stream__name", "day", "metric__code", "subject__kind", "subject__key", "value", "currency"
    )
    return sorted(found)


def totals_of(source: Source) -> list[Row]:
    """The roll-up of the source."""
    return sorted(
        DailyTotal.objects.filter(stream__source=source).values_list(
            "stream__name", "day", "metric__code", "value", "rows"
        )
    )
