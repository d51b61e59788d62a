"""Aggregate first, divide last; missing is not zero; what was used is said."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from kpis.indicators.engine.evaluate import (
    Evaluation,
    Leaf,
    Referred,
    calculate,
    evaluate,
)
from kpis.indicators.engine.formula import parse
from kpis.indicators.engine.periods import Period, month_of
from kpis.indicators.engine.points import numbers_over
from kpis.indicators.engine.series import AddUp, Day, MetricDays, last_complete_day
from kpis.indicators.engine.span import OWN, Span, SpanKind
from kpis.indicators.engine.syntax import metric_codes
from kpis.indicators.engine.values import Reason, State, Value
from tests.indicators.series import day, number, on, spread

NOVEMBER = month_of(day("01.11.2026"))


def november(
    formula: str, *metrics: MetricDays, as_of: str = "30.11.2026", today: str = "20.12.2026"
) -> Evaluation:
    series = {metric.code: metric for metric in metrics}
    return evaluate(parse(formula), series, period=NOVEMBER, as_of=day(as_of), today=day(today))


def test_e01_ctr_of_two_campaigns_is_clicks_over_impressions() -> None:
    """A 10 clicks / 1 000 shows, B 90 / 3 000 → 2.5 %, not the mean 2 %."""
    result = november(
        "clicks / impressions",
        on("clicks", {"01.11.2026": 10, "02.11.2026": 90}),
        on("impressions", {"01.11.2026": 1000, "02.11.2026": 3000}),
    )
    assert result.value == Value(number("0.025"))


def test_e02_nothing_over_nothing_has_no_base() -> None:
    result = november(
        "clicks / impressions",
        on("clicks", {"01.11.2026": 0}),
        on("impressions", {"01.11.2026": 0}),
    )
    assert result.value == Value(reason=Reason.NO_BASE)
    assert not result.alert


def test_e02_clicks_without_impressions_have_no_base_and_raise_an_alert() -> None:
    result = november(
        "clicks / impressions",
        on("clicks", {"01.11.2026": 5}),
        on("impressions", {"01.11.2026": 0}),
    )
    assert result.value == Value(reason=Reason.NO_BASE)
    assert result.alert


def test_e04_a_level_is_the_last_value_not_a_sum() -> None:
    followers = on("followers", {"01.11.2026": 1000, "30.11.2026": 1100}, AddUp.LAST)
    assert november("followers", followers).value == Value(Fraction(1100))


def test_e06_unique_people_of_days_do_not_add_up() -> None:
    users = on("users", {"01.11.2026": 1000, "02.11.2026": 1000}, AddUp.NONE)
    assert november("users", users).value == Value(reason=Reason.NOT_ADDITIVE)
    assert november("users", users, as_of="01.11.2026").value == Value(Fraction(1000))


def test_e10_romi_of_two_campaigns_is_the_formula_on_totals() -> None:
    """Margin/cost 300/100 and 400/900 → −30 %, not the mean of 200 % and −55.56 %."""
    result = november(
        "(gross_margin - media_cost) / media_cost",
        on("gross_margin", {"01.11.2026": 300, "02.11.2026": 400}),
        on("media_cost", {"01.11.2026": 100, "02.11.2026": 900}),
    )
    assert result.value == Value(number("-0.3"))


def test_no_row_is_no_data_and_a_zero_row_is_zero() -> None:
    assert november("orders", MetricDays("orders")).value == Value(reason=Reason.NO_DATA)
    assert november("orders", on("orders", {"05.11.2026": 0})).value == Value(Fraction(0))


def test_a_month_ahead_has_not_started() -> None:
    result = november("orders", MetricDays("orders"), as_of="15.10.2026", today="16.10.2026")
    assert result.value == Value(reason=Reason.NOT_STARTED)


def test_a_month_begun_without_a_complete_day_has_no_data() -> None:
    orders = spread("orders", 310, "01.10.2026", "31.10.2026")
    result = november("orders", orders, as_of="31.10.2026", today="02.11.2026")
    assert result.value == Value(reason=Reason.NO_DATA)


def test_a_ratio_uses_common_days_and_says_so() -> None:
    """Orders of 30 days over sessions of 10 days would be three times too much."""
    result = november(
        "orders / sessions",
        spread("orders", 300, "01.11.2026", "30.11.2026"),
        spread("sessions", 1000, "01.11.2026", "10.11.2026"),
    )
    assert result.value == Value(number("0.1"))
    assert result.uneven
    assert result.incomplete
    assert result.coverage == Fraction(40, 60)
    assert [(part.code, part.days) for part in result.parts] == [("orders", 10), ("sessions", 10)]


def test_metrics_without_a_common_day_give_no_ratio() -> None:
    result = november(
        "orders / sessions", on("orders", {"01.11.2026": 1}), on("sessions", {"02.11.2026": 9})
    )
    assert result.value == Value(reason=Reason.NO_DATA)
    assert result.uneven


def test_a_day_that_one_of_two_sources_missed_is_incomplete() -> None:
    days = {day("01.11.2026"): Day(Fraction(5), streams=2), day("02.11.2026"): Day(Fraction(3))}
    result = november("orders", MetricDays("orders", days), as_of="02.11.2026")
    assert result.value == Value(Fraction(8))
    assert (result.covered, result.expected) == (3, 4)
    assert result.incomplete


def test_a_source_silent_for_a_month_is_not_waited_for() -> None:
    old = {day("01.09.2026"): Day(Fraction(5), streams=2)}
    new = spread("orders", 30, "01.11.2026", "30.11.2026").days
    result = november("orders", MetricDays("orders", {**old, **new}))
    assert result.coverage == 1
    assert not result.incomplete


def test_a_metric_whose_absence_means_zero_is_complete() -> None:
    refunds = MetricDays("refunds", missing_is_zero=True)
    revenue = spread("revenue", 3000, "01.11.2026", "30.11.2026")
    result = november("revenue - refunds", revenue, refunds)
    assert result.value == Value(Fraction(3000))
    assert not result.incomplete


def test_figures_are_preliminary_until_the_period_has_settled() -> None:
    orders = spread("orders", 30, "01.11.2026", "30.11.2026", settle_days=3)
    assert november("orders", orders, today="03.12.2026").state is State.PRELIMINARY
    assert november("orders", orders, today="04.12.2026").state is State.FINAL


def test_a_provisional_day_keeps_the_month_preliminary() -> None:
    days = {day("30.11.2026"): Day(Fraction(5), provisional=True)}
    assert november("orders", MetricDays("orders", days)).state is State.PRELIMINARY


def test_the_last_complete_day_waits_for_the_slowest_live_source() -> None:
    orders = spread("orders", 30, "01.11.2026", "20.11.2026")
    sessions = spread("sessions", 30, "01.11.2026", "18.11.2026")
    assert last_complete_day([orders, sessions], day("25.11.2026")) == day("18.11.2026")


def test_the_last_complete_day_needs_every_source_of_a_metric() -> None:
    two = {day(f"{n:02}.11.2026"): Day(Fraction(1), streams=2) for n in range(1, 16)}
    one = {day(f"{n:02}.11.2026"): Day(Fraction(1)) for n in range(16, 20)}
    assert last_complete_day([MetricDays("orders", {**two, **one})], day("19.11.2026")) == day(
        "15.11.2026"
    )


def test_data_older_than_four_weeks_gives_no_last_day() -> None:
    orders = spread("orders", 30, "01.09.2026", "30.09.2026")
    assert last_complete_day([orders], day("25.11.2026")) is None


AMOUNTS = st.lists(
    st.tuples(st.integers(-(10**6), 10**6), st.integers(0, 10**6)), min_size=1, max_size=30
)


@given(AMOUNTS, st.sampled_from(["a / b", "(a - b) / b", "a + 2 * b", "min(a, b)", "a / (a + b)"]))
def test_the_total_is_the_formula_on_totals(rows: list[tuple[int, int]], formula: str) -> None:
    days = [day(f"{n:02}.11.2026") for n in range(1, 31)]
    dated = dict(zip(days, rows, strict=False))
    metrics = [
        MetricDays(code, {at: Day(Fraction(row[place])) for at, row in dated.items()})
        for place, code in enumerate("ab")
    ]
    result = november(formula, *metrics)
    sums = {
        Leaf(code): Value(Fraction(sum(row[place] for row in rows)))
        for place, code in enumerate("ab")
    }
    assert result.value == calculate(parse(formula), sums)[0]
    assert result.covered == 2 * len(rows)


@given(st.permutations(range(1, 31)))
def test_the_order_of_days_changes_nothing(order: list[int]) -> None:
    days = {day(f"{n:02}.11.2026"): Day(Fraction(n)) for n in order}
    assert november("orders", MetricDays("orders", days)).value == Value(Fraction(465))


@given(
    st.sampled_from(["a / b", "a * b", "a - b / 3", "a / nullif(b, 0)"]),
    st.integers(-9, 9),
    st.integers(-9, 9),
)
def test_a_value_is_an_exact_fraction_or_a_reason(formula: str, a: int, b: int) -> None:
    node = parse(formula)
    totals = {Leaf(code): Value(Fraction(n)) for code, n in zip("ab", (a, b), strict=True)}
    value, _alert = calculate(node, totals)
    assert type(value.number) is Fraction or value.reason is Reason.NO_BASE
    assert metric_codes(node) == ("a", "b")


def test_a_period_ends_after_it_begins() -> None:
    assert Period(day("01.11.2026"), day("01.11.2026")).days == 1


@given(
    st.just([None] * 62)
    | st.lists(st.one_of(st.none(), st.integers(-9, 99)), min_size=62, max_size=62),
    st.lists(st.one_of(st.none(), st.integers(0, 99)), min_size=62, max_size=62),
    st.sampled_from(
        ["a / b", "a - year_ago(a)", "b / previous(b)", "@other / a", "at_start(a) + closing(3, b)"]
    ),
    st.sampled_from([OWN, Span(SpanKind.TRAILING, 7), Span(SpanKind.MONTH)]),
    st.sampled_from([0, 20]),
    st.booleans(),
)
def test_a_chart_has_the_numbers_of_single_readings(
    some: list[int | None],
    others: list[int | None],
    formula: str,
    span: Span,
    maturity_days: int,
    zero: bool,
) -> None:
    begin = day("01.10.2026")
    series = {
        code: MetricDays(
            code,
            {
                begin + dt.timedelta(days=number): Day(Fraction(what))
                for number, what in enumerate(figures)
                if what is not None
            },
            kind,
            missing_is_zero=zero,
        )
        for code, figures, kind in (("a", some, AddUp.SUM), ("b", others, AddUp.LAST))
    }
    kpis = {"other": Referred(parse("a * 2 - b"), Span(SpanKind.TRAILING, 3))}
    days = [begin + dt.timedelta(days=number) for number in range(20, 62)]
    periods = [*(Period(one, one) for one in days), Period(days[0], days[9]), month_of(days[-1])]
    today, node = day("28.11.2026"), parse(formula)
    single = [
        evaluate(
            node,
            series,
            period=one,
            as_of=one.last,
            today=today,
            span=span,
            maturity_days=maturity_days,
            kpis=kpis,
        ).value.number
        for one in periods
    ]
    chart = numbers_over(
        node, series, periods, today=today, span=span, maturity_days=maturity_days, kpis=kpis
    )
    assert chart == single
