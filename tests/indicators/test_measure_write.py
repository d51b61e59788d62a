"""How values are written, in both number formats."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from kpis.indicators.engine.units import UnitKind
from kpis.indicators.forms.targets import read_amount
from kpis.indicators.measure import Measure, percent_text, signed_percent
from tests.indicators.series import number

SHARE = Measure(UnitKind.SHARE, 2)
MONEY = Measure(UnitKind.MONEY_EACH, 2)
COUNT = Measure(UnitKind.COUNT, 0)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("measure", "value", "ru", "en"),
    [
        (SHARE, "0.0235", "2,35 %", "2.35%"),
        (MONEY, "1234567.891", "1 234 567,89 ₽", "1,234,567.89 ₽"),
        (COUNT, "1234.5", "1 235", "1,235"),
        (COUNT, "-1234", "−1 234", "−1,234"),
    ],
)
def test_a_value_in_both_formats(measure: Measure, value: str, ru: str, en: str) -> None:
    with translation.override("ru"):
        assert plain(measure.text(number(value))) == ru
    with translation.override("en"):
        assert plain(measure.text(number(value))) == en


def test_e50_a_share_differs_by_percentage_points() -> None:
    assert plain(SHARE.difference(number("0.005"))) == "+0.50 pp"
    assert plain(SHARE.difference(number("-0.005"))) == "−0.50 pp"


def test_a_difference_has_its_sign_and_zero_has_none() -> None:
    assert plain(MONEY.difference(number("-3.27"))) == "−3.27 ₽"
    assert plain(COUNT.difference(number(298))) == "+298"
    assert plain(COUNT.difference(number("-0.2"))) == "0"


def test_percents() -> None:
    assert percent_text(number("0.9996")) == "99.9%"
    assert signed_percent(number("0.25")) == "+25.0%"
    assert signed_percent(number("-0.00001")) == "0.0%"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 250 000", "1250000"),
        ("1\u00a0250\u00a0000,50 ₽", "1250000.5"),
        ("1,234.50", "1234.5"),
        ("1.234,50", "1234.5"),
        ("2,5 %", "2.5"),
        ("−3", "-3"),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, value: str) -> None:
    assert number(str(read_amount(text))) == number(value)


@pytest.mark.parametrize("text", ["", "12O", "1e5", "NaN", "Infinity", "1,2,3", "--1", "%"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="Write a number"):
        read_amount(text)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_typed_value_reads_back_the_same(language: str) -> None:
    with translation.override(language):
        share = SHARE.typed(number("0.0215"))
        assert number(str(read_amount(share))) / 100 == number("0.0215")
        for value in ("7500", "1234567.5", "0.25"):
            assert number(str(read_amount(MONEY.typed(number(value))))) == number(value)


def test_a_comma_groups_or_divides_as_the_reader_is_used_to() -> None:
    with translation.override("en"):
        assert read_amount("7,500") == 7500
        assert read_amount("2,5") == Decimal("2.5")
    with translation.override("ru"):
        assert read_amount("7,500") == Decimal("7.5")
