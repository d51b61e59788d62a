"""The bonus: claims, caps, both modes, and not a kopeck lost."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from departments.work.calendar import is_working
from kpis.indicators.engine.attain import shown_percent
from kpis.indicators.engine.bonus import Mode, Norm, coefficient_of, distributed
from kpis.indicators.engine.periods import Period, month_of
from kpis.indicators.engine.prorate import prorated, working_days
from kpis.indicators.engine.remainder import shared_out
from kpis.indicators.engine.scorecard import Weighed, score
from kpis.indicators.engine.values import Value

ROUBLE = 100


def percent(number: str) -> Fraction:
    return Fraction(Decimal(number)) / 100


def norm(employee: int, roubles: int, score: str) -> Norm:
    return Norm(employee, roubles * ROUBLE, coefficient_of(percent(score)))


def test_e28_a_scorecard_with_a_cap_and_a_threshold() -> None:
    """Weights 40/35/25, attainment 130/100/60 %, cap 120, threshold 70 → 83.0 %."""
    lines = [
        Weighed(Value(percent("130")), 4000),
        Weighed(Value(percent("100")), 3500),
        Weighed(Value(percent("60")), 2500),
    ]
    assert score(lines).value.number == percent("83")


def test_e30_nobody_crosses_a_threshold_by_rounding() -> None:
    """69.996 % with the threshold 70 → 0, shown as 69.9 %; 99.96 % is shown as 99.9 %."""
    almost = percent("69.996")
    assert Weighed(Value(almost), 10_000).counted == 0
    assert coefficient_of(almost) == 0
    assert coefficient_of(percent("70")) == 7000
    assert shown_percent(almost, 1, (Fraction(7, 10),)) == Decimal("69.9")
    assert shown_percent(percent("99.96")) == Decimal("99.9")


def test_e31_the_fund_is_larger_than_what_was_earned() -> None:
    """Fund 80 000; norms 30 000/25 000/20 000/25 000, k 112/95/83/65 % →
    33 600 / 23 750 / 16 600 / 0, rest 6 050.00."""
    people = [
        norm(1, 30_000, "112"),
        norm(2, 25_000, "95"),
        norm(3, 20_000, "83"),
        norm(4, 25_000, "65"),
    ]
    result = distributed(80_000 * ROUBLE, people)
    assert result.pays == {1: 3_360_000, 2: 2_375_000, 3: 1_660_000, 4: 0}
    assert result.rest == 605_000


def test_e39_the_last_kopeck_goes_to_the_same_person_in_any_order() -> None:
    """100 000.00 over three equal claims → 33 333.34/.33/.33, the lowest id first; 0.05 by 70:30 →
    0.04/0.01 in any input order."""
    equal = [norm(number, 40_000, "100") for number in (3, 1, 2)]
    assert distributed(10_000_000, equal).pays == {1: 3_333_334, 2: 3_333_333, 3: 3_333_333}
    assert shared_out(5, {1: Fraction(70), 2: Fraction(30)}) == {1: 4, 2: 1}
    assert shared_out(5, {2: Fraction(30), 1: Fraction(70)}) == {1: 4, 2: 1}
    assert shared_out(5, {1: Fraction(30), 2: Fraction(70)}) == {1: 1, 2: 4}


def test_e48_a_norm_for_a_part_of_a_month() -> None:
    """Norm 25 000, hired on 16.11.2026: 11 of 20 working days → 13 750.00."""
    november = month_of(dt.date(2026, 11, 1))
    employed = Period(dt.date(2026, 11, 16), dt.date(2030, 1, 1))
    assert working_days(november, is_working) == 20
    assert prorated(25_000 * ROUBLE, employed, november, is_working) == 13_750 * ROUBLE
    before = Period(dt.date(2026, 1, 1), dt.date(2026, 10, 31))
    assert prorated(25_000 * ROUBLE, before, november, is_working) == 0
    assert prorated(25_000 * ROUBLE, None, november, is_working) == 0


def test_everything_is_distributed_up_to_the_caps() -> None:
    """Fund 100 000 for two norms of 30 000: both get their cap of 36 000, 28 000 stay. With a third
    of 40 000, whose claim is 36 000: the fund of 100 000 goes out to the kopeck."""
    two = [norm(1, 30_000, "100"), norm(2, 30_000, "70")]
    result = distributed(100_000 * ROUBLE, two, Mode.ALL)
    assert (result.pays, result.rest) == ({1: 3_600_000, 2: 3_600_000}, 2_800_000)
    three = [*two, norm(3, 40_000, "90")]
    result = distributed(100_000 * ROUBLE, three, Mode.ALL)
    # 30:21:36 of 100 000 is 34 483 / 24 138 / 41 379: nobody above a cap
    assert result.rest == 0
    assert result.pays == {1: 3_448_276, 2: 2_413_793, 3: 4_137_931}


def test_who_reaches_the_cap_leaves_more_to_the_others() -> None:
    people = [norm(1, 10_000, "120"), norm(2, 50_000, "70")]
    result = distributed(60_000 * ROUBLE, people, Mode.ALL)
    assert result.pays == {1: 12_000 * ROUBLE, 2: 48_000 * ROUBLE}


def test_a_negative_fund_and_a_person_twice_are_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        distributed(-1, [norm(1, 100, "100")])
    with pytest.raises(ValueError, match="twice"):
        distributed(1, [norm(1, 100, "100"), norm(1, 100, "100")])
    with pytest.raises(ValueError, match="nobody claims"):
        shared_out(1, {1: Fraction(0)})


people_strategy = st.lists(
    st.builds(
        Norm,
        st.integers(1, 40),
        st.integers(0, 10_000_000),
        st.fractions(0, 2).map(coefficient_of),
    ),
    max_size=8,
    unique_by=lambda item: item.employee,
)


@pytest.mark.parametrize("mode", list(Mode))
@given(
    fund=st.integers(0, 50_000_000), people=people_strategy, order=st.randoms(use_true_random=False)
)
def test_not_a_kopeck_is_lost(mode: Mode, fund: int, people: list[Norm], order: object) -> None:
    """Σ pays + rest = fund, nobody above the cap, k = 0 ⇒ 0, any order gives the same."""
    result = distributed(fund, people, mode)
    assert sum(result.pays.values()) + result.rest == fund
    assert result.rest >= 0
    for item in people:
        assert 0 <= result.pays[item.employee] <= item.cap
        if not item.coefficient:
            assert result.pays[item.employee] == 0
    shuffled = list(people)
    order.shuffle(shuffled)  # type: ignore[attr-defined]  # a Random of Hypothesis
    assert distributed(fund, shuffled, mode) == result


@given(fund=st.integers(0, 50_000_000), people=people_strategy)
def test_with_a_limit_nobody_gets_a_kopeck_more_than_earned(fund: int, people: list[Norm]) -> None:
    result = distributed(fund, people, Mode.LIMIT)
    for item in people:
        assert result.pays[item.employee] < item.claim + 1


@given(fund=st.integers(0, 50_000_000), people=people_strategy)
def test_a_rest_stays_only_when_everybody_with_a_claim_has_the_cap(
    fund: int, people: list[Norm]
) -> None:
    result = distributed(fund, people, Mode.ALL)
    if result.rest:
        assert all(result.pays[item.employee] == item.cap for item in people if item.claim)
