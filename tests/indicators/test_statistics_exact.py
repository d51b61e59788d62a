"""Lift against a control group, A/B, seasons, cohorts and money as it is booked."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.indicators.engine.booking import booked, net_of_vat, vat_rate
from kpis.indicators.engine.cohorts import (
    Cohort,
    cohort_value,
    cost_of_customer,
    lifetime_value,
    mature_on,
    payback_month,
)
from kpis.indicators.engine.periods import month_of
from kpis.indicators.engine.season import season_indices, split_by_season
from kpis.indicators.engine.significance import Group, compared, extra_cases, two_sided
from kpis.indicators.engine.values import Reason, Value, rounded

PERCENT = Fraction(1, 100)


def test_e41_a_lift_that_is_not_proven() -> None:
    """Target group 475/9 500, control 20/500, 2 000 ₽ per buyer: extra 95 buyers, 190 000 ₽;
    z = 1.00, p = 0.315, difference [−1.14; +2.47] p.p."""
    target, control = Group(475, 9_500), Group(20, 500)
    assert extra_cases(target, control) == 95
    assert extra_cases(target, control) * 2_000 == 190_000
    result = compared(target, control)
    assert result.z is not None
    assert result.probability is not None
    assert rounded(result.z, 2) == Decimal("1.00")
    assert rounded(result.probability, 3) == Decimal("0.315")
    assert rounded(result.low / PERCENT, 2) == Decimal("-1.14")
    assert rounded(result.high / PERCENT, 2) == Decimal("2.47")
    assert not result.is_proven


@pytest.mark.parametrize(
    ("first", "second", "z", "probability", "proven"),
    [
        (Group(200, 10_000), Group(250, 10_000), "2.384", "0.017", True),
        (Group(20, 1_000), Group(25, 1_000), "0.754", "0.451", False),
    ],
)
def test_e42_the_same_rates_prove_something_only_in_a_large_sample(
    first: Group, second: Group, z: str, probability: str, proven: bool
) -> None:
    result = compared(second, first)
    assert result.z is not None
    assert result.probability is not None
    assert rounded(result.z, 3) == Decimal(z)
    assert rounded(result.probability, 3) == Decimal(probability)
    assert result.is_proven is proven


def test_a_sample_smaller_than_fixed_beforehand_proves_nothing() -> None:
    assert not compared(Group(250, 10_000), Group(200, 10_000), least=20_000).is_proven


def test_all_or_nothing_in_both_groups_has_no_probability() -> None:
    result = compared(Group(0, 10), Group(0, 20))
    assert (result.z, result.probability, result.is_proven) == (None, None, False)
    assert result.difference == 0


def test_a_group_is_not_empty_and_not_smaller_than_its_cases() -> None:
    for cases, size in ((0, 0), (2, 1), (-1, 1)):
        with pytest.raises(ValueError, match="cases"):
            Group(cases, size)


@pytest.mark.parametrize(
    ("z", "probability"),
    [
        ("0", "1"),
        ("1", "0.3173105078629141028295349087"),
        ("1.959963984540054", "0.0500000000000000"),
        ("6", "0.000000001973175290075396"),
        ("-3", "0.002699796063260186"),
        ("50", "0"),
    ],
)
def test_the_normal_distribution_to_many_digits(z: str, probability: str) -> None:
    known = Decimal(probability)
    exponent = known.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) else 0
    assert rounded(two_sided(Fraction(Decimal(z))), min(places, 16)) == round(
        known, min(places, 16)
    )


def years(*months: dict[int, int]) -> dict[tuple[int, int], Fraction]:
    return {
        (2024 + number, month): Fraction(value)
        for number, year in enumerate(months)
        for month, value in year.items()
    }


def test_an_index_is_the_months_average_over_the_average_month() -> None:
    """December 200 and 400 beside months of 100 and 200: 300 against (11·150 + 300)/12."""
    flat = dict.fromkeys(range(1, 12), 100)
    indices = season_indices(
        years({**flat, 12: 200}, {month: 2 * value for month, value in {**flat, 12: 200}.items()})
    )
    assert indices is not None
    assert indices[12] == Fraction(300 * 12, 11 * 150 + 300)
    assert sum(indices.values()) == 12


def test_a_season_needs_two_whole_years() -> None:
    flat = dict.fromkeys(range(1, 13), 100)
    assert season_indices(years(flat)) is None
    assert season_indices(years(flat, dict.fromkeys(range(1, 12), 100))) is None
    assert season_indices(years(flat, flat)) == dict.fromkeys(range(1, 13), Fraction(1))
    assert season_indices(years(dict.fromkeys(flat, 0), dict.fromkeys(flat, 0))) is None


def test_a_years_plan_is_split_without_a_rest() -> None:
    """1 000 over twelve equal months: four of 84 (the earlier ones), eight of 83."""
    parts = split_by_season(Decimal(1_000), dict.fromkeys(range(1, 13), Fraction(1)))
    assert list(parts.values()) == [Decimal(84)] * 4 + [Decimal(83)] * 8
    with pytest.raises(ValueError, match="more digits"):
        split_by_season(Decimal("0.5"), {1: Fraction(1)})


@given(
    total=st.decimals(0, 10**9, places=2),
    weights=st.lists(st.fractions(0, 3), min_size=12, max_size=12).filter(any),
)
def test_the_months_are_always_the_year(total: Decimal, weights: list[Fraction]) -> None:
    indices = dict(enumerate(weights, start=1))
    parts = split_by_season(total, indices, 2)
    assert sum(map(Fraction, parts.values())) == Fraction(total)
    whole = sum(weights, Fraction(0))
    for month, part in parts.items():
        assert abs(Fraction(part) - Fraction(total) * indices[month] / whole) < PERCENT


def test_e45_money_is_converted_once() -> None:
    """100.10 USD × 81.2345 = 8 131.57; three rows of 1.00 USD × 80.335 are 3 × 80.34 = 241.02, not
    241.01; 80.345 is 80.35, half up; 122 000 of 2026 and 120 000 of 2025 are 100 000 net."""
    assert booked(Decimal("100.10"), Decimal("81.2345")) == Decimal("8131.57")
    rows = [booked(Decimal("1.00"), Decimal("80.335")) for _row in range(3)]
    assert sum(rows) == Decimal("241.02")
    assert booked(Decimal("1.00"), Decimal("80.345")) == Decimal("80.35")
    assert net_of_vat(Decimal(122_000), dt.date(2026, 1, 1)) == Decimal("100000.00")
    assert net_of_vat(Decimal(120_000), dt.date(2025, 12, 31)) == Decimal("100000.00")
    assert vat_rate(dt.date(2018, 12, 31)) == Fraction(18, 100)
    with pytest.raises(LookupError):
        vat_rate(dt.date(2003, 12, 31))


def test_e47_paid_and_full_cost_of_a_customer() -> None:
    """Media 300 000, salary 200 000 + 30.2 %, services 40 000, 300 new; LTV 3 000·40 %·2.5·2: paid
    CAC 1 000; full 2 001.33; LTV 6 000; LTV/CAC 2.998, below three."""
    media, services = Fraction(300_000), Fraction(40_000)
    salary = 200_000 * (1 + Fraction(302, 1000))
    paid = cost_of_customer([media], 300)
    full = cost_of_customer([media, salary, services], 300)
    value = lifetime_value(Fraction(3_000), Fraction(2, 5), Fraction(5, 2), Fraction(2))
    assert paid.number == 1_000
    assert full.number is not None
    assert rounded(full.number, 2) == Decimal("2001.33")
    assert value == 6_000
    assert rounded(value / full.number, 3) == Decimal("2.998")
    assert value / full.number < 3
    assert cost_of_customer([media], 0) == Value(reason=Reason.NO_BASE)


def test_e36_a_cohort_is_mature_when_its_last_customer_is() -> None:
    """First buyers of January, 90 days: 01.05.2027; in the leap year 30.04.2028."""
    assert mature_on(month_of(dt.date(2027, 1, 1)), 90) == dt.date(2027, 5, 1)
    assert mature_on(month_of(dt.date(2028, 1, 1)), 90) == dt.date(2028, 4, 30)


def test_lifetime_value_leaves_young_cohorts_out() -> None:
    """Two old cohorts brought (3 000 + 1 500) over 10 + 5 customers in two months; the young one,
    with a single month, does not make them look poor."""
    old = Cohort(10, (Fraction(2_000), Fraction(1_000)), 2)
    other = Cohort(5, (Fraction(1_500), Fraction(0)), 2)
    young = Cohort(100, (Fraction(100),), 1)
    assert cohort_value([old, other, young], 2) == Value(Fraction(300))
    assert cohort_value([young], 2) == Value(reason=Reason.IMMATURE)
    assert cohort_value([], 2) == Value(reason=Reason.NO_DATA)
    assert cohort_value([Cohort(0, (Fraction(0),), 1)], 1) == Value(reason=Reason.NO_BASE)


def test_payback_is_the_first_month_that_covers_the_cost() -> None:
    cohort = Cohort(10, tuple(map(Fraction, (3_000, 4_000, -500, 4_000))), 4)
    assert payback_month(cohort, Fraction(700)) == Value(Fraction(2))
    assert payback_month(cohort, Fraction(800)) == Value(Fraction(4))
    assert payback_month(cohort, Fraction(2_000)) == Value(reason=Reason.IMMATURE)
