"""Formulas are read as written, and refused in words that name the place."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.indicators.engine.evaluate import Leaf, calculate
from kpis.indicators.engine.formula import FormulaError, parse
from kpis.indicators.engine.syntax import MetricRef, Operation, metric_codes
from kpis.indicators.engine.values import Value
from kpis.indicators.engine.wording import in_words


def value(text: str, **metrics: int) -> Fraction | None:
    totals = {code: Value(Fraction(number)) for code, number in metrics.items()}
    return calculate(parse(text), {Leaf(code): one for code, one in totals.items()})[0].number


def test_multiplication_binds_stronger_than_addition() -> None:
    assert value("1 + 2 * 3") == 7
    assert value("(1 + 2) * 3") == 9


def test_equal_signs_go_from_left_to_right() -> None:
    assert value("10 - 3 - 2") == 5
    assert value("12 / 3 / 2") == 2


def test_a_decimal_constant_is_exact() -> None:
    assert value("0.1 + 0.2") == Fraction(3, 10)


def test_a_minus_before_a_bracket_turns_the_sign() -> None:
    assert value("-(2 - 5)") == 3


def test_printed_signs_mean_the_same() -> None:
    assert value("Σorders ÷ Σsessions × 100 − 1", orders=5, sessions=100) == 4


def test_functions() -> None:
    assert value("max(1, 3, 2) - min(4, 2)") == 1
    assert value("6 / nullif(orders, 0)", orders=2) == 3
    assert value("6 / nullif(orders, 0)", orders=0) is None


def test_metrics_are_listed_once_in_order() -> None:
    assert metric_codes(parse("(revenue - refunds) / revenue")) == ("revenue", "refunds")


def test_places_point_into_the_text() -> None:
    node = parse("orders / sessions")
    assert isinstance(node, Operation)
    assert node.at == 7
    assert isinstance(node.right, MetricRef)
    assert node.right.at == 9


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("", 0, "The formula is empty."),
        ("orders /", 8, "ends too early"),
        ("orders sessions", 7, "Position 8: “sessions” is not expected here."),
        ("(orders", 7, "Position 8: “)” is missing."),
        ("orders)", 6, "Position 7: “)” is not expected here."),
        ("orders ? 2", 7, "Position 8: “?” has no meaning in a formula."),
        ("sum(orders)", 0, "Position 1: no function “sum”"),
        ("nullif(orders)", 0, "Position 1: nullif takes 2 to 2 values."),
        ("* orders", 0, "Position 1: “*” is not expected here."),
        ("1..2", 1, "Position 2: “.” has no meaning in a formula."),
        ("заказы / 2", 0, "Position 1: “з” has no meaning in a formula."),
        ("(" * 40 + "1" + ")" * 40, 30, "too many brackets"),
        ("1+" * 300 + "1", 0, "longer than 500"),
    ],
)
def test_a_wrong_formula_is_refused_in_words(text: str, at: int, words: str) -> None:
    with pytest.raises(FormulaError) as refusal:
        parse(text)
    assert refusal.value.at == at
    assert words in str(refusal.value)
    assert refusal.value.fields == {"formula": str(refusal.value)}


def test_a_formula_in_words() -> None:
    names = {"revenue": "Выручка", "refunds": "Возвраты", "orders": "Заказы"}
    assert in_words(parse("revenue/orders"), names) == "Выручка ÷ Заказы"
    assert in_words(parse("(revenue-refunds)/orders*1.50"), names) == (
        "(Выручка − Возвраты) ÷ Заказы × 1.5"
    )
    assert in_words(parse("orders - (orders - 1)"), names) == "Заказы − (Заказы − 1)"
    assert in_words(parse("max(orders, 0.25)"), names) == "max(Заказы, 0.25)"


LEAVES = st.sampled_from(["a", "b", "c", "1", "2", "0.5"])
FORMULAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, inner).map(lambda t: f"max({t[0]}, {t[1]})"),
        inner.map(lambda t: f"-({t})"),
    ),
    max_leaves=8,
)


@given(FORMULAS, st.tuples(*[st.integers(-5, 5)] * 3))
def test_words_read_back_as_the_same_value(text: str, numbers: tuple[int, int, int]) -> None:
    totals = {Leaf(code): Value(Fraction(n)) for code, n in zip("abc", numbers, strict=True)}
    node = parse(text)
    again = parse(in_words(node, {}))
    assert calculate(again, totals) == calculate(node, totals)
