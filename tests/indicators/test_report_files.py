"""The report as PDF and XLSX, and as it was known on a day."""

from __future__ import annotations

import datetime as dt
import io
import re
import time
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from django.test import Client
from django.utils import translation
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from pypdf import PdfReader

from kpis.indicators.engine.values import Value, rounded
from kpis.indicators.exports import report_xlsx
from kpis.indicators.models import Kpi, ReportEdition, Target
from kpis.indicators.paper.pdf import page_of, report_pdf
from kpis.indicators.selectors.known import known_on
from kpis.indicators.selectors.report import month_sheet
from kpis.indicators.sheet import Sheet
from kpis.register.models import Result, ResultRevision, Source
from staff.accounts.models import User
from tests.factories import Tree
from tests.indicators.register import fill, make_source
from tests.indicators.test_report_closing import NOVEMBER, OCTOBER, TODAY, close, text_of

pytestmark = pytest.mark.usefixtures("morning")


@pytest.fixture
def sheet(filled: Source, tree: Tree, head: User) -> Sheet:
    for code, value in (("orders", "160"), ("revenue", "300000"), ("cost_per_order", "280")):
        Target.objects.create(
            kpi=Kpi.objects.get(code=code),
            scope=tree.department.scope,
            month=OCTOBER,
            value=Decimal(value),
            author=head,
        )
    fill(
        make_source(head, tree.a.scope, "Of A"),
        {
            "media_cost": {dt.date(2026, 10, 3): 1_000},
            "gross_margin": {dt.date(2026, 10, 3): 2_500},
            "leads": {dt.date(2026, 10, 3): 12},
        },
    )
    return month_sheet(department=tree.department, month=OCTOBER, today=TODAY)


def paper(body: bytes) -> tuple[int, str]:
    """Pages, and all their text with plain spaces."""
    read = PdfReader(io.BytesIO(body))
    text = " ".join(page.extract_text() for page in read.pages)
    return len(read.pages), " ".join(re.sub(r"[\u00a0\u202f]", " ", text).split())


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_pdf_says_what_the_page_says(sheet: Sheet, language: str) -> None:
    with translation.override(language):
        pages, text = paper(report_pdf(sheet))
        told = page_of(sheet)
    assert pages == 1
    squeezed = text.replace(" ", "")
    for block in told["blocks"]:
        for line in block["lines"]:
            for name in ("name", "fact", "plan", "percent", "year_ago", "year_forecast"):
                expected = re.sub(r"\s", "", line[name])
                assert expected in squeezed, (name, line[name], text)
    assert ("Выручка" if language == "ru" else "Revenue") in text
    assert "310" in text


def test_twenty_kpis_are_one_page_within_two_seconds(sheet: Sheet) -> None:
    many = Sheet(sheet.head, tuple(sheet.lines * 4)[:20])
    report_pdf(many)
    began = time.perf_counter()
    pages, _text = paper(report_pdf(many))
    assert pages == 1
    assert time.perf_counter() - began < 2


def test_a_name_is_no_markup(sheet: Sheet) -> None:
    tricky = replace(sheet.lines[0], name={"ru": "#panic() *$x$*", "en": "#panic() *$x$*"})
    _pages, text = paper(report_pdf(Sheet(sheet.head, (tricky, *sheet.lines[1:]))))
    assert "#panic()" in text


# --- XLSX ----------------------------------------------------------------------------------------
def computed(page: Worksheet, where: str) -> Fraction:
    """The cell's number; formulas of the few kinds we write are worked out exactly."""
    value = page[where].value
    if not (isinstance(value, str) and value.startswith("=")):
        return Fraction(str(value))
    text = value[1:]

    def column(match: re.Match[str]) -> list[Fraction]:
        letter, first, last = match.group(2), int(match.group(3)), int(match.group(4))
        cells = (f"{letter}{row}" for row in range(first, last + 1))
        return [
            computed(page, cell)
            for cell in cells
            if not isinstance(page[cell].value, str | None) or str(page[cell].value)[:1] == "="
        ]

    names: dict[str, object] = {"MIN": min, "MAX": max, "F": Fraction}

    def total(match: re.Match[str]) -> str:
        numbers = column(match)
        found = sum(numbers, Fraction(0)) if match.group(1) == "SUM" else Fraction(len(numbers))
        return f"F('{found}')"

    text = re.sub(r"(SUM|COUNT)\(([A-Z])(\d+):[A-Z](\d+)\)", total, text)
    text = re.sub(r"\b([A-Z]\d+)\b", lambda m: f"F('{computed(page, m.group(1))}')", text)
    text = re.sub(r"(?<![\d'/.])(\d+(?:\.\d+)?)(?![\d'./])", r"F('\1')", text)
    return Fraction(eval(text, {"__builtins__": {}}, names))  # noqa: S307  our own formulas


def close_to(one: Fraction, other: Fraction) -> bool:
    return abs(one - other) < Fraction(1, 10**9)


def test_the_formulas_of_the_xlsx_give_the_numbers_of_the_page(sheet: Sheet) -> None:
    book = load_workbook(io.BytesIO(report_xlsx(sheet)))
    page = book["KPIs"]
    for row, line in enumerate(sheet.lines, start=2):
        assert page.cell(row, 1).value == line.title
        for letter, value in (
            ("B", line.fact), ("C", line.due), ("D", line.variance.difference),
            ("E", line.variance.ratio), ("F", line.attained), ("J", line.year_ago),
            ("K", line.year_change.ratio), ("M", line.year_forecast),
        ):  # fmt: skip
            if value.number is None:
                assert isinstance(page[f"{letter}{row}"].value, str)
            else:
                assert close_to(computed(page, f"{letter}{row}"), value.number), (letter, row)
    rated = [row for row, line in enumerate(sheet.lines, start=2) if line.due.number is not None]
    assert len(rated) == 3
    for row in rated:
        assert str(page[f"D{row}"].value) == f"=B{row}-C{row}"
    total = sheet.head.total
    cell = f"G{len(sheet.lines) + 2}"
    if total.number is not None:
        assert close_to(computed(page, cell), total.number)
    else:
        assert page[cell].value == "no data"


