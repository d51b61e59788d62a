"""What can be wrong with a file, a mapping or a cell: stable codes and translated messages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FILE_MESSAGES: Final[Mapping[str, Promise]] = {
    "empty": _("The file is empty."),
    "header_only": _("The file has column names but not one row of data."),
    "no_columns": _(
        "No columns were recognised in the file. Expected: CSV, XLSX or fixed-width text"
        " with at least two columns."
    ),
    "wrong_type": _("This is a %(type)s file. Expected: CSV, XLSX or fixed-width text."),
    "old_excel": _("This is an old Excel file (.xls). Save it as .xlsx or CSV."),
    "not_workbook": _("This is an archive without an Excel workbook in it. Expected: XLSX or CSV."),
    "encrypted": _("The workbook is protected by a password. Remove the password and try again."),
    "damaged": _("The workbook is damaged and cannot be read. Save it again and try once more."),
    "bomb": _(
        "The workbook unpacks to more than is allowed (%(limit)s). It was not opened:"
        " it may be an archive bomb."
    ),
    "nul_bytes": _("The file has zero bytes in it: it is not text. Save it as CSV or XLSX."),
    "line_too_long": _("Line %(row)s is longer than %(limit)s characters."),
    "too_many_columns": _("Row %(row)s has %(count)s columns; at most %(limit)s are allowed."),
    "too_many_rows": _("The sheet has more than %(limit)s rows."),
    "sheet_missing": _("The workbook has no sheet “%(sheet)s”."),
    "encoding_unknown": _("Unknown encoding “%(encoding)s”."),
    "delimiter_unknown": _("Unknown column delimiter “%(delimiter)s”."),
    "header_missing": _("The file has no row %(row)s for the column names."),
    "column_missing": _("The file has no column “%(column)s”, which the mapping needs."),
}

MAPPING_MESSAGES: Final[Mapping[str, Promise]] = {
    "not_object": _("The mapping is not a valid JSON object."),
    "unknown_field": _("The mapping has an unknown field “%(field)s”."),
    "wrong_value": _("The mapping's field “%(field)s” has a wrong value: %(value)s."),
    "version": _("The mapping was saved by another version (%(value)s)."),
    "column_not_chosen": _("Choose a column: %(field)s."),
    "metric_not_chosen": _("Choose a metric for the column “%(column)s”."),
    "metric_twice": _("The metric “%(metric)s” is chosen for two columns."),
    "column_twice": _("The column “%(column)s” is used twice."),
    "forms_mixed": _("Choose either metric columns or a metric column with a value column."),
    "not_for_target": _("The field “%(field)s” does not belong to this kind of import."),
    "date_format_not_chosen": _(
        "The dates in “%(column)s” can be read as day/month or month/day. Choose the date format."
    ),
}

CELL_MESSAGES: Final[Mapping[str, Promise]] = {
    "blank": _("the cell is empty"),
    "not_number": _("“%(value)s” is not a number"),
    "not_finite": _("“%(value)s” is not a finite number"),
    "number_too_long": _("“%(value)s” has too many digits"),
    "scientific": _("“%(value)s” is in scientific notation and may have lost digits"),
    "percent": _("“%(value)s” is a percentage; percentages were not expected here"),
    "number_ambiguous": _(
        "“%(value)s” can be read in two ways; choose the decimal sign in the mapping"
    ),
    "spreadsheet_error": _("“%(value)s” is an error of the spreadsheet"),
    "not_date": _("“%(value)s” is not a date in the format %(format)s"),
    "no_such_date": _("the date “%(value)s” does not exist"),
    "date_range": _("the date “%(value)s” is outside the years %(first)s–%(last)s"),
    "not_time": _("“%(value)s” is not a time"),
    "text_too_long": _("the text is longer than %(limit)s characters"),
    "row_short": _("the row has %(count)s cells, %(expected)s are expected"),
    "row_long": _("the row has %(count)s cells, %(expected)s are expected"),
    "row_cut": _("the text does not fit the column positions of the file"),
    "bad_encoding": _("the row has bytes that are not valid in the encoding %(encoding)s"),
    "bad_quotes": _("a quotation mark is opened and not closed, or stands inside the text"),
    "total_row": _("this is a total row (“%(value)s”)"),
    "duplicate": _("repeats the key of row %(first)s"),
}


class FileRefused(Exception):
    """The file as a whole cannot be imported. `code` is a key of FILE_MESSAGES."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    @property
    def message(self) -> str:
        """One sentence for a person, in the active language."""
        return str(FILE_MESSAGES[self.code] % self.params)

    def __str__(self) -> str:
        return f"{self.code} {self.params}" if self.params else self.code


class MappingError(Exception):
    """The mapping is malformed or not complete. `code` is a key of MAPPING_MESSAGES."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    @property
    def message(self) -> str:
        """One sentence for a person, in the active language."""
        return str(MAPPING_MESSAGES[self.code] % self.params)

    def __str__(self) -> str:
        return f"{self.code} {self.params}" if self.params else self.code


class CellError(ValueError):
    """One cell cannot be read; the reader turns it into a `RowError` with its place."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class RowError:
    """One thing that is wrong with one row.

    `number` is the line or sheet row as a person counts it, from 1; `column` is the column's name,
    or "" when the row as a whole is wrong; `value` the offending text as it stands in the file.
    """

    number: int
    column: str
    value: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict, hash=False)

    @property
    def message(self) -> str:
        """The whole sentence with row and column, in the active language."""
        problem = CELL_MESSAGES[self.code] % {"value": self.value, **self.params}
        if not self.column:
            return str(_("Row %(row)s: %(problem)s.") % {"row": self.number, "problem": problem})
        place = {"row": self.number, "column": self.column, "problem": problem}
        return str(_("Row %(row)s, column “%(column)s”: %(problem)s.") % place)
