"""Read a file by its shape and a mapping: streaming, row by row, every error with its place."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from .columns import has_content
from .errors import MappingError, RowError
from .grid import grid
from .mapping import Mapping
from .parsers import RowParser, parser_for
from .rows import Parsed
from .shapes import FileShape
from .sniff import sniff
from .values import show


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row of the file as text cells, and what the mapping makes of it."""

    number: int
    cells: tuple[str, ...]
    parsed: tuple[Parsed, ...]

    @property
    def errors(self) -> tuple[RowError, ...]:
        """What is wrong with the row."""
        return tuple(item for item in self.parsed if isinstance(item, RowError))


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows for the mapping step; `problems` keep the mapping from being used yet."""

    shape: FileShape
    rows: tuple[PreviewRow, ...]
    problems: tuple[MappingError, ...]


def read(path: Path, shape: FileShape, mapping: Mapping) -> Iterator[Parsed]:
    """Rows, skipped rows and errors of the file in its order.

    A row with errors gives its errors only, one for each wrong cell. A blank metric cell gives
    nothing: missing is not zero. Memory does not grow with a text file. Duplicates are kept as
    they are, see `duplicates.resolve`. Raises MappingError and FileRefused at once where the
    mapping does not fit the file, FileRefused later where a workbook turns out damaged.
    """
    shape = settle(path, shape, mapping)
    return _read(path, shape, parser_for(shape, mapping))


def preview(path: Path, shape: FileShape, mapping: Mapping, limit: int = 20) -> Preview:
    """The first `limit` rows that are not blank, parsed as far as the mapping allows.

    An incomplete mapping is no error here: the cells come without values, the problems beside.
    Raises FileRefused where an override or a named column does not fit the file.
    """
    shape = settle(path, shape, mapping)
    problems = mapping.problems()
    parser: RowParser | None = None
    if not problems:
        try:
            parser = parser_for(shape, mapping)
        except MappingError as error:
            problems = (error,)
    rows: list[PreviewRow] = []
    with closing(grid(path, shape)) as source:
        for number, cells in source:
            if number < shape.first_row:
                continue
            if not isinstance(cells, RowError) and not has_content(cells):
                continue
            if len(rows) == limit:
                break
            texts = (cells.value,) if isinstance(cells, RowError) else tuple(map(show, cells))
            parsed = tuple(parser.parse(number, cells)) if parser else ()
            rows.append(PreviewRow(number, texts, parsed))
    return Preview(shape, tuple(rows), problems)


def settle(path: Path, shape: FileShape, mapping: Mapping) -> FileShape:
    """The shape with the mapping's overrides; looked at anew where they change how to read."""
    overrides = (
        (mapping.encoding, shape.encoding),
        (mapping.delimiter, shape.delimiter),
        (mapping.sheet, shape.sheet),
        (mapping.header_row, shape.header_row or 0),
        (mapping.skip_rows, shape.skip_rows),
    )
    if all(chosen is None or chosen == found for chosen, found in overrides):
        return shape
    return sniff(
        path,
        filename=shape.filename,
        encoding=mapping.encoding,
        delimiter=mapping.delimiter,
        sheet=mapping.sheet,
        header_row=mapping.header_row,
        skip_rows=mapping.skip_rows,
    )


def _read(path: Path, shape: FileShape, parser: RowParser) -> Iterator[Parsed]:
    first = shape.first_row
    parse = parser.parse
    with closing(grid(path, shape)) as source:
        for number, cells in source:
            if number >= first:
                yield from parse(number, cells)
