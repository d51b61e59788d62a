"""The monthly report as tables: CSV of plain values, XLSX whose variances and totals are formulas
over its own cells."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from config.lib.export import safe_cell
from kpis.indicators.engine.attain import CAP, Better, shown_percent
from kpis.indicators.engine.units import UnitKind
from kpis.indicators.engine.values import Value, rounded
from kpis.indicators.measure import Measure
from kpis.indicators.selectors.compare import Comparison
from kpis.indicators.sheet import DirectionLine, Line, Sheet
from kpis.indicators.sheet_words import correction_text, direction_title, footnotes
from kpis.indicators.words import LAMPS, SHORT_REASONS, STATES

PLACES = 12  # more than a spreadsheet keeps
PERCENT = "0.0%"
Written = Decimal | int | str | None


def report_rows(sheet: Sheet) -> Iterator[Sequence[object]]:
    """The heading and one row per KPI; shares as 0…1, percents as numbers of percent."""
    yield (
        _("KPI"), _("Fact"), _("Plan to date"), _("Plan"), _("Variance"), _("Variance, %"),
        _("Attainment, %"), _("Status"), _("Last year"), _("Change on last year, %"),
        _("Forecast"), _("Year's forecast"), _("State"), _("Up to"), _("Completeness, %"),
    )  # fmt: skip
    for line in sheet.lines:
        measure, attained = line.measure, line.attained.number
        coverage = Fraction(line.covered, line.expected) if line.expected else None
        yield (
            line.title,
            _plain(measure, line.fact),
            _plain(measure, line.due),
            _plain(measure, line.plan),
            _plain(measure, line.variance.difference),
            _percent(line.variance.ratio),
            None if attained is None else shown_percent(attained),
            str(LAMPS[line.lamp]),
            _plain(measure, line.year_ago),
            _percent(line.year_change.ratio),
            _plain(measure, line.forecast),
            _plain(measure, line.year_forecast),
            str(STATES[line.state]),
            line.as_of,
            None if coverage is None else rounded(coverage * 100, 1),
        )


def comparison_rows(found: Comparison) -> Iterator[Sequence[object]]:
    """The heading and one row per KPI; changes in percent are numbers of percent."""
    then, now = (f"{one.first} – {one.last}" for one in (found.then, found.now))
    yield (_("KPI"), then, now, _("Change"), _("Change, %"), _("Change per day, %"))
    for pair in found.pairs:
        yield (
            pair.kpi.name,
            _plain(pair.measure, pair.then.value),
            _plain(pair.measure, pair.now.value),
            _plain(pair.measure, pair.change.difference),
            _percent(pair.change.ratio),
            _percent(pair.daily.ratio),
        )


def report_xlsx(sheet: Sheet) -> bytes:
    """Three sheets: KPIs, directions, funds; notes below the first one. Cells hold the exact
    figures, formats show as many digits as the page."""
    book = Workbook()
    first: Worksheet = book.active  # type: ignore[assignment]  # a new book has one sheet
    first.title = _("KPIs")[:31]
    _kpis(first, sheet)
    _directions(book.create_sheet(_("Directions")[:31]), sheet)
    _funds(book.create_sheet(_("Funds")[:31]), sheet)
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


def _kpis(page: Worksheet, sheet: Sheet) -> None:
    heading = (
        _("KPI"), _("Fact"), _("Plan to date"), _("Variance"), _("Variance, %"), _("Attainment"),
        _("Counted in the total"), _("Status"), _("Plan"), _("Last year"),
        _("Change on last year, %"), _("Forecast"), _("Year's forecast"), _("State"), _("Up to"),
        _("Responsible"),
    )  # fmt: skip
    _heading(page, heading)
    for row, line in enumerate(sheet.lines, start=2):
        _kpi_row(page, row, line)
    last = len(sheet.lines) + 1
    total = last + 1
    page.cell(total, 1, _("Department total")).font = Font(bold=True)
    cell = page.cell(total, 7)
    if sheet.head.total.number is not None:
        cell.value = f"=SUM(G2:G{last})/COUNT(G2:G{last})"
        cell.number_format = PERCENT
    else:
        cell.value = _reason(sheet.head.total)
    cell.font = Font(bold=True)
    notes = [correction_text(line) for line in sheet.head.corrections] + footnotes(sheet)
    for number, note in enumerate(notes, start=total + 2):
        page.cell(number, 1, safe_cell(note))


def _kpi_row(page: Worksheet, row: int, line: Line) -> None:
    shown = _format(line)
    page.cell(row, 1, safe_cell(line.title))
    _put(page, row, 2, _scaled(line, line.fact), shown)
    _put(page, row, 3, _scaled(line, line.due), shown)
    _put(page, row, 9, _scaled(line, line.plan), shown)
    _put(page, row, 10, _scaled(line, line.year_ago), shown)
    _put(page, row, 12, _scaled(line, line.forecast), shown)
    _put(page, row, 13, _scaled(line, line.year_forecast), shown)
    both = line.fact.number is not None and line.due.number is not None
    _put(page, row, 4, f"=B{row}-C{row}" if both else _reason(line.variance.difference), shown)
    _put(page, row, 5, _ratio(line.variance.ratio, f"=(B{row}-C{row})/C{row}"), PERCENT)
    _put(page, row, 6, _attainment(line, row), PERCENT)
    if line.attained.number is not None and line.weight:
        _put(page, row, 7, f"=MIN(F{row},{_decimal(CAP)})", PERCENT)
    _put(page, row, 11, _ratio(line.year_change.ratio, f"=(B{row}-J{row})/J{row}"), PERCENT)
    page.cell(row, 8, str(LAMPS[line.lamp]))
    page.cell(row, 14, str(STATES[line.state]))
    page.cell(row, 15, line.as_of)
    page.cell(row, 16, safe_cell(line.responsible))


def _attainment(line: Line, row: int) -> Written:
    """A formula where attainment is fact by plan; a value where edges or a base enter it too."""
    if line.attained.number is None:
        return _reason(line.attained)
    fact, due = line.fact.number, line.due.number
    if fact is not None and due:
        if line.better is Better.UP and line.attained.number == fact / due:
            return f"=B{row}/C{row}"
        if line.better is Better.DOWN and line.attained.number == max(2 - fact / due, Fraction(0)):
            return f"=MAX(2-B{row}/C{row},0)"
    return _decimal(line.attained.number)


def _directions(page: Worksheet, sheet: Sheet) -> None:
    heading = (_("Direction"), _("Cost"), _("Leads"), _("Orders"), _("Margin"), _("ROMI"))
    _heading(page, heading)
    total = sheet.head.directions_total
    for row, line in enumerate(sheet.head.directions, start=2):
        page.cell(row, 1, safe_cell(direction_title(line)))
        for column, value in enumerate(_columns(line), start=2):
            _put(page, row, column, _number(value), "#,##0")
        _put(page, row, 6, _romi(line, row), PERCENT)
    last = len(sheet.head.directions) + 1
    if total is None or last == 1:
        return
    page.cell(last + 1, 1, _("Total")).font = Font(bold=True)
    for column, value in enumerate(_columns(total), start=2):
        letter = get_column_letter(column)
        sums = f"=SUM({letter}2:{letter}{last})"
        _put(page, last + 1, column, _reason(value) if value.number is None else sums, "#,##0")
    _put(page, last + 1, 6, _romi(total, last + 1), PERCENT)


def _romi(line: DirectionLine, row: int) -> Written:
    return _ratio(line.romi, f"=(E{row}-B{row})/B{row}")


def _columns(line: DirectionLine) -> tuple[Value, ...]:
    return line.cost, line.leads, line.orders, line.margin


def _funds(page: Worksheet, sheet: Sheet) -> None:
    _heading(page, (_("Fund"), _("Currency"), _("Limit"), _("Spent"), _("Available")))
    for row, fund in enumerate(sheet.head.funds, start=2):
        page.cell(row, 1, safe_cell(fund.title))
        page.cell(row, 2, fund.currency)
        _put(page, row, 3, None if fund.limit is None else _decimal(fund.limit), "#,##0.00")
        _put(page, row, 4, _decimal(fund.spent), "#,##0.00")
        # The rest of earlier months may be in it: then it is no difference of these cells.
        plain = fund.limit is not None and fund.available == fund.limit - fund.spent
        rest = None if fund.available is None else _decimal(fund.available)
        _put(page, row, 5, f"=C{row}-D{row}" if plain else rest, "#,##0.00")


def _heading(page: Worksheet, titles: Sequence[str]) -> None:
    for column, title in enumerate(titles, start=1):
        cell = page.cell(1, column, title)
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        page.column_dimensions[get_column_letter(column)].width = 34 if column == 1 else 15
    page.freeze_panes = "B2"


def _put(page: Worksheet, row: int, column: int, value: Written, shown: str) -> None:
    cell = page.cell(row, column, value)
    cell.number_format = shown


def _format(line: Line) -> str:
    digits = f".{'0' * line.decimals}" if line.decimals else ""
    return f"0{digits}%" if line.kind is UnitKind.SHARE else f"#,##0{digits}"


def _scaled(line: Line, value: Value) -> Written:
    """A share as 0…1; points as they are read."""
    if value.number is None:
        return _reason(value)
    return _decimal(value.number * 100 if line.kind is UnitKind.POINTS else value.number)


def _number(value: Value) -> Written:
    return _reason(value) if value.number is None else _decimal(value.number)


def _ratio(value: Value, formula: str) -> str:
    return formula if value.number is not None else _reason(value)


def _decimal(number: Fraction) -> Decimal | int:
    return int(number) if number.denominator == 1 else rounded(number, PLACES).normalize()


def _reason(value: Value) -> str:
    return str(SHORT_REASONS[value.reason]) if value.reason else ""


def _plain(measure: Measure, value: Value) -> Written:
    """A number, or the reason in words."""
    return _reason(value) if value.number is None else measure.plain(value.number)


def _percent(value: Value) -> Written:
    return _reason(value) if value.number is None else rounded(value.number * 100, 1)
