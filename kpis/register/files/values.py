"""Reading single cells: numbers, dates, text. The parts are in `decimals` and `dates`."""

from datetime import date, datetime, time

from .dates import FORMATS, DateFormat, DateReader, formats_of, parse_day, parse_time
from .decimals import NumberReader, NumberText, decimal_of, is_blank, parse_number
from .errors import CellError
from .shapes import Cell

__all__ = [
    "FORMATS",
    "DateFormat",
    "DateReader",
    "NumberReader",
    "NumberText",
    "decimal_of",
    "formats_of",
    "is_blank",
    "parse_day",
    "parse_number",
    "parse_time",
    "read_text",
    "show",
]

MAX_TEXT = 500
"""Characters of a key or a name; longer text in such a column is a mistake of the file."""


def show(cell: Cell) -> str:
    """The cell as text for a preview or a message, as close to the file as possible."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else format(cell, ".15g")
    return str(cell)


def read_text(cell: Cell) -> str:
    """A key or a name: trimmed text, "" where blank. A number keeps its digits (7.0 is "7").

    Raises CellError: text_too_long.
    """
    text = (cell if isinstance(cell, str) else show(cell)).strip()
    if len(text) > MAX_TEXT:
        raise CellError("text_too_long", limit=MAX_TEXT)
    return text
