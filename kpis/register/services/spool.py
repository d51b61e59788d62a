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
    years: set[int] = field(default_factory=set)
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
        self.years.add(day.year)
        self.metric_ids.add(metric_id)
        self.currencies.add(currency)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.file.close()


@dataclass
class OrderSpool:
    """Order rows of one slice, to be merged by `orders.orders_merge`."""

    stream_id: int
    rows: int = 0
    file: IO[Any] = field(default_factory=_buffer)

    def add(
        self,
        *,
        key: str,
        day: dt.date,
        ordered_at: dt.datetime | None,
        customer: str,
        units: Decimal | None,
        amount: Decimal,
        currency: str,
        channel: str,
        promo_code: str,
        row: int,
    ) -> None:
        at = ordered_at.isoformat() if ordered_at else "\\N"
        known = "\\N" if units is None else number(units)
        self.file.write(
            f"{self.stream_id}\t{escape(key)}\t{day}\t{at}\t{escape(customer)}\t{known}"
            f"\t{number(amount)}\t{escape(currency)}\t{escape(channel)}\t{escape(promo_code)}"
            f"\t{row}\n".encode()
        )
        self.rows += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.file.close()
