"""Single cells: numbers, dates, text."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.register.files import CellError
from kpis.register.files.shapes import Cell, DecimalSign
from kpis.register.files.values import (
    DateReader,
    NumberReader,
    decimal_of,
    parse_day,
    parse_number,
    parse_time,
    read_text,
    show,
)

MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2584.0", "2584.0"),
        ("0.1", "0.1"),
        (" 1 234 567,89 ₽", "1234567.89"),
        ("1\u00a0234,5", "1234.5"),
        ("1\u202f234", "1234"),
        ("1'234.50", "1234.50"),
        ("1,234,567", "1234567"),
        ("1.234.567,8", "1234567.8"),
        ("-12", "-12"),
        ("\u221212", "-12"),
        ("- 5 руб.", "-5"),
        ("-$5.25", "-5.25"),
        ("€-5", "-5"),
        ("0,125", "0.125"),
        ("1234,567", "1234.567"),
        (",5", "0.5"),
        ("007", "7"),
    ],
)
def test_it_reads_numbers_as_people_write_them(text: str, value: str) -> None:
    assert parse_number(text).value == Decimal(value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("12a", "not_number"),
        ("1 2", "not_number"),
        ("1 23", "not_number"),
        ("12,34,5", "not_number"),
        ("1,2.3,4", "not_number"),
        ("5-", "not_number"),
        ("--5", "not_number"),
        (".", "not_number"),
        ("٣", "not_number"),
        ("²", "not_number"),
        ("NaN", "not_finite"),
        ("-inf", "not_finite"),
        ("1,23E+05", "scientific"),
        ("1,234", "number_ambiguous"),
        ("1.234", "number_ambiguous"),
        ("9" * 41, "number_too_long"),
        ("#N/A", "spreadsheet_error"),
    ],
)
def test_it_refuses_what_is_no_number(text: str, code: str) -> None:
    with pytest.raises(CellError) as caught:
        parse_number(text)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "sign", "value"),
    [("1,234", ",", "1.234"), ("1,234", ".", "1234"), ("1.234", ",", "1234"), ("1.5", ".", "1.5")],
)
def test_it_obeys_the_decimal_sign(text: str, sign: DecimalSign, value: str) -> None:
    assert parse_number(text, decimal=sign).value == Decimal(value)


def test_it_refuses_a_number_against_the_decimal_sign() -> None:
    with pytest.raises(CellError):
        parse_number("1.5", decimal=",")


def test_it_proves_no_sign_where_values_contradict() -> None:
    assert decimal_of(["1.5", "1,5"]) is None
    assert decimal_of(["1.234", "1,5"]) == ","


def test_it_refuses_a_percentage_unless_asked() -> None:
    with pytest.raises(CellError) as caught:
        NumberReader(decimal=None)("12,5 %")
    assert caught.value.code == "percent"
    assert NumberReader(decimal=None, percent=True)("12,5 %") == Decimal("0.125")


@pytest.mark.parametrize("cell", ["", "  ", "-", "—", None])
def test_missing_is_not_zero(cell: Cell) -> None:
    assert NumberReader(decimal=None)(cell) is None


@pytest.mark.parametrize(
    ("cell", "value"), [(5, "5"), (0.1, "0.1"), (0.1 + 0.2, "0.3"), (11.77, "11.77")]
)
def test_a_sheet_number_stays_what_it_shows(cell: Cell, value: str) -> None:
    assert NumberReader(decimal=None)(cell) == Decimal(value)


@pytest.mark.parametrize("cell", [True, float("nan"), float("inf"), 1e300, 10**400, date.max])
def test_it_refuses_sheet_cells_that_are_no_figures(cell: Cell) -> None:
    with pytest.raises(CellError):
        NumberReader(decimal=None)(cell)


@given(
    st.decimals(min_value=-(10**12), max_value=10**12, places=4, allow_nan=False),
    st.sampled_from(["", " ", "\u00a0", "\u202f", "'"]),
    st.sampled_from([",", "."]),
)
def test_a_written_number_reads_back(value: Decimal, group: str, sign: DecimalSign) -> None:
    text = f"{value:,.4f}".replace(",", "G").replace(".", sign).replace("G", group)
    assert NumberReader(decimal=sign)(text) == value


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2026-02-03", "yyyy-mm-dd"),
        ("03.02.2026", "dd.mm.yyyy"),
        ("3.2.2026", "dd.mm.yyyy"),
        ("20260203", "yyyymmdd"),
        ("03/02/2026", "dd/mm/yyyy"),
        ("02/03/2026", "mm/dd/yyyy"),
        ("03.02.26", "dd.mm.yy"),
    ],
)
def test_it_reads_dates(text: str, name: str) -> None:
    assert parse_day(text, name) == date(2026, 2, 3)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("31.02.2026", "no_such_date"),
        ("00.01.2026", "no_such_date"),
        ("2026-02-01", "not_date"),
        ("01.02.26", "not_date"),
        ("01.02", "not_date"),
        ("x", "not_date"),
        ("01.02.0216", "date_range"),
    ],
)
def test_it_refuses_what_is_no_date(text: str, code: str) -> None:
    with pytest.raises(CellError) as caught:
        parse_day(text, "dd.mm.yyyy")
    assert caught.value.code == code


def test_it_reads_moments_in_the_zone_of_the_file() -> None:
    read = DateReader("dd.mm.yyyy", zone=MOSCOW)
    assert read.moment("29.06.2026, 9:05") == datetime(2026, 6, 29, 9, 5, tzinfo=MOSCOW)
    assert read.moment("29.06.2026") == datetime(2026, 6, 29, tzinfo=MOSCOW)
    assert read.day("29.06.2026 23:59:59") == date(2026, 6, 29)


def test_an_offset_wins_over_the_zone() -> None:
    read = DateReader("yyyy-mm-dd", zone=MOSCOW)
    moment = read.moment("2026-06-29T22:30:00Z")
    assert moment == datetime(2026, 6, 29, 22, 30, tzinfo=UTC)
    assert read.day("2026-06-29T22:30:00Z") == date(2026, 6, 30)


def test_it_reads_sheet_dates() -> None:
    read = DateReader(None, zone=MOSCOW)
    naive = datetime(2026, 2, 3, 12, 30)  # noqa: DTZ001 -- sheets have no zone
    assert read.moment(naive) == datetime(2026, 2, 3, 12, 30, tzinfo=MOSCOW)
    assert read.day(date(2026, 2, 3)) == date(2026, 2, 3)
    assert read.day(42370) == date(2016, 1, 1)
    assert read.moment(42370.5) == datetime(2016, 1, 1, 12, tzinfo=MOSCOW)
    assert read.day(20160102) == date(2016, 1, 2)
    assert DateReader(None, zone=MOSCOW, epoch_1904=True).day(40908) == date(2016, 1, 1)


@pytest.mark.parametrize("cell", [5, 5e9, True, float("nan"), "1 Jan 2026", datetime(1066, 1, 1)])  # noqa: DTZ001 -- sheets have no zone
def test_it_refuses_sheet_cells_that_are_no_dates(cell: Cell) -> None:
    with pytest.raises(CellError):
        DateReader(None, zone=MOSCOW).moment(cell)


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("17:10", "17:10:00"),
        ("9:05:07", "09:05:07"),
        ("3:05 PM", "15:05:00"),
        ("12:00 am", "00:00:00"),
    ],
)
def test_it_reads_clocks(text: str, clock: str) -> None:
    assert parse_time(text).isoformat() == clock


@pytest.mark.parametrize("text", ["25:00", "noon", "13:00 PM", ""])
def test_it_refuses_what_is_no_clock(text: str) -> None:
    with pytest.raises(CellError) as caught:
        parse_time(text)
    assert caught.value.code == "not_time"


def test_text_keeps_leading_zeros_and_loses_a_sheets_point() -> None:
    assert read_text(" 00001 ") == "00001"
    assert read_text(7.0) == "7"
    assert read_text(None) == ""
    assert show(date(2026, 2, 3)) == "2026-02-03"


def test_it_refuses_a_text_too_long_for_a_key() -> None:
    with pytest.raises(CellError) as caught:
        read_text("x" * 501)
    assert caught.value.code == "text_too_long"
