"""Rows of a file as cells, streaming: the same for delimited text, fixed width and sheets."""

import csv
import zipfile
import zlib
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Final, cast
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.utils.exceptions import InvalidFileException

from .errors import CellError, FileRefused, RowError
from .fixed import Span, slice_line
from .limits import MAX_COLUMNS, MAX_SHEET_ROWS
from .shapes import Cell, FileShape, GridRow

_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    DefusedXmlException,
    InvalidFileException,
    # What the workbook library raises on parts that contradict each other.
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
)


def grid(path: Path, shape: FileShape) -> Generator[GridRow, None, None]:
    """Every row of the file with its number, blank rows as empty sequences.

    A row whose cells cannot be had comes as a RowError in place of the cells. Memory does not
    grow with the file. Raises FileRefused: damaged, too_many_columns, too_many_rows.
    """
    if shape.kind == "xlsx":
        return sheet_rows(path, shape.sheet)
    if shape.kind == "fixed":
        return fixed_rows(path, shape.encoding, shape.spans)
    return csv_rows(path, shape.encoding, shape.delimiter)


class _Lines:
    """The lines of a text file for the csv parser, noticing bytes that did not decode."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.broken = False

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            if not line.isascii() and "\ufffd" in line:
                self.broken = True
            yield line


def csv_rows(path: Path, encoding: str, delimiter: str) -> Generator[GridRow, None, None]:
    """Rows of delimited text; a row of several lines has the number of its first line."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        lines = _Lines(file)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        while True:
            number = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield number, RowError(number, "", "", "bad_quotes")
                continue
            if lines.broken:
                lines.broken = False
                yield number, _bad_encoding(number, encoding, delimiter.join(cells))
            elif len(cells) > MAX_COLUMNS:
                yield number, _checked(number, cells)
            else:
                yield number, cells


def fixed_rows(path: Path, encoding: str, spans: Sequence[Span]) -> Generator[GridRow, None, None]:
    """Rows of fixed-width text, cells trimmed."""
    with path.open(encoding=encoding, errors="replace") as file:
        for number, line in enumerate(file, start=1):
            text = line.rstrip("\n")
            if not text.isascii() and "\ufffd" in text:
                yield number, _bad_encoding(number, encoding, text)
                continue
            if not text.strip():
                yield number, ()
                continue
            try:
                yield number, slice_line(text, spans)
            except CellError as error:
                yield number, RowError(number, "", text.strip(), error.code)


@contextmanager
def open_workbook(path: Path) -> Iterator[Workbook]:
    """The workbook for reading values row by row. Raises FileRefused damaged."""
    # The file is opened here, because the library leaves it open when it fails.
    with path.open("rb") as file:
        try:
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except _DAMAGE as error:
            raise FileRefused("damaged") from error
        except OSError as error:
            # Without a number it is the library's word for a missing part, not the disk's.
            if error.errno is None:
                raise FileRefused("damaged") from error
            raise
        with closing(book):
            yield book


def visible_sheets(book: Workbook) -> tuple[str, ...]:
    """Names of the sheets that a person sees; sheets of charts have no rows."""
    return tuple(sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible")


def counts_from_1904(book: Workbook) -> bool:
    """Whether the workbook's serial days start in 1904, as old Macintosh files do."""
    return bool(book.epoch == CALENDAR_MAC_1904)


def sheet_rows(path: Path, sheet: str) -> Generator[GridRow, None, None]:
    """Rows of one sheet, typed cells, empty cells at the end of a row left out."""
    with open_workbook(path) as book:
        yield from book_rows(book, sheet)


def book_rows(book: Workbook, sheet: str) -> Generator[GridRow, None, None]:
    """Rows of one sheet of an open workbook."""
    if sheet not in visible_sheets(book):
        raise FileRefused("sheet_missing", sheet=sheet)
    worksheet = book[sheet]
    # The size written in the sheet is often wrong and would cut rows off.
    worksheet.reset_dimensions()
    # Formulas and rich text come as plain values in this way of opening.
    found = worksheet.iter_rows(values_only=True)
    with closing(cast("Generator[Sequence[Cell], None, None]", found)) as rows:
        for number in count(1):
            try:
                cells = next(rows)
            except StopIteration:
                return
            except _DAMAGE as error:
                raise FileRefused("damaged") from error
            if number > MAX_SHEET_ROWS:
                raise FileRefused("too_many_rows", limit=MAX_SHEET_ROWS)
            yield number, _checked(number, _trimmed(cells))


def _trimmed(cells: Sequence[Cell]) -> Sequence[Cell]:
    size = len(cells)
    while size and (cells[size - 1] is None or cells[size - 1] == ""):
        size -= 1
    return cells if size == len(cells) else cells[:size]


def _checked(number: int, cells: Sequence[Cell]) -> Sequence[Cell]:
    if len(cells) > MAX_COLUMNS:
        raise FileRefused("too_many_columns", row=number, count=len(cells), limit=MAX_COLUMNS)
    return cells


def _bad_encoding(number: int, encoding: str, text: str) -> RowError:
    return RowError(number, "", text, "bad_encoding", {"encoding": encoding})