def test_a_total_is_the_mean_of_its_own_cells(sheet: Sheet) -> None:
    rated = tuple(line for line in sheet.lines if line.due.number is not None)
    numbers = [line.attained.number or Fraction(0) for line in rated]
    total = Fraction(sum((min(one, Fraction(6, 5)) for one in numbers), Fraction(0)), 3)
    only = Sheet(replace(sheet.head, total=Value(total)), rated)
    page = load_workbook(io.BytesIO(report_xlsx(only)))["KPIs"]
    assert page["G5"].value == "=SUM(G2:G4)/COUNT(G2:G4)"
    assert close_to(computed(page, "G5"), total)


def test_directions_in_the_xlsx_add_up(sheet: Sheet) -> None:
    page = load_workbook(io.BytesIO(report_xlsx(sheet)))["Directions"]
    total = sheet.head.directions_total
    assert total is not None
    last = len(sheet.head.directions) + 2
    assert computed(page, f"B{last}") == total.cost.number
    assert total.romi.number is not None
    assert close_to(computed(page, f"F{last}"), total.romi.number)
    assert str(page[f"F{last}"].value) == f"=(E{last}-B{last})/B{last}"


# --- as known on a day ---------------------------------------------------------------------------
def aged(source: Source, at: dt.datetime) -> None:
    """All that the source gave so far was given at ``at``."""
    Result.objects.filter(stream__source=source).update(loaded_at=at)


def fact(sheet: Sheet, code: str) -> Value:
    return next(line.fact for line in sheet.lines if line.code == code)


def test_a_report_as_known_on_a_past_day(
    filled: Source, tree: Tree, head: User, opened: Client
) -> None:
    aged(filled, dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC))
    orders = Kpi.objects.get(code="orders")
    for value, at in ((160, 1), (120, 12)):
        Target.objects.create(
            kpi=orders,
            scope=tree.department.scope,
            month=OCTOBER,
            value=Decimal(value),
            author=head,
            reason="" if at == 1 else "Less stock",
            created_at=dt.datetime(2026, 11, at, 9, tzinfo=dt.UTC),
        )
    days = {dt.date(2026, 10, 5): 0}
    piece = fill(filled, {"orders": days, "sessions": days, "revenue": days, "media_cost": days})
    changed = dt.datetime(2026, 11, 10, 20, 30, tzinfo=dt.UTC)  # 23:30 of the 10th in Moscow
    ResultRevision.objects.filter(slice=piece).update(changed_at=changed)
    Result.objects.filter(slice=piece).update(loaded_at=changed)

    def known(day: int) -> Sheet:
        at = known_on(tree.department, dt.date(2026, 11, day))
        return month_sheet(department=tree.department, month=OCTOBER, today=TODAY, known=at)

    assert fact(known(1), "orders").number is None
    assert fact(known(9), "orders") == Value(Fraction(155))
    assert fact(known(10), "orders") == Value(Fraction(150))
    plans = {
        day: next(line.plan.number for line in known(day).lines if line.code == "orders")
        for day in (9, 12)
    }
    assert plans == {9: 160, 12: 120}
    assert known(9).head.targets == ()
    text = text_of(opened, "/kpis/report/2026-10/?known=2026-11-09")
    assert "as known on 09/11/2026" in text or "as known on" in text
    assert ">155<" in text


def test_an_edition_is_shown_on_the_days_it_was_in_force(
    filled: Source, tree: Tree, head: User
) -> None:
    close(head, tree)
    ReportEdition.objects.update(approved_at=dt.datetime(2026, 11, 5, 9, tzinfo=dt.UTC))

    def edition(day: int) -> int:
        at = known_on(tree.department, dt.date(2026, 11, day))
        page = month_sheet(department=tree.department, month=OCTOBER, today=TODAY, known=at)
        return page.head.edition

    assert (edition(4), edition(5), edition(20)) == (0, 1, 1)


@pytest.mark.parametrize("day", ["2026-13-01", "yesterday", "2027-01-01", "0001-01-01"])
def test_what_is_no_past_day_is_not_found(day: str, filled: Source, opened: Client) -> None:
    assert opened.get(f"/kpis/report/2026-10/?known={day}").status_code == 404


@pytest.mark.parametrize("kind", ["pdf", "xlsx", "csv"])
def test_files_are_offered_under_the_months_name(filled: Source, opened: Client, kind: str) -> None:
    response = opened.get(f"/kpis/report/2026-11/?_export={kind}")
    assert (
        response.headers["Content-Disposition"] == f'attachment; filename="report-2026-11.{kind}"'
    )


def test_a_quarter_of_rounding_stays_exact() -> None:
    assert rounded(Fraction(1, 3), 12) == Decimal("0.333333333333")


def test_november_is_not_whole(filled: Source, tree: Tree) -> None:
    page = month_sheet(department=tree.department, month=NOVEMBER, today=TODAY)
    assert not page.head.is_whole
    sessions = next(line for line in page.lines if line.code == "sessions")
    # 304 days of 200 and 22 of 250 are 326 of 365 days
    assert sessions.year_forecast == Value(Fraction(304 * 200 + 22 * 250) * 365 / 326)
