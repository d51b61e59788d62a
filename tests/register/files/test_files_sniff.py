"""The form of a file is recognised."""

from datetime import datetime

import pytest

from kpis.register.files import FileRefused, sniff
from tests.register.files.helpers import WriteSheet, WriteText, sniffed

DAYS = "Дата;Визиты\n01.02.2026;1 204\n13.02.2026;1 311\n"
FIXED = (
    " customer_id  date number_of_cds  dollar_value\r\n"
    " 00001 19970101  1   11.77\r\n"
    " 00002 19970112  5   77.00\r\n"
    " 00003 19970102  2   20.76\r\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_it_recognises_the_encoding(write: WriteText, encoding: str) -> None:
    shape = sniffed(write(DAYS, encoding))
    assert shape.encoding == encoding
    assert shape.names == ("Дата", "Визиты")


def test_it_keeps_utf8_when_only_one_byte_is_broken(write: WriteText) -> None:
    content = DAYS.encode().replace(b"1 311", b"1\xff311")
    assert sniffed(write(content)).encoding == "utf-8"


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_it_recognises_the_delimiter(write: WriteText, delimiter: str) -> None:
    text = "date;a;b\n2026-02-01;1;2\n2026-02-02;3;4\n".replace(";", delimiter)
    assert sniffed(write(text)).delimiter == delimiter


def test_it_does_not_take_decimal_commas_for_delimiters(write: WriteText) -> None:
    shape = sniffed(write("Дата;Расход;Доход\n01.02.2026;1,5;2,5\n02.02.2026;3,5;4,5\n"))
    assert (shape.delimiter, shape.decimal) == (";", ",")


def test_it_recognises_fixed_width_under_a_header_that_is_not_aligned(write: WriteText) -> None:
    shape = sniffed(write(FIXED))
    assert shape.kind == "fixed"
    assert shape.names == ("customer_id", "date", "number_of_cds", "dollar_value")
    assert [column.kind for column in shape.columns] == ["integer", "date", "integer", "number"]
    assert (shape.header_row, shape.first_row) == (1, 2)


def test_it_recognises_fixed_width_with_decimal_commas(write: WriteText) -> None:
    shape = sniffed(write("Day         Cost\n01.02.2026   1,5\n02.02.2026  13,5\n"))
    assert (shape.kind, shape.decimal, shape.names) == ("fixed", ",", ("Day", "Cost"))


def test_it_finds_the_header_below_report_titles(write: WriteText) -> None:
    table = "Дата;Визиты;Расход\n01.02.2026;5;6\n02.02.2026;7;8\n"
    shape = sniffed(write("Отчёт\n\nПериод;февраль\n" + table))
    assert (shape.header_row, shape.first_row) == (4, 5)
    assert shape.names == ("Дата", "Визиты", "Расход")


def test_it_sees_that_there_is_no_header(write: WriteText) -> None:
    shape = sniffed(write("2026-02-01,10\n2026-02-02,12\n"))
    assert (shape.header_row, shape.first_row, shape.names) == (None, 1, ("#1", "#2"))


def test_it_makes_names_unique(write: WriteText) -> None:
    assert sniffed(write("Day,Cost,Cost,\n2026-02-01,1,2,3\n")).names == (
        "Day",
        "Cost",
        "Cost (2)",
        "#4",
    )


@pytest.mark.parametrize(
    ("days", "formats"),
    [
        (("2026-02-01", "2026-02-02"), ("yyyy-mm-dd",)),
        (("01.02.2026", "02.02.2026"), ("dd.mm.yyyy",)),
        (("20260201", "20260202"), ("yyyymmdd",)),
        (("01/02/2026", "13/02/2026"), ("dd/mm/yyyy",)),
        (("02/01/2026", "02/13/2026"), ("mm/dd/yyyy",)),
        (("01/02/2026", "02/02/2026"), ("dd/mm/yyyy", "mm/dd/yyyy")),
    ],
)
def test_it_decides_the_date_format_by_evidence(
    write: WriteText, days: tuple[str, ...], formats: tuple[str, ...]
) -> None:
    column = sniffed(write("day;n\n" + "".join(f"{day};5\n" for day in days))).columns[0]
    assert (column.kind, column.date_formats) == ("date", formats)
    assert column.is_ambiguous == (len(formats) > 1)


def test_it_leaves_the_decimal_sign_open_without_evidence(write: WriteText) -> None:
    assert sniffed(write("day;n\n2026-02-01;1,234\n2026-02-02;5,678\n")).decimal is None


def test_it_proves_the_decimal_sign_by_other_values(write: WriteText) -> None:
    assert sniffed(write("day;n\n2026-02-01;1,234\n2026-02-02;5,6\n")).decimal == ","


def test_it_takes_the_first_sheet_that_has_rows(write_sheet: WriteSheet) -> None:
    rows = [["Дата", "Визиты"], [datetime(2026, 2, 1), 5]]  # noqa: DTZ001 -- sheets have no zone
    shape = sniffed(write_sheet(rows, "Данные", before={"Пусто": []}))
    assert (shape.kind, shape.sheets, shape.sheet) == ("xlsx", ("Пусто", "Данные"), "Данные")
    assert [column.kind for column in shape.columns] == ["date", "integer"]


def test_it_reads_names_from_the_row_that_a_person_chose(write: WriteText) -> None:
    path = write("a;b\nДата;Визиты\n01.02.2026;5\n")
    shape = sniff(path, filename="x", header_row=2)
    assert (shape.names, shape.first_row) == (("Дата", "Визиты"), 3)


def test_it_takes_zero_for_no_header(write: WriteText) -> None:
    shape = sniff(write("a;b\nc;d\n"), filename="x", header_row=0, skip_rows=1)
    assert (shape.header_row, shape.first_row) == (None, 2)


@pytest.mark.parametrize(
    ("choice", "code"),
    [
        ({"encoding": "ebcdic"}, "encoding_unknown"),
        ({"delimiter": "#"}, "delimiter_unknown"),
        ({"header_row": 99}, "header_missing"),
    ],
)
def test_it_refuses_a_choice_that_cannot_be(
    write: WriteText, choice: dict[str, str], code: str
) -> None:
    with pytest.raises(FileRefused) as caught:
        sniff(write(DAYS), filename="x", **choice)  # type: ignore[arg-type]  # one of each kind
    assert caught.value.code == code


def test_it_refuses_a_sheet_that_is_not_there(write_sheet: WriteSheet) -> None:
    with pytest.raises(FileRefused) as caught:
        sniff(write_sheet([["a", "b"], [1, 2]]), filename="x", sheet="Нет")
    assert caught.value.code == "sheet_missing"
    assert "Нет" in caught.value.message
