"""Exports: what a spreadsheet makes of them."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.utils import timezone, translation
from openpyxl import load_workbook

from config.lib.export import csv_response, safe_cell, xlsx_response

FORMULAS = ["=1+1", "+7 900", "-2", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")']


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_becomes_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Анна", "a=b", "5-6", "", "e@mail"])
def test_plain_text_stays(text: str) -> None:
    assert safe_cell(text) == text


def test_csv_speaks_the_readers_dialect() -> None:
    rows: list[list[object]] = [
        ["Имя", "Сумма", "День"],
        ["=cmd", Decimal("1234.5"), dt.date(2026, 11, 23)],
    ]
    with translation.override("ru"):
        text = csv_response("x", rows).content.decode()
    assert text == "\ufeffИмя;Сумма;День\r\n'=cmd;1234,5;23.11.2026\r\n"
    with translation.override("en"):
        text = csv_response("x", rows).content.decode()
    assert text.splitlines()[1] == "'=cmd,1234.5,23 Nov 2026"


def test_missing_is_blank_and_zero_is_zero() -> None:
    text = csv_response("x", [[None, 0, Decimal("0.00")]]).content.decode()
    assert text == "\ufeff,0,0.00\r\n"


def test_a_negative_figure_is_not_taken_for_a_formula() -> None:
    with translation.override("en"):
        assert csv_response("x", [[Decimal("-5")]]).content.decode() == "\ufeff-5\r\n"


def test_xlsx_keeps_types_and_escapes_text() -> None:
    moment = dt.datetime(2026, 11, 23, 12, 30, tzinfo=timezone.get_current_timezone())
    rows: list[list[object]] = [["Name", "Sum", "At"], ["=1+1", Decimal("0.1"), moment]]
    sheet = load_workbook(io.BytesIO(xlsx_response("x", rows).content)).active
    assert sheet is not None
    local = moment.replace(tzinfo=None)  # a spreadsheet knows no time zones
    assert [cell.value for cell in sheet[2]] == ["'=1+1", 0.1, local]
    assert sheet["A2"].data_type == "s"
    assert sheet["B2"].data_type == "n"


def test_the_file_is_offered_for_saving() -> None:
    response = csv_response("users", [])
    assert response["Content-Disposition"] == 'attachment; filename="users.csv"'
    assert response["Cache-Control"] == "no-store"
