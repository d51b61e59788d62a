"""Reading CSV, XLSX and fixed-width files: `sniff` the form, `suggest` a mapping, `read` rows."""

from .duplicates import resolve
from .errors import CellError, FileRefused, MappingError, RowError
from .export import safe_cell
from .keys import NaturalKeys
from .mapping import Mapping
from .reader import Preview, PreviewRow, preview, read
from .rows import OrderRow, Parsed, ResultRow, Row, SkippedRow
from .shapes import ColumnShape, FileShape
from .sniff import sniff
from .suggest import suggest

__all__ = [
    "CellError",
    "ColumnShape",
    "FileRefused",
    "FileShape",
    "Mapping",
    "MappingError",
    "NaturalKeys",
    "OrderRow",
    "Parsed",
    "Preview",
    "PreviewRow",
    "ResultRow",
    "Row",
    "RowError",
    "SkippedRow",
    "preview",
    "read",
    "resolve",
    "safe_cell",
    "sniff",
    "suggest",
]
