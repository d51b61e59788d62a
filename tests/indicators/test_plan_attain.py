"""Plan to date, forecast, attainment, lamps and changes: the worked examples."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from departments.work.calendar import is_working
from kpis.indicators.engine.attain import (
    Better,
    Goal,
    Lamp,
    attainment,
    capped,
    lamp_of,
    shown_percent,
)
from kpis.indicators.engine.change import change, per_day
from kpis.indicators.engine.forecast import ForecastMethod, forecast, method_of
from kpis.indicators.engine.formula import parse
from kpis.indicators.engine.periods import Period, last_year, month_of, previous_month
from kpis.indicators.engine.plan import Pace, PlanMethod, plan_to_date
from kpis.indicators.engine.series import AddUp, MetricDays
from kpis.indicators.engine.values import Reason, Value, rounded
from tests.indicators.series import day, number, on, spread

JANUARY = month_of(day("01.01.2027"))
NOVEMBER = month_of(day("01.11.2026"))


def value(what: str | int) -> Value:
    return Value(number(what))


def forecast_of(formula: str, *metrics: MetricDays, as_of: str, period: Period) -> Value:
    series = {metric.code: metric for metric in metrics}
    return forecast(parse(formula), series, period=period, as_of=day(as_of), pace=Pace())


# --- plan to date -------------------------------------------------------------------------------
def test_e07_plan_to_date_not_the_whole_plan() -> None:
    """10 January: fact 90, month plan 310 → plan to date 100, attained 90 %, amber."""
    plan = plan_to_date(number(310), JANUARY, day("10.01.2027"), Pace())
    assert plan == 100
    attained = attainment(value(90), Goal(plan, Better.UP))
    assert attained == value("0.9")
    assert lamp_of(attained) is Lamp.AMBER


def test_e14_working_days_of_the_production_calendar() -> None:
    """Plan 200 in November 2026, 4 November off → 20 working days, six passed by the 10th."""
    november = plan_to_date(
        number(200), NOVEMBER, day("10.11.2026"), Pace(PlanMethod.WORKING, is_working)
    )
    assert november == 60
    calendar = plan_to_date(number(200), NOVEMBER, day("10.11.2026"), Pace())
    assert rounded(calendar, 2) == Decimal("66.67")


def test_a_ratio_has_the_same_plan_on_any_day() -> None:
    assert plan_to_date(number(500), JANUARY, day("03.01.2027"), Pace(PlanMethod.NONE)) == 500


def test_the_whole_period_is_the_whole_plan() -> None:
    for method in (PlanMethod.CALENDAR, PlanMethod.WORKING):
        assert (
            plan_to_date(number(310), JANUARY, day("31.01.2027"), Pace(method, is_working)) == 310
        )


def test_a_month_without_working_days_is_shared_by_the_calendar() -> None:
    plan = plan_to_date(
        number(310), JANUARY, day("10.01.2027"), Pace(PlanMethod.WORKING, lambda _day: False)
    )
    assert plan == 100


@given(st.integers(1, 31), st.integers(0, 10**9))
def test_plan_to_date_grows_and_never_passes_the_plan(days: int, target: int) -> None:
    as_of = JANUARY.first.replace(day=days)
    for method in (PlanMethod.CALENDAR, PlanMethod.WORKING):
        plan = plan_to_date(Fraction(target), JANUARY, as_of, Pace(method, is_working))
        before = plan_to_date(
            Fraction(target), JANUARY, as_of.replace(day=max(days - 1, 1)), Pace(method, is_working)
        )
        assert 0 <= before <= plan <= target


# --- forecast -----------------------------------------------------------------------------------
def test_e13_the_forecast_of_a_flow() -> None:
    """Plan 310 in January, ten days done, fact 90 → 90·31/10 = 279."""
    orders = spread("orders", 90, "01.01.2027", "10.01.2027")
    assert forecast_of("orders", orders, as_of="10.01.2027", period=JANUARY) == value(279)
    assert method_of(parse("orders")) is ForecastMethod.FLOW


def test_e16_the_forecast_of_a_ratio_is_a_ratio_of_forecasts() -> None:
    """Cost 50 000 and 100 leads on day 10 of 30 → cost per lead 500, not 1 500."""
    result = forecast_of(
        "media_cost / leads",
        spread("media_cost", 50_000, "01.11.2026", "10.11.2026"),
        spread("leads", 100, "01.11.2026", "10.11.2026"),
        as_of="10.11.2026",
        period=NOVEMBER,
    )
    assert result == value(500)
    assert method_of(parse("media_cost / leads")) is ForecastMethod.RATIO


def test_no_forecast_before_a_fifth_of_the_period() -> None:
    orders = spread("orders", 50, "01.11.2026", "05.11.2026")
    result = forecast_of("orders", orders, as_of="05.11.2026", period=NOVEMBER)
    assert result == Value(reason=Reason.TOO_EARLY)
    sixth = spread("orders", 60, "01.11.2026", "06.11.2026")
    assert forecast_of("orders", sixth, as_of="06.11.2026", period=NOVEMBER) == value(300)


def test_missing_days_do_not_lower_the_forecast() -> None:
    """Ten of twenty days are there: they are a third of the month, not two thirds."""
    orders = spread("orders", 100, "11.11.2026", "20.11.2026")
    assert forecast_of("orders", orders, as_of="20.11.2026", period=NOVEMBER) == value(300)


def test_a_level_goes_on_by_its_trend() -> None:
    days = {f"{n:02}.11.2026": 1000 + n for n in range(1, 11)}
    result = forecast_of(
        "followers", on("followers", days, AddUp.LAST), as_of="10.11.2026", period=NOVEMBER
    )
    assert result == value(1030)


def test_e50_the_pace_of_a_budget() -> None:
    """600 000, spent 250 000 on day 10 of 30 → pace 125 %, forecast 750 000."""
    cost = spread("media_cost", 250_000, "01.11.2026", "10.11.2026")
    assert forecast_of("media_cost", cost, as_of="10.11.2026", period=NOVEMBER) == value(750_000)
    plan = plan_to_date(number(600_000), NOVEMBER, day("10.11.2026"), Pace())
    assert number(250_000) / plan == number("1.25")


# --- attainment and lamps -----------------------------------------------------------------------
@pytest.mark.parametrize(("fact", "attained"), [(400, "1.2"), (600, "0.8"), (0, "2"), (1100, "0")])
def test_e23_less_is_better(fact: int, attained: str) -> None:
    """Cost per lead, plan 500: 120 %, 80 %, 200 %, 0 %; fact ÷ plan would reward overspending."""
    assert attainment(value(fact), Goal(number(500), Better.DOWN)) == value(attained)


def test_e23_a_scorecard_takes_it_capped() -> None:
    assert capped(Fraction(2)) == number("1.2")
    assert capped(number("0.8")) == number("0.8")


def test_e23_a_ratio_without_a_base_is_not_a_success() -> None:
    nothing = Value(reason=Reason.NO_BASE)
    assert attainment(nothing, Goal(number(500), Better.DOWN)) == nothing
    assert lamp_of(nothing) is Lamp.GREY


def test_e25_a_limit_of_zero_is_kept_or_not() -> None:
    assert attainment(value(0), Goal(Fraction(0), Better.DOWN)) == value(1)
    assert attainment(value(1), Goal(Fraction(0), Better.DOWN)) == value(0)


def test_e25_a_goal_of_zero_is_no_plan() -> None:
    assert attainment(value(5), Goal(Fraction(0), Better.UP)) == Value(reason=Reason.NO_PLAN)
    assert attainment(value(5), None) == Value(reason=Reason.NO_PLAN)


@pytest.mark.parametrize(
    ("attained", "lamp"),
    [("1", Lamp.GREEN), ("0.99999", Lamp.AMBER), ("0.9", Lamp.AMBER), ("0.89999", Lamp.RED)],
)
def test_lamps_look_at_exact_values(attained: str, lamp: Lamp) -> None:
    assert lamp_of(value(attained)) is lamp


def test_e30_rounding_never_crosses_a_threshold() -> None:
    assert shown_percent(number("0.9996")) == Decimal("99.9")
    assert shown_percent(number("0.89996")) == Decimal("89.9")
    assert shown_percent(number("0.69996"), thresholds=(number("0.7"),)) == Decimal("69.9")
    assert shown_percent(number("1.00049")) == Decimal("100.0")
    assert shown_percent(number("0.5555")) == Decimal("55.6")


@given(st.fractions(min_value=0, max_value=3))
def test_what_is_shown_has_the_lamp_of_the_exact_value(share: Fraction) -> None:
    shown = Fraction(shown_percent(share)) / 100
    assert lamp_of(Value(shown)) is lamp_of(Value(share))


# --- changes and comparison dates ---------------------------------------------------------------
def test_e12_changes_in_percent() -> None:
    grown = change(value(0), value(50))
    assert (grown.difference, grown.ratio) == (value(50), Value(reason=Reason.NEW))
    turned = change(value(-20), value(10))
    assert (turned.difference, turned.ratio) == (value(30), Value(reason=Reason.NO_BASE))
    assert change(value(200), value(250)).ratio == value("0.25")
    assert change(value(0), value(0)).ratio == Value(reason=Reason.NO_BASE)


def test_a_change_from_nothing_known_keeps_the_reason() -> None:
    unknown = Value(reason=Reason.NO_DATA)
    assert change(unknown, value(5)).ratio == unknown
    assert change(value(5), unknown).difference == unknown


def test_e17_leap_february_in_total_and_per_day() -> None:
    old, new = value(2_800_000), value(2_900_000)
    total = change(old, new).ratio.number
    assert total is not None
    assert rounded(total * 100, 2) == Decimal("3.57")
    assert change(per_day(old, 28), per_day(new, 29)).ratio == value(0)


def test_e19_the_previous_month_for_the_same_elapsed_days() -> None:
    whole = Period(day("01.03.2027"), day("31.03.2027"))
    assert previous_month(whole) == Period(day("01.02.2027"), day("28.02.2027"))
    half = Period(day("01.03.2027"), day("15.03.2027"))
    assert previous_month(half) == Period(day("01.02.2027"), day("15.02.2027"))
    january = Period(day("01.01.2027"), day("31.01.2027"))
    assert previous_month(january) == Period(day("01.12.2026"), day("31.12.2026"))


def test_29_february_becomes_28_february() -> None:
    leap = Period(day("01.02.2028"), day("29.02.2028"))
    assert last_year(leap) == Period(day("01.02.2027"), day("28.02.2027"))
    after = Period(day("01.02.2029"), day("28.02.2029"))
    assert last_year(after) == Period(day("01.02.2028"), day("29.02.2028"))
    assert last_year(Period(day("01.02.2029"), day("15.02.2029"))).last == day("15.02.2028")


def test_e50_percentage_points() -> None:
    """CTR 2.0 % → 2.5 % is +0.5 percentage points, +25 %."""
    moved = change(value("0.02"), value("0.025"))
    assert (moved.difference, moved.ratio) == (value("0.005"), value("0.25"))


def test_rounding_is_half_away_from_zero() -> None:
    assert rounded(number("80.345"), 2) == Decimal("80.35")
    assert rounded(number("-2.5"), 0) == Decimal(-3)
    assert rounded(Fraction(2, 3), 2) == Decimal("0.67")
