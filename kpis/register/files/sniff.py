"""Find out the form of a file: kind, encoding, delimiter, columns. Guesses may be overridden."""

import csv
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

from .archive import check_workbook
from .columns import SampleRow, has_content, infer_columns, is_value, locate, name_columns
from .encoding import ENCODINGS, check_text, is_workbook_archive, recognise
from .errors import FileRefused, RowError
from .fixed import Span, find_spans, header_names
from .grid import (
    book_rows,
    counts_from_1904,
    csv_rows,
    fixed_rows,
    open_workbook,
    visible_sheets,
)
from .limits import MAX_COLUMNS
from .shapes import Cell, FileShape, GridRow

DELIMITERS: Final = ("\t", ";", "|", ",")
"""In order of trust: a comma is as often a decimal sign."""

SAMPLE_ROWS: Final = 1_000
_SAMPLE_LINES: Final = 200


def sniff(
    path: Path,
    *,
    filename: str,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    header_row: int | None = None,
    skip_rows: int = 0,
) -> FileShape:
    """The form of the file at `path`; what is given is taken as given, the rest is recognised.

    `header_row` counts from 1, 0 means "no column names". `skip_rows` are left out after the
    header (or from the top when there is none). The whole file is walked over once to refuse what
    could hurt later. Raises FileRefused with the code of what is wrong.
    """
    if is_workbook_archive(path):
        check_workbook(path)
        shape, sample = _sniff_workbook(path, filename, sheet)
        return _with_columns(shape, sample, header_row, skip_rows)
    encoding = _known_encoding(encoding) if encoding else recognise(path)
    if delimiter and delimiter not in DELIMITERS:
        raise FileRefused("delimiter_unknown", delimiter=delimiter)
    check_text(path, encoding)
    lines = _filled(path, encoding)
    found = delimiter or _find_delimiter(lines)
    size = path.stat().st_size
    # `Day  Cost` over rows like `01.02.2026  1,5`: the comma is a decimal sign.
    doubtful = not delimiter and found == "," and "," not in lines[0]
    if doubtful or not found:
        spans = _find_spans(path, encoding)
        if len(spans) > 1:
            shape = FileShape(filename, "fixed", size, (), None, 1, 0, encoding, spans=spans)
            return _sniff_fixed(path, shape, header_row, skip_rows)
    if not found:
        raise FileRefused("header_only" if _is_bare_header(lines) else "no_columns")
    shape = FileShape(filename, "csv", size, (), None, 1, 0, encoding, found)
    sample = _sample(csv_rows(path, encoding, found))
    return _with_columns(shape, sample, header_row, skip_rows)


def _sniff_workbook(
    path: Path, filename: str, sheet: str | None
) -> tuple[FileShape, list[SampleRow]]:
    """The asked sheet, or the first one that has anything in it, with its first rows."""
    # Opened once: finding a sheet's size may cost a walk over the whole sheet.
    with open_workbook(path) as book:
        sheets = visible_sheets(book)
        for name in sheets if sheet is None else (sheet,):
            sample = _sample(book_rows(book, name))
            if sample:
                shape = FileShape(filename, "xlsx", path.stat().st_size, (), None, 1)
                epoch_1904 = counts_from_1904(book)
                return replace(shape, sheets=sheets, sheet=name, epoch_1904=epoch_1904), sample
    raise FileRefused("empty")


def _sniff_fixed(path: Path, shape: FileShape, header_row: int | None, skip_rows: int) -> FileShape:
    sample = _sample(fixed_rows(path, shape.encoding, shape.spans))
    first = next((n for n, cells in sample if any(is_value(cell) for cell in cells)), 1)
    lines = list(enumerate(_head(path, shape.encoding, first), start=1))
    above = [(number, line) for number, line in lines if number < first and line.strip()]
    header: Sequence[str] | None = None
    if header_row is None and above:
        header_row = above[-1][0]
    if header_row:
        line = next(iter(_head(path, shape.encoding, header_row)[header_row - 1 :]), None)
        if line is None:
            raise FileRefused("header_missing", row=header_row)
        header = header_names(line, shape.spans)
        first = max(first, header_row + 1) if skip_rows == 0 else header_row + 1
    elif header_row == 0:
        first = 1
    names = name_columns(header or (), len(shape.spans))
    first += skip_rows
    rows = [cells for number, cells in sample if number >= first]
    columns = infer_columns(names, rows)
    return replace(
        shape,
        columns=columns,
        header_row=header_row or None,
        first_row=first,
        skip_rows=skip_rows,
    )


