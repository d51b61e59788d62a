"""How figures are written in both languages."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation

from config.lib.money import compact, money, number, percent, signed

NB = "\u00a0"


@pytest.mark.parametrize(
    ("value", "russian", "english"),
    [
        (Decimal("1234567.89"), f"1{NB}234{NB}567,89{NB}₽", f"1,234,567.89{NB}₽"),
        (Decimal("1000"), f"1{NB}000{NB}₽", f"1,000{NB}₽"),
        (Decimal("-0.5"), f"−0,50{NB}₽", f"−0.50{NB}₽"),
        (None, "—", "—"),
    ],
)
def test_money(value: Decimal | None, russian: str, english: str) -> None:
    with translation.override("ru"):
        assert money(value) == russian
    with translation.override("en"):
        assert money(value) == english


def test_number_keeps_only_the_digits_it_has() -> None:
    with translation.override("ru"):
        assert number(Decimal("12.50")) == "12,5"
        assert number(Decimal("100")) == "100"
        assert number(Decimal("2.345"), 2) == "2,35"
        assert number(Decimal("-2.345"), 2) == "−2,35"
        assert number(0) == "0"


def test_percent_takes_a_ratio() -> None:
    with translation.override("ru"):
        assert percent(Decimal("0.624")) == f"62,4{NB}%"
    with translation.override("en"):
        assert percent(Decimal("0.624")) == "62.4%"


@pytest.mark.parametrize(
    ("value", "text"),
    [(5, "+5"), (-5, "−5"), (0, "0"), (Decimal("-0.001"), "0"), (Decimal("0.001"), "0")],
)
def test_signed_has_no_sign_on_what_reads_as_zero(value: Decimal, text: str) -> None:
    assert signed(value) == text


def test_compact() -> None:
    with translation.override("ru"):
        assert compact(1_234_567, "RUB") == f"1,2{NB}млн{NB}₽"
        assert compact(999) == "999"
        assert compact(Decimal("-48250000")) == f"−48,3{NB}млн"
    with translation.override("en"):
        assert compact(48_250_000) == "48.3M"
