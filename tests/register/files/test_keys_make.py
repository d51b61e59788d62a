"""Natural keys, duplicates in one file, safe export."""

from dataclasses import replace as replaced
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from kpis.register.files import (
    Mapping,
    NaturalKeys,
    OrderRow,
    Parsed,
    ResultRow,
    RowError,
    SkippedRow,
    resolve,
    safe_cell,
)
from tests.register.files.helpers import WriteText, rows_of

ORDER = OrderRow(
    2, datetime(2026, 2, 1, tzinfo=UTC), "И", "", Decimal(1), Decimal("11.7"), "", "", "", ()
)


def test_identical_purchases_stay_two_and_keys_repeat_with_the_file() -> None:
    orders = [ORDER, ORDER, ORDER._replace(customer="П")]
    first = NaturalKeys()
    keys = [first.key(order) for order in orders]
    assert len(set(keys)) == 3
    again = NaturalKeys()
    assert [again.key(order) for order in orders] == keys


def test_a_longer_file_keeps_the_keys_of_its_beginning() -> None:
    short, long = NaturalKeys(), NaturalKeys()
    assert short.key(ORDER) == long.key(ORDER)
    assert long.key(ORDER) != short.key(ORDER._replace(units=None))


def test_equal_values_give_equal_keys_however_written() -> None:
    one, two = NaturalKeys(), NaturalKeys()
    assert one.key(ORDER) == two.key(ORDER._replace(amount=Decimal("11.70"), units=Decimal("1.0")))


@pytest.mark.parametrize(
    "other",
    [
        ORDER._replace(customer="П"),
        ORDER._replace(amount=Decimal("117")),
        ORDER._replace(units=Decimal(10)),
        ORDER._replace(units=None),
        ORDER._replace(at=datetime(2026, 2, 1, 0, 1, tzinfo=UTC)),
    ],
)
def test_different_orders_have_different_keys(other: OrderRow) -> None:
    assert NaturalKeys().key(ORDER) != NaturalKeys().key(other)


def test_an_order_keeps_its_own_id() -> None:
    assert NaturalKeys().key(ORDER._replace(order_id="A-7")) == "A-7"


DAY = ResultRow(2, date(2026, 2, 1), "sessions", "", Decimal(4))
SKIPPED = SkippedRow(9, "total", "Total")
DAYS: list[Parsed] = [DAY, DAY._replace(number=3, value=Decimal(5)), SKIPPED]


def test_refuse_names_both_rows() -> None:
    first, error, skipped = resolve(DAYS, "refuse")
    assert (first, skipped) == (DAY, SKIPPED)
    assert isinstance(error, RowError)
    assert (error.number, error.code, error.params["first"]) == (3, "duplicate", 2)
    assert "row 2" in error.message


def test_sum_and_keep_last_leave_one_row() -> None:
    assert list(resolve(DAYS, "sum")) == [SKIPPED, DAY._replace(value=Decimal(9))]
    assert list(resolve(DAYS, "keep_last")) == [SKIPPED, DAYS[1]]


def test_orders_without_an_id_all_pass() -> None:
    assert list(resolve([ORDER, ORDER._replace(number=3)], "refuse")) == [
        ORDER,
        ORDER._replace(number=3),
    ]


def test_lines_of_one_order_are_summed(write: WriteText) -> None:
    path = write("Дата;Заказ;Клиент;Штук;Сумма\n13.02.2026;7;И;1;5\n13.02.2026;7;И;2;6\n")
    mapping = Mapping(
        "orders", "Дата", order_id="Заказ", customer="Клиент", units="Штук", amount="Сумма"
    )
    (order,) = resolve(rows_of(path, replaced(mapping, duplicates="sum")), "sum")
    assert isinstance(order, OrderRow)
    assert (order.units, order.amount) == (Decimal(3), Decimal(11))


@pytest.mark.parametrize("text", ["=1+1", "+7", "-5", "@x", "\tx", "\rx"])
def test_dangerous_text_is_escaped(text: str) -> None:
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize("text", ["", "Иванов", "5-7", "a=b"])
def test_plain_text_is_left_alone(text: str) -> None:
    assert safe_cell(text) == text
