"""Tables out of the product: CSV that Excel opens, XLSX with typed cells."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import cast
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.formats import date_format, get_format, number_format
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def safe_cell(text: str) -> str:
    """Text that a spreadsheet will not take for a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def csv_response(name: str, rows: Iterable[Sequence[object]]) -> HttpResponse:
    """UTF-8 with a mark; ``;`` where the decimal sign is a comma, as the reader's Excel expects."""
    comma = get_format("DECIMAL_SEPARATOR") == ","
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if comma else ",", lineterminator="\r\n")
    for row in rows:
        writer.writerow([_csv_cell(value) for value in row])
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    return _attached(response, f"{name}.csv")


def xlsx_response(name: str, rows: Iterable[Sequence[object]]) -> HttpResponse:
    """One sheet; the first row is the heading. Figures and dates stay figures and dates."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for number, row in enumerate(rows):
        cells = [_xlsx_cell(sheet, value) for value in row]
        if number == 0:
            for cell in cells:
                cell.font = Font(bold=True)
        sheet.append(cells)
    body = io.BytesIO()
    book.save(body)
    return _attached(HttpResponse(body.getvalue(), content_type=XLSX_TYPE), f"{name}.xlsx")


def _attached(response: HttpResponse, filename: str) -> HttpResponse:
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["Cache-Control"] = "no-store"
    return response


def _csv_cell(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(int(value))
    if isinstance(value, Decimal | int):
        return number_format(value, use_l10n=True, force_grouping=False)
    if isinstance(value, dt.datetime):
        return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, dt.date):
        return date_format(value, "SHORT_DATE_FORMAT")
    return safe_cell(str(value))


def _xlsx_cell(sheet: Worksheet, value: object) -> Cell:
    if isinstance(value, dt.datetime):
        # A spreadsheet knows no time zones: the reader's local time is written.
        value = timezone.localtime(value).replace(tzinfo=None)
    elif isinstance(value, UUID) or not isinstance(
        value, bool | int | Decimal | dt.date | dt.time | None
    ):
        # The format has no place for control characters; a vendor's name may hold one.
        value = ILLEGAL_CHARACTERS_RE.sub("", safe_cell(str(value)))
    # The stubs know fewer types than the library writes (Decimal, date, time).
    return WriteOnlyCell(sheet, value=cast("str", value))
