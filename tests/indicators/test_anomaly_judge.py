"""What is out of the ordinary: rule 14 of the KPI semantics."""

from __future__ import annotations

import datetime as dt
import statistics
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from kpis.indicators.engine.anomaly import (
    FACTOR,
    LEAST,
    LIMIT,
    WEEK,
    Norm,
    Verdict,
    judge,
    median,
    norm_of,
    root,
)

MONDAY = dt.date(2026, 11, 23)
Numbers = st.fractions(min_value=-1000, max_value=1000, max_denominator=100)


def weeks(*values: int, upto: dt.date = MONDAY) -> dict[dt.date, Fraction]:
    """The same weekday of the weeks before ``upto``, newest first."""
    return {upto - WEEK * back: Fraction(value) for back, value in enumerate(values, start=1)}


def test_an_old_spike_does_not_hide_a_new_fall() -> None:
    """Mean ± 3σ of 100, 102, 98, 101, 1000, 99, 103, 97 takes a fall to 40 for usual."""
    before = weeks(100, 102, 98, 101, 1000, 99, 103, 97)
    values = [int(value) for value in before.values()]
    mean, deviation = statistics.mean(values), statistics.stdev(values)
    assert mean - 3 * deviation < 40

    found = judge(MONDAY, {**before, MONDAY: Fraction(40)})

    assert found.verdict is Verdict.LOW
    assert found.norm == Norm(Fraction(201, 2), Fraction(2), 8)
    assert found.score == Fraction(6745, 10_000) * Fraction(-121, 2) / 2


def test_days_all_alike_are_judged_on_the_scale_of_counts() -> None:
    """Median 100, MAD 0: the scale is √100 = 10, so usual is up to 100 ± 51.89."""
    before = weeks(*[100] * 8)
    assert judge(MONDAY, {**before, MONDAY: Fraction(151)}).verdict is Verdict.USUAL
    assert judge(MONDAY, {**before, MONDAY: Fraction(152)}).verdict is Verdict.HIGH
    assert norm_of([Fraction(0)] * 8).scale == 1


def test_exactly_at_the_limit_is_usual() -> None:
    norm = norm_of(list(weeks(*range(90, 98)).values()))
    for edge, beyond in ((norm.high, Verdict.HIGH), (norm.low, Verdict.LOW)):
        days = weeks(*range(90, 98))
        assert judge(MONDAY, {**days, MONDAY: edge}).verdict is Verdict.USUAL
        further = edge + (Fraction(1, 10**9) if beyond is Verdict.HIGH else -Fraction(1, 10**9))
        assert judge(MONDAY, {**days, MONDAY: further}).verdict is beyond


def test_a_day_without_a_value_is_told_where_such_days_have_one() -> None:
    assert judge(MONDAY, weeks(*[5] * LEAST)).verdict is Verdict.MISSING
    assert judge(MONDAY, weeks(*[5] * (LEAST - 1))).verdict is Verdict.UNKNOWN


def test_other_weekdays_do_not_count() -> None:
    """A Sunday of 0 is usual where Sundays are 0, whatever the other days are."""
    daily = {
        MONDAY - dt.timedelta(days=back): Fraction(0 if back % 7 == 1 else 500)
        for back in range(1, 90)
    }
    sunday = MONDAY - dt.timedelta(days=1)
    assert judge(sunday, daily).verdict is Verdict.USUAL


def test_days_of_a_campaign_are_left_out() -> None:
    days = weeks(100, *[5000] * 7, 101, 99, 102, 98, 100, 101, 100)
    special = {MONDAY - WEEK * back for back in range(2, 9)}
    days[MONDAY] = Fraction(5000)

    assert judge(MONDAY, days).verdict is Verdict.USUAL
    assert judge(MONDAY, days, special).verdict is Verdict.HIGH
    assert judge(MONDAY, days, {MONDAY}).verdict is Verdict.EXCLUDED


@given(st.lists(Numbers, min_size=8, max_size=12), Numbers, st.randoms())
def test_the_judgement_agrees_with_the_textbook(
    values: list[Fraction], value: Fraction, random: object
) -> None:
    """Beside the standard library's median; in any order, and the same after a shift where the
    days are not all alike."""
    middle = statistics.median(values)
    spread = statistics.median([abs(each - middle) for each in values])
    days = {MONDAY - WEEK * back: each for back, each in enumerate(values, start=1)}
    found = judge(MONDAY, {**days, MONDAY: value})
    if spread:
        expected = abs(Fraction(6745, 10_000) * (value - middle) / spread) > LIMIT
        assert (found.verdict in {Verdict.HIGH, Verdict.LOW}) == expected
        moved = {day: each + 7 for day, each in days.items()}
        assert judge(MONDAY, {**moved, MONDAY: value + 7}).score == found.score
    shuffled = list(values)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    assert norm_of(shuffled) == norm_of(values)
    assert found.norm is not None
    inside = found.norm.low <= value <= found.norm.high
    assert inside == (found.verdict is Verdict.USUAL)


@given(st.fractions(min_value=0, max_value=10**9, max_denominator=1000))
def test_the_root_is_the_root(number: Fraction) -> None:
    found = root(number)
    assert found**2 <= number
    assert (found + Fraction(1, 10**12)) ** 2 > number
    assert root(number**2) == number


def test_the_median_of_an_even_number_lies_between() -> None:
    assert median([Fraction(1), Fraction(2)]) == Fraction(3, 2)
    assert FACTOR < 1
