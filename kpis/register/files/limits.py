"""Limits of what is accepted as an input file; one place, so that tests and help texts agree."""

from typing import Final

MAX_COLUMNS: Final = 500
MAX_LINE: Final = 100_000
"""Characters in one line of a text file; below the field limit of the csv module (131,072)."""

MAX_SHEET_ROWS: Final = 1_048_576
"""Rows of one sheet: the limit of the XLSX format itself."""

MAX_ENTRIES: Final = 2_000
MAX_UNPACKED: Final = 1024 * 1024 * 1024
MAX_SHARED_STRINGS: Final = 128 * 1024 * 1024
MAX_PART: Final = 32 * 1024 * 1024
"""Bytes of a workbook part that is parsed as one document (styles, relations, workbook)."""

MAX_ROW_XML: Final = 16 * 1024 * 1024
"""Bytes of sheet XML in which no row begins or ends: one row must fit in memory."""

MAX_RATIO: Final = 100
RATIO_FREE: Final = 10 * 1024 * 1024
"""Unpacked bytes up to which the packing ratio is not looked at: small files pack very well."""

MAX_NUMBER: Final = 40
"""Characters of one number."""

LARGEST: Final = 10**15
"""A number of this size or above is a mistake of the file; the register's columns end there."""
