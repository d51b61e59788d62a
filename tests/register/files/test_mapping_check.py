"""A mapping is saved, checked and suggested."""

from dataclasses import replace

import pytest

from kpis.register.files import Mapping, MappingError, suggest
from tests.register.files.helpers import WriteText, sniffed

WIDE = Mapping("results", date="Дата", metrics=(("Визиты", "sessions"),))
ORDERS = Mapping("orders", date="date", customer="client", amount="sum")


@pytest.mark.parametrize(
    "mapping",
    [
        WIDE,
        replace(ORDERS, units="n", encoding="cp1251", delimiter="\t", decimal=",", header_row=0),
        Mapping("results", date="d", metric="m", value="v", time_zone="Europe/Moscow", sheet="x"),
    ],
)
def test_it_survives_json(mapping: Mapping) -> None:
    assert Mapping.from_json(mapping.to_json()) == mapping
    assert mapping.problems() == ()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("{", "not_object"),
        ([], "not_object"),
        ({}, "not_object"),
        ({"target": "people"}, "wrong_value"),
        ({"target": "orders", "version": 99}, "version"),
        ({"target": "orders", "colour": "red"}, "unknown_field"),
        ({"target": "orders", "date": 5}, "wrong_value"),
        ({"target": "orders", "header_row": -1}, "wrong_value"),
        ({"target": "orders", "header_row": True}, "wrong_value"),
        ({"target": "orders", "skip_rows": None}, "wrong_value"),
        ({"target": "orders", "metrics": [["a"]]}, "wrong_value"),
        ({"target": "orders", "decimal": ";"}, "wrong_value"),
        ({"target": "orders", "date_format": "dd"}, "wrong_value"),
        ({"target": "orders", "time_zone": "Mars/Base"}, "wrong_value"),
        ({"target": "orders", "time_zone": "../etc"}, "wrong_value"),
        ({"target": "orders", "totals": None}, "wrong_value"),
    ],
)
def test_it_refuses_what_is_malformed(data: object, code: str) -> None:
    with pytest.raises(MappingError) as caught:
        Mapping.from_json(data)
    assert caught.value.code == code
    assert "%(" not in caught.value.message


@pytest.mark.parametrize(
    ("mapping", "codes"),
    [
        (Mapping("results"), {"column_not_chosen"}),
        (Mapping("orders"), {"column_not_chosen"}),
        (replace(WIDE, metrics=(("Визиты", ""),)), {"metric_not_chosen"}),
        (replace(WIDE, metrics=(("a", "x"), ("b", "x"))), {"metric_twice"}),
        (replace(WIDE, metric="m", value="v"), {"forms_mixed"}),
        (replace(WIDE, subject="Дата"), {"column_twice"}),
        (replace(WIDE, customer="c"), {"not_for_target"}),
        (replace(ORDERS, metrics=(("a", "x"),)), {"not_for_target"}),
    ],
)
def test_it_names_what_is_missing(mapping: Mapping, codes: set[str]) -> None:
    assert {problem.code for problem in mapping.problems()} == codes
    assert all("%(" not in problem.message for problem in mapping.problems())


def test_it_suggests_results_and_leaves_the_unknown_open(write: WriteText) -> None:
    shape = sniffed(write("Дата;Визиты;Выручка, ₽;Target\n01.02.2026;5;6,5;7\n13.02.2026;1;2;3\n"))
    mapping = suggest(shape)
    assert (mapping.target, mapping.date) == ("results", "Дата")
    assert mapping.metrics == (("Визиты", "sessions"), ("Выручка, ₽", "revenue"), ("Target", ""))


def test_it_suggests_the_long_form(write: WriteText) -> None:
    mapping = suggest(sniffed(write("date,metric,value,campaign\n2026-02-01,clicks,5,x\n")))
    assert (mapping.metric, mapping.value, mapping.subject) == ("metric", "value", "campaign")


def test_it_suggests_orders_from_either_language(write: WriteText) -> None:
    english = " customer_id  date number_of_cds  dollar_value\n 00001 19970101  1   11.77\n"
    mapping = suggest(sniffed(write(english)))
    assert (mapping.target, mapping.customer, mapping.units, mapping.amount) == (
        "orders",
        "customer_id",
        "number_of_cds",
        "dollar_value",
    )
    russian = "Дата заказа;Номер заказа;Клиент;Кол-во;Сумма, руб.\n01.02.2026;7;Иванов;1;5,5\n"
    mapping = suggest(sniffed(write(russian)))
    assert (mapping.date, mapping.order_id, mapping.units) == (
        "Дата заказа",
        "Номер заказа",
        "Кол-во",
    )
    assert mapping.problems() == ()


def test_it_sums_lines_of_orders_when_numbers_repeat(write: WriteText) -> None:
    shape = sniffed(write("Дата;Заказ;Клиент;Сумма\n01.02.2026;7;И;5\n01.02.2026;7;И;6\n"))
    sample = [["01.02.2026", "7", "И", "5"], ["01.02.2026", "7", "И", "6"]]
    assert suggest(shape, sample).duplicates == "sum"
    assert suggest(shape, sample[:1]).duplicates == "refuse"
