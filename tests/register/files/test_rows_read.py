"""Rows come out with their numbers; what is wrong comes out with its row and column."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from kpis.register.files import (
    FileRefused,
    Mapping,
    MappingError,
    OrderRow,
    ResultRow,
    RowError,
    SkippedRow,
    preview,
    read,
)
from tests.register.files.helpers import WriteSheet, WriteText, rows_of, sniffed

WIDE = Mapping("results", date="Дата", metrics=(("Визиты", "sessions"), ("Расход", "media_cost")))
VISITS = Mapping("results", date="Дата", metrics=(("Визиты", "sessions"),))
ORDERS = Mapping("orders", date="Дата", customer="Клиент", units="Штук", amount="Сумма")


def test_it_reads_wide_rows_and_leaves_missing_out(write: WriteText) -> None:
    path = write("Дата;Визиты;Расход\n01.02.2026;1 204;10,5\n\n02.02.2026;;—\n03.02.2026;0;\n")
    assert rows_of(path, WIDE) == [
        ResultRow(2, date(2026, 2, 1), "sessions", "", Decimal(1204)),
        ResultRow(2, date(2026, 2, 1), "media_cost", "", Decimal("10.5")),
        SkippedRow(4, "no_value", "02.02.2026"),
        ResultRow(5, date(2026, 2, 3), "sessions", "", Decimal(0)),
    ]


def test_it_reads_long_rows(write: WriteText) -> None:
    path = write("date,metric,value,campaign\n2026-02-01,clicks,5,x\n2026-02-01,,6,x\n")
    mapping = Mapping("results", date="date", metric="metric", value="value", subject="campaign")
    first, second = rows_of(path, mapping)
    assert first == ResultRow(2, date(2026, 2, 1), "clicks", "x", Decimal(5))
    assert isinstance(second, RowError)
    assert (second.number, second.column, second.code) == (3, "metric", "blank")


def test_it_reads_fixed_width_orders(write: WriteText) -> None:
    path = write(
        " customer_id  date number_of_cds  dollar_value\r\n"
        " 00001 19970101  1   11.77\r\n 00002 19970112 12  177.00\r\n"
    )
    mapping = Mapping(
        "orders", "date", customer="customer_id", units="number_of_cds", amount="dollar_value"
    )
    second = rows_of(path, mapping)[1]
    assert isinstance(second, OrderRow)
    assert (second.number, second.customer, second.units) == (3, "00002", Decimal(12))
    assert second.amount == Decimal("177.00")
    assert second.raw == ("00002", "19970112", "12", "177.00")


def test_it_reads_a_sheet_as_it_reads_text(write_sheet: WriteSheet) -> None:
    moment = datetime(2026, 2, 1, 10, 30)  # noqa: DTZ001 -- sheets have no zone
    path = write_sheet([["Дата", "Клиент", "Штук", "Сумма"], [moment, 77, 2, 0.1], [moment]])
    mapping = replace(ORDERS, time_zone="Europe/Moscow")
    good, bad = rows_of(path, mapping)
    assert isinstance(good, OrderRow)
    assert good.at == datetime(2026, 2, 1, 10, 30, tzinfo=ZoneInfo("Europe/Moscow"))
    assert (good.customer, good.units, good.amount) == ("77", Decimal(2), Decimal("0.1"))
    assert isinstance(bad, RowError)
    assert (bad.number, bad.column, bad.code) == (3, "Сумма", "blank")


def test_a_blank_customer_is_an_anonymous_sale(write: WriteText) -> None:
    path = write("Дата;Клиент;Штук;Сумма\n01.02.2026;;;5\n13.02.2026;И;1;6\n")
    order = rows_of(path, ORDERS)[0]
    assert isinstance(order, OrderRow)
    assert (order.customer, order.units) == ("", None)


@pytest.mark.parametrize(
    ("line", "column", "code", "words"),
    [
        ("31.02.2026;И;1;5", "Дата", "no_such_date", "“31.02.2026”"),
        ("1 мая;И;1;5", "Дата", "not_date", "dd.mm.yyyy"),
        (";И;1;5", "Дата", "blank", "empty"),
        ("01.02.2026;И;1;5х", "Сумма", "not_number", "“5х”"),
        ("01.02.2026;И;1;", "Сумма", "blank", "empty"),
        ("01.02.2026;И;1;NaN", "Сумма", "not_finite", "NaN"),
        ("01.02.2026;И;5%;5", "Штук", "percent", "5%"),
        ("01.02.2026;И;1", "", "row_short", "3 cells, 4"),
        ("01.02.2026;И;1;5;6", "", "row_long", "5 cells, 4"),
        ('01.02.2026;"И"х;1;5', "", "bad_quotes", "quotation"),
    ],
)
def test_it_names_the_row_and_column_of_an_error(
    write: WriteText, line: str, column: str, code: str, words: str
) -> None:
    good = "01.02.2026;И;1;5,5\n"
    found = rows_of(write(f"Дата;Клиент;Штук;Сумма\n{good}{line}\n{good}"), ORDERS)
    assert [type(item) for item in found] == [OrderRow, RowError, OrderRow]
    error = found[1]
    assert isinstance(error, RowError)
    assert (error.number, error.column, error.code) == (3, column, code)
    assert "Row 3" in error.message
    assert words in error.message


def test_it_names_every_wrong_cell_of_a_row(write: WriteText) -> None:
    path = write("Дата;Клиент;Штук;Сумма\n01.02.2026;И;1;5\n32.02.2026;И;x;y\n01.02.2026;И;1;5\n")
    errors = [item for item in rows_of(path, ORDERS) if isinstance(item, RowError)]
    assert [(error.number, error.column) for error in errors] == [
        (3, "Дата"),
        (3, "Штук"),
        (3, "Сумма"),
    ]


def test_it_names_the_row_with_a_broken_byte(write: WriteText) -> None:
    text = "Дата;Клиент;Штук;Сумма\n01.02.2026;Иван;1;5\n02.02.2026;Пётр;1;5\n"
    found = rows_of(write(text.encode().replace("Пётр".encode(), b"\xff\xfe")), ORDERS)
    assert isinstance(found[1], RowError)
    assert (found[1].number, found[1].code) == (3, "bad_encoding")


def test_a_quote_that_is_never_closed_is_an_error(write: WriteText) -> None:
    found = rows_of(write('Дата;Визиты\n01.02.2026;5\n02.02.2026;"6\n03.02.2026;7\n'), VISITS)
    assert isinstance(found[-1], RowError)
    assert (found[-1].number, found[-1].code) == (3, "bad_quotes")


def test_a_row_of_several_lines_has_the_number_of_its_first(write: WriteText) -> None:
    path = write('Дата;Клиент;Штук;Сумма\n01.02.2026;"И\nП";1;5\n02.02.2026;И;1;x\n')
    found = rows_of(path, replace(ORDERS, date_format="dd.mm.yyyy"))
    assert [item.number for item in found] == [2, 4]


def test_a_fixed_row_that_does_not_fit_is_an_error(write: WriteText) -> None:
    good = "".join(f"202602{day:02}   {day % 7}\n" for day in range(1, 13))
    path = write(f"day        n\n{good}2026-02-03-04 7\n")
    mapping = Mapping("results", date="day", metrics=(("n", "sessions"),))
    errors = [item for item in rows_of(path, mapping) if isinstance(item, RowError)]
    assert [(error.number, error.code) for error in errors] == [(14, "row_cut")]


@pytest.mark.parametrize(
    "total",
    [
        "Итого;9;12",
        "Итого и средние;9;12",
        "Всего:;9",
        "Total;9;12",
        "Grand total;9;12",
        ";9;12",
        ";9;",
    ],
)
def test_it_skips_and_reports_a_total_row(write: WriteText, total: str) -> None:
    text = f"Дата;Визиты;Расход\n01.02.2026;4;5\n02.02.2026;5;7\n{total}\n"
    found = rows_of(write(text), WIDE)
    assert isinstance(found[-1], SkippedRow)
    assert (found[-1].number, found[-1].reason) == (4, "total")
    assert len(found) == 5
    refused = rows_of(write(text), replace(WIDE, totals="refuse"))[-1]
    assert isinstance(refused, RowError)
    assert refused.code == "total_row"


def test_a_row_without_a_date_that_is_no_total_is_an_error(write: WriteText) -> None:
    found = rows_of(write("Дата;Визиты\n01.02.2026;4\n02.02.2026;5\n;8\n"), VISITS)
    assert isinstance(found[-1], RowError)
    assert (found[-1].number, found[-1].column, found[-1].code) == (4, "Дата", "blank")


def test_it_asks_when_only_a_person_can_tell_the_date(write: WriteText) -> None:
    path = write("Дата;Визиты\n01/02/2026;4\n02/03/2026;5\n")
    with pytest.raises(MappingError) as caught:
        read(path, sniffed(path), VISITS)
    assert caught.value.code == "date_format_not_chosen"
    found = rows_of(path, replace(VISITS, date_format="mm/dd/yyyy"))
    assert isinstance(found[0], ResultRow)
    assert found[0].day == date(2026, 1, 2)


def test_it_asks_when_only_a_person_can_tell_the_number(write: WriteText) -> None:
    path = write("Дата;Визиты\n01.02.2026;1,234\n02.02.2026;5\n")
    error = rows_of(path, VISITS)[0]
    assert isinstance(error, RowError)
    assert error.code == "number_ambiguous"
    row = rows_of(path, replace(VISITS, decimal="."))[0]
    assert isinstance(row, ResultRow)
    assert row.value == Decimal(1234)


def test_it_refuses_a_mapping_for_another_file(write: WriteText) -> None:
    path = write("Day;Visits\n01.02.2026;4\n")
    with pytest.raises(FileRefused) as caught:
        read(path, sniffed(path), VISITS)
    assert caught.value.code == "column_missing"
    assert "Дата" in caught.value.message


def test_it_refuses_an_incomplete_mapping(write: WriteText) -> None:
    path = write("Дата;Визиты\n01.02.2026;4\n")
    with pytest.raises(MappingError) as caught:
        read(path, sniffed(path), Mapping("results"))
    assert caught.value.code == "column_not_chosen"


def test_overrides_of_the_mapping_are_obeyed(write: WriteText) -> None:
    path = write("скачано сегодня;x\nДата;Визиты\nед.;шт\n01.02.2026;4\n", "cp866")
    mapping = replace(VISITS, encoding="cp866", delimiter=";", header_row=2, skip_rows=1)
    assert rows_of(path, mapping) == [ResultRow(4, date(2026, 2, 1), "sessions", "", Decimal(4))]


def test_preview_shows_cells_and_errors(write: WriteText) -> None:
    path = write("Дата;Визиты\n01.02.2026;4\n31.02.2026;5\n03.02.2026;6\n")
    shown = preview(path, sniffed(path), VISITS, limit=2)
    assert [row.cells for row in shown.rows] == [("01.02.2026", "4"), ("31.02.2026", "5")]
    assert [len(row.errors) for row in shown.rows] == [0, 1]
    assert shown.problems == ()


def test_preview_works_before_the_mapping_is_complete(write: WriteText) -> None:
    path = write("Дата;Визиты\n01.02.2026;4\n")
    shown = preview(path, sniffed(path), replace(VISITS, metrics=(("Визиты", ""),)))
    assert [row.cells for row in shown.rows] == [("01.02.2026", "4")]
    assert [problem.code for problem in shown.problems] == ["metric_not_chosen"]
