"""What was found out about a file: its form and its columns. Plain values, no behaviour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from .errors import RowError

FileKind = Literal["csv", "xlsx", "fixed"]
ColumnKind = Literal["date", "datetime", "integer", "number", "text", "empty"]
DecimalSign = Literal[".", ","]

Cell = str | int | float | bool | datetime | date | time | timedelta | None
"""Text files give text only; a sheet gives typed cells. A float is never kept as a figure."""

GridRow = tuple[int, Sequence[Cell] | RowError]
"""Row number as a person counts it (from 1), and its cells or why they cannot be had."""


@dataclass(frozen=True, slots=True)
class ColumnShape:
    """One column as seen in the sample.

    `name` is unique within the file; a column without a name is "#3" (its place, from 1).
    `date_formats` are the formats that fit the sample equally well: more than one means that only
    a person can tell (01/02/2016). `decimal` is None when the sample does not show the sign.
    """

    name: str
    kind: ColumnKind
    date_formats: tuple[str, ...] = ()
    decimal: DecimalSign | None = None

    @property
    def is_ambiguous(self) -> bool:
        """Whether the person has to choose a date format for this column."""
        return len(self.date_formats) > 1


@dataclass(frozen=True, slots=True)
class FileShape:
    """The form of one file, enough to read it again without guessing.

    `header_row` and `first_row` are row numbers as a person counts them, from 1; header_row is
    None when the file has no column names; `skip_rows` were left out between the two on request.
    `spans` are [start, end) positions of fixed-width
    columns, the last end being None for "to the end of the line". `size` is in bytes. `epoch_1904`:
    the workbook counts days from 1904, not 1900.
    """

    filename: str
    kind: FileKind
    size: int
    columns: tuple[ColumnShape, ...]
    header_row: int | None
    first_row: int
    skip_rows: int = 0
    encoding: str = ""
    delimiter: str = ""
    spans: tuple[tuple[int, int | None], ...] = ()
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    epoch_1904: bool = False

    @property
    def decimal(self) -> DecimalSign | None:
        """The decimal sign that the number columns agree on; None when unknown or mixed."""
        signs = {column.decimal for column in self.columns if column.decimal}
        return signs.pop() if len(signs) == 1 else None

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in the order of the file."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> ColumnShape | None:
        """The column of that name, if the file has it."""
        return next((column for column in self.columns if column.name == name), None)
