"""Where the column names stand and what each column holds, judged from a sample of rows."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final

from .decimals import decimal_of, is_blank, parse_number
from .errors import CellError, FileRefused
from .shapes import Cell, ColumnKind, ColumnShape
from .values import formats_of, show

SampleRow = tuple[int, Sequence[Cell]]

_ENOUGH: Final = 0.6
"""Share of a column's cells that must read as its kind; the rest are the file's errors."""

_TITLES: Final = 30
"""Rows among which the column names are looked for; reports have titles above their table."""


def locate(rows: Sequence[SampleRow]) -> tuple[int | None, int]:
    """The row number of the column names, or None, and that of the first data row.

    Raises FileRefused: header_only.
    """
    sizes = Counter(_size(cells) for _number, cells in rows)
    usual = max(sizes, key=lambda size: (sizes[size], size))
    best, best_filled = None, 0
    for place, (number, cells) in enumerate(rows[:_TITLES]):
        filled = sum(1 for cell in cells if not is_blank(cell))
        if filled < 2 or filled < _ENOUGH * usual:
            continue
        if any(is_value(cell) for cell in cells):
            if best is None:
                return None, number
            break
        # Of several rows of words the fullest one names the columns; the first, if equally full.
        if filled > best_filled:
            best, best_filled = place, filled
    if best is None:
        return None, rows[0][0]
    if best + 1 == len(rows):
        raise FileRefused("header_only")
    return rows[best][0], rows[best + 1][0]


def has_content(cells: Sequence[Cell]) -> bool:
    """Whether a row is more than empty cells."""
    for cell in cells:
        if cell is not None and (not isinstance(cell, str) or (cell and not cell.isspace())):
            return True
    return False


def is_value(cell: Cell) -> bool:
    """Whether a cell reads as a number or a date: such a cell is no column name."""
    if not isinstance(cell, str):
        return cell is not None
    return _is_number(cell) or formats_of([cell])[1] > 0


def name_columns(header: Sequence[Cell], width: int) -> tuple[str, ...]:
    """Unique names: an empty one is "#3" (its place), a repeated one gets " (2)"."""
    names: list[str] = []
    for place in range(width):
        cell = header[place] if place < len(header) else None
        base = " ".join(show(cell).split()) or f"#{place + 1}"
        name, copy = base, 1
        while name in names:
            copy += 1
            name = f"{base} ({copy})"
        names.append(name)
    return tuple(names)


def infer_columns(names: Sequence[str], rows: Sequence[Sequence[Cell]]) -> tuple[ColumnShape, ...]:
    """The kind of every column from the sample's data rows."""
    return tuple(
        _infer(name, [row[place] for row in rows if place < len(row)])
        for place, name in enumerate(names)
    )


def _infer(name: str, cells: Sequence[Cell]) -> ColumnShape:
    filled = [cell for cell in cells if not is_blank(cell)]
    if not filled:
        return ColumnShape(name, "empty")
    enough = _ENOUGH * len(filled)
    texts = [cell.strip() for cell in filled if isinstance(cell, str)]
    native = [cell for cell in filled if isinstance(cell, date)]
    if len(native) >= enough:
        has_clock = any(isinstance(cell, datetime) and cell.time() != time() for cell in native)
        return ColumnShape(name, "datetime" if has_clock else "date", formats_of(texts)[0])
    shown = [text if isinstance(text, str) else show(text) for text in filled]
    formats, count, has_clock = formats_of(shown)
    if count >= enough:
        return ColumnShape(name, "datetime" if has_clock else "date", formats)
    if sum(1 for cell in filled if _reads_as_number(cell)) < enough:
        return ColumnShape(name, "text")
    sign = decimal_of(texts)
    kind: ColumnKind = "integer" if all(_is_whole(cell) for cell in filled) else "number"
    return ColumnShape(name, kind, decimal=sign)


def _size(cells: Sequence[Cell]) -> int:
    return max((place for place, cell in enumerate(cells, 1) if not is_blank(cell)), default=0)


def _reads_as_number(cell: Cell) -> bool:
    if isinstance(cell, str):
        return _is_number(cell)
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _is_number(text: str) -> bool:
    try:
        parse_number(text)
    except CellError as error:
        # Any of these is a number that was written badly, not a name.
        return error.code in {"number_ambiguous", "scientific", "number_too_long"}
    return True


def _is_whole(cell: Cell) -> bool:
    if isinstance(cell, float):
        return cell.is_integer()
    if not isinstance(cell, str):
        return True
    try:
        value: Decimal = parse_number(cell).value
    except CellError:
        return True
    return value == value.to_integral_value()