def _with_columns(
    shape: FileShape, sample: Sequence[SampleRow], header_row: int | None, skip_rows: int
) -> FileShape:
    """The shape with its header and columns, for delimited text and sheets."""
    if not sample:
        raise FileRefused("empty" if shape.kind == "xlsx" else "no_columns")
    header: Sequence[Cell] = ()
    if header_row is None:
        header_row, first = locate(sample)
    else:
        first = header_row + 1
    if header_row:
        found = next((cells for number, cells in sample if number == header_row), None)
        if found is None:
            raise FileRefused("header_missing", row=header_row)
        header = found
    first += skip_rows
    rows = [cells for number, cells in sample if number >= first]
    if not rows:
        raise FileRefused("header_only")
    # A sheet's row ends at its last filled cell, so the longest shows the width.
    common = Counter(map(len, rows)).most_common(1)[0][0]
    width = len(header) or (max(map(len, rows)) if shape.kind == "xlsx" else common)
    if width > MAX_COLUMNS:
        raise FileRefused("too_many_columns", row=first, count=width, limit=MAX_COLUMNS)
    if width < 2:
        raise FileRefused("no_columns")
    columns = infer_columns(name_columns(header, width), rows)
    return replace(
        shape,
        columns=columns,
        header_row=header_row or None,
        first_row=first,
        skip_rows=skip_rows,
    )


def _find_delimiter(lines: Sequence[str]) -> str:
    """The delimiter that gives most rows the same number of cells; "" when none does."""
    best, best_rank = "", (False, False, 0.0)
    for delimiter in DELIMITERS:
        try:
            rows = [row for row in csv.reader(lines, delimiter=delimiter) if row]
        except csv.Error:  # a quotation mark that swallows everything after it
            continue
        usual, count = Counter(map(len, rows)).most_common(1)[0]
        share = count / len(rows)
        if usual < 2 or share < 0.3:
            continue
        rank = (len(rows[0]) == usual, share >= 0.8, 0.0 if share >= 0.8 else share)
        if not best or rank > best_rank:
            best, best_rank = delimiter, rank
    return best


def _find_spans(path: Path, encoding: str) -> tuple[Span, ...]:
    """Column positions from the lines that have a number or a date in them."""
    lines = _head(path, encoding, SAMPLE_ROWS)
    data = [line for line in lines if any(is_value(word) for word in line.split())]
    return find_spans(data)


def _is_bare_header(lines: Sequence[str]) -> bool:
    return len(lines) == 1 and len(lines[0].split()) > 1


def _sample(rows: Generator[GridRow, None, None]) -> list[SampleRow]:
    """The first rows that have cells with something in them."""
    with closing(rows):
        good = ((number, cells) for number, cells in rows if not isinstance(cells, RowError))
        return list(islice((row for row in good if has_content(row[1])), SAMPLE_ROWS))


def _filled(path: Path, encoding: str) -> list[str]:
    with path.open(encoding=encoding, errors="replace") as file:
        return list(islice((line for line in file if line.strip()), _SAMPLE_LINES))


def _head(path: Path, encoding: str, limit: int) -> list[str]:
    with path.open(encoding=encoding, errors="replace") as file:
        return list(islice(file, limit))


def _known_encoding(name: str) -> str:
    if name.lower() not in ENCODINGS:
        raise FileRefused("encoding_unknown", encoding=name)
    # A person who says UTF-8 does not mean "and keep its mark as a letter".
    return "utf-8-sig" if name.lower() == "utf-8" else name.lower()
