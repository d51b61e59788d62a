"""Rows on their way to COPY: written as they come, memory stays flat at any size."""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO, Any, Self

IN_MEMORY = 8 * 1024 * 1024


def escape(text: str) -> str:
    r"""A text value for COPY's text format."""
    if "\\" in text or "\t" in text or "\n" in text or "\r" in text:
        for raw, safe in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
            text = text.replace(raw, safe)
    return text.replace("\x00", "")


def number(value: Decimal | int) -> str:
    """A plain decimal notation PostgreSQL reads exactly. Raises ValueError for NaN and
    infinities.
    """
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError("not a finite number")
        return format(value, "f")
    return str(value)


def _buffer() -> IO[Any]:
    """In memory while small, on disk beyond; closed by the spool's ``with``."""
    return tempfile.SpooledTemporaryFile(IN_MEMORY, "w+b")


@dataclass
class ResultSpool:
    """Result rows of one slice, to be merged in one transaction (`results.results_merge`)."""

    slice_id: int
    stream_id: int
    rows: int = 0
    days: set[dt.date] = field(default_factory=set)
    metric_ids: set[int] = field(default_factory=set)
    currencies: set[str] = field(default_factory=set)
    file: IO[Any] = field(default_factory=_buffer)

    def add(
        self,
        *,
        day: dt.date,
        metric_id: int,
        subject_id: int,
        value: Decimal | int,
        currency: str = "",
        flags: int = 0,
        raw_id: int = 0,
    ) -> None:
        """One number. Value is exact; nothing is rounded here."""
        self.file.write(
            f"{self.stream_id}\t{day}\t{metric_id}\t{subject_id}\t{number(value)}\t{escape(currency)}"
            f"\t{flags}\t{self.slice_id}\t{raw_id}\n".encode()
        )
        self.rows += 1
        self.days.add(day)
        self.metric_ids.add(metric_id)
        self.currencies.add(currency)

    @property
    def years(self) -> set[int]:
        """Which partitions the rows go to."""
        return {day.year for day in self.days}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.file.close()


class RowSpool:
    """Rows of any table on their way to COPY: ``columns`` of them, in this order."""

    def __init__(self, columns: str) -> None:
        self.columns = columns
        self.rows = 0
        self.file = _buffer()

    def add(self, *values: object) -> None:
        """One row; None is NULL."""
        self.file.write(("\t".join(map(cell, values)) + "\n").encode())
        self.rows += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.file.close()


def cell(value: object) -> str:
    """One value in COPY's text format."""
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, Decimal | int):
        return number(value)
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return escape(str(value))
