"""The first rows of a file as the mapping understands them, for the mapping step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from config.lib.money import number
from kpis.register.files import (
    FileShape,
    OrderRow,
    Preview,
    PreviewRow,
    ResultRow,
    RowError,
    SkippedRow,
)
from kpis.register.files import Mapping as ColumnMapping
from kpis.register.forms.columns import DELIMITERS, ENCODINGS, written

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class CellView:
    """``text`` as understood; ``source`` as it stands in the file, when that differs."""

    text: str
    source: str
    is_wrong: bool
    is_used: bool


@dataclass(frozen=True, slots=True)
class RowView:
    """``state``: good, wrong, skipped, or "" where nothing is understood yet."""

    number: int
    cells: list[CellView]
    state: str
    message: str


def preview_rows(seen: Preview, mapping: ColumnMapping) -> list[RowView]:
    """The rows of ``seen``, as many cells as the file has columns."""
    used = set(mapping.columns())
    return [_row(row, seen.shape.names, used, mapping) for row in seen.rows]


def _row(
    row: PreviewRow, names: tuple[str, ...], used: set[str], mapping: ColumnMapping
) -> RowView:
    wrong = {error.column for error in row.errors}
    read = dict(_understood(row, mapping))
    cells = []
    for place, name in enumerate(names):
        source = row.cells[place] if place < len(row.cells) else ""
        text = read.get(name, source)
        cells.append(CellView(text, source if text != source else "", name in wrong, name in used))
    state, message = _verdict(row)
    return RowView(row.number, cells, state, message)


def _verdict(row: PreviewRow) -> tuple[str, str]:
    if row.errors:
        return "wrong", " ".join(error.message for error in row.errors)
    for item in row.parsed:
        if isinstance(item, SkippedRow):
            reasons = {"total": _("total row, left out"), "no_value": _("no figures, left out")}
            return "skipped", reasons[item.reason]
    return ("good", "") if row.parsed else ("", "")


def _understood(row: PreviewRow, mapping: ColumnMapping) -> Iterator[tuple[str, str]]:
    """(column, value as understood) of dates and numbers."""
    by_code: Mapping[str, str] = {code: column for column, code in mapping.metrics}
    for item in row.parsed:
        if isinstance(item, RowError | SkippedRow):
            continue
        if isinstance(item, ResultRow):
            yield mapping.date, date_format(item.day, "SHORT_DATE_FORMAT")
            yield by_code.get(item.metric, mapping.value), number(item.value)
        elif isinstance(item, OrderRow):
            has_clock = (item.at.hour, item.at.minute, item.at.second) != (0, 0, 0)
            form = "SHORT_DATETIME_FORMAT" if has_clock else "SHORT_DATE_FORMAT"
            yield mapping.date, date_format(item.at, form)
            yield mapping.amount, number(item.amount, 2)
            if mapping.units and item.units is not None:
                yield mapping.units, number(item.units)


def shape_words(shape: FileShape, mapping: ColumnMapping) -> list[tuple[str, StrOrPromise]]:
    """What was recognised about the file: (name, value) pairs in words."""
    kinds = {"csv": "CSV", "xlsx": "Excel (XLSX)", "fixed": _("text with fixed columns")}
    words: list[tuple[str, StrOrPromise]] = [(_("Kind"), kinds[shape.kind])]
    if shape.sheet:
        words.append((_("Sheet"), shape.sheet))
    if shape.encoding:
        names = dict(ENCODINGS)
        words.append(
            (_("Encoding"), names.get(shape.encoding.removesuffix("-sig"), shape.encoding))
        )
    if shape.delimiter:
        key = "tab" if shape.delimiter == "\t" else shape.delimiter
        words.append((_("Separator"), dict(DELIMITERS)[key]))
    if sign := mapping.decimal or shape.decimal:
        words.append((_("Decimal sign"), _("comma") if sign == "," else _("point")))
    if day := shape.column(mapping.date):
        formats = (mapping.date_format,) if mapping.date_format else day.date_formats
        if formats:
            # Translators: between two ways a date can be read, as in "31.12.2026 or 12.31.2026"
            words.append((_("Dates"), _(" or ").join(written(name) for name in formats)))
    words.append(
        (
            _("Column names"),
            _("row %(row)s") % {"row": shape.header_row} if shape.header_row else _("none"),
        )
    )
    words.append((_("First row of data"), str(shape.first_row)))
    words.append((_("Size"), filesizeformat(shape.size)))
    return words
