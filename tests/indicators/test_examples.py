"""Worked examples of the semantics: what a level, a distinct count, a cohort, a span and a corridor
come to, and the wrong answers they avoid."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.indicators.engine.attain import (
    Better,
    Goal,
    Lamp,
    Thresholds,
    attainment,
    lamp_of,
)
from kpis.indicators.engine.change import change, per_day
from kpis.indicators.engine.evaluate import Evaluation, Referred, evaluate
from kpis.indicators.engine.forecast import ForecastMethod, forecast, method_of
from kpis.indicators.engine.formula import FormulaError, parse
from kpis.indicators.engine.periods import (
    Grain,
    Period,
    last_year,
    month_of,
    name_of,
    period_of,
    previous,
    same_weekdays,
)
from kpis.indicators.engine.plan import Pace, PlanMethod, plan_to_date
from kpis.indicators.engine.sample import wilson
from kpis.indicators.engine.scorecard import Weighed, score
from kpis.indicators.engine.series import AddUp, Day, MetricDays
from kpis.indicators.engine.span import Span, SpanKind
from kpis.indicators.engine.values import Reason, State, Value, rounded
from tests.indicators.series import day, number, on, spread

MARCH = month_of(dt.date(2027, 3, 1))
LATER = dt.date(2027, 12, 1)


def of(formula: str, *metrics: MetricDays, period: Period = MARCH, **more: object) -> Evaluation:
    asked: dict[str, object] = {"as_of": period.last, "today": LATER, **more}
    series = {item.code: item for item in metrics}
    return evaluate(parse(formula), series, period=period, **asked)  # type: ignore[arg-type]


def level(code: str, **series: dict[str, int]) -> MetricDays:
    """A level told by several communities."""
    levels = {
        (1, place): {day(at): Fraction(value) for at, value in told.items()}
        for place, told in enumerate(series.values())
    }
    days: dict[dt.date, Fraction] = {}
    for told in levels.values():
        for at, value in told.items():
            days[at] = days.get(at, Fraction(0)) + value
    return MetricDays(
        code, {at: Day(value) for at, value in days.items()}, AddUp.LAST, levels=levels
    )


# --- levels and distinct counts ---------------------------------------------------------------


def test_followers_are_a_level_and_their_growth_is_a_difference() -> None:
    """E04: 1 000 on 1 March, 1 100 on the 31st: March is 1 100, not 2 100; net +100."""
    march = level("followers", vk={"01.03.2027": 1000, "31.03.2027": 1100})
    assert of("followers", march).value == Value(Fraction(1100))
    first_day = Period(MARCH.first, MARCH.first)
    began = of("followers", march, period=first_day).value
    assert change(began, of("followers", march).value).difference == Value(Fraction(100))


def test_a_community_silent_on_the_last_day_is_not_lost() -> None:
    march = level("followers", vk={"31.03.2027": 1100}, telegram={"02.03.2027": 400})
    assert of("followers", march).value == Value(Fraction(1500))


def test_reach_of_days_is_no_reach_of_a_month() -> None:
    """E06: three days of 1 000 are somewhere between 1 000 and 3 000; the source's 1 800 is it."""
    days = on("reach", {"01.03.2027": 1000, "02.03.2027": 1000, "03.03.2027": 1000}, AddUp.NONE)
    result = of("reach", days)
    assert result.value == Value(reason=Reason.NOT_ADDITIVE)
    assert result.parts[0].bounds == (Fraction(1000), Fraction(3000))
    told = replace(days, wholes={MARCH: Fraction(1800)})
    assert of("reach", told).value == Value(Fraction(1800))


def test_frequency_divides_by_the_reach_of_the_period() -> None:
    """E08: 5 400 shows over 1 800 people are 3.0 each, not the mean of the days' 1.8."""
    shows = spread("impressions", 5400, "01.03.2027", "03.03.2027")
    reach = replace(
        on("reach", {f"0{n}.03.2027": 1000 for n in (1, 2, 3)}, AddUp.NONE),
        wholes={MARCH: Fraction(1800)},
    )
    result = of("impressions / reach", shows, reach)
    assert result.value == Value(Fraction(3))
    assert not result.uneven


def test_a_level_beside_a_flow_takes_no_days_from_it() -> None:
    """C10: growth of the list over its size at the start, where sizes are told once a month."""
    size = level("list_size", main={"26.02.2027": 2000, "30.03.2027": 2100})
    joined = spread("new_subscribers", 200, "01.03.2027", "31.03.2027")
    left = spread("unsubscribes", 100, "01.03.2027", "31.03.2027")
    result = of("(new_subscribers - unsubscribes) / at_start(list_size)", size, joined, left)
    assert result.value == Value(Fraction(1, 20))
    assert not result.uneven


# --- cohorts and spans --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("january", "mature"), [("01.2027", "01.05.2027"), ("01.2028", "30.04.2028")]
)
def test_a_cohort_is_judged_when_its_window_is_over(january: str, mature: str) -> None:
    """E36: first buyers of January, ninety days; a leap year is a day earlier."""
    period = month_of(day(f"01.{january}"))
    first = spread("buyers", 31, f"01.{january}", f"31.{january}")
    again = spread("again", 10, f"01.{january}", f"31.{january}")

    def on_day(today: dt.date) -> Value:
        return of(
            "again / buyers", first, again, period=period, today=today, maturity_days=90
        ).value

    assert on_day(day(mature) - dt.timedelta(days=1)) == Value(reason=Reason.IMMATURE)
    assert on_day(day(mature)) == Value(Fraction(10, 31))


def test_trailing_days_end_with_the_last_complete_day() -> None:
    orders = spread("orders", 365, "01.04.2026", "31.03.2027")
    week = Span(SpanKind.TRAILING, 7)
    result = of("orders", orders, span=week, as_of=day("10.03.2027"), today=day("11.03.2027"))
    assert result.value == Value(Fraction(7))
    assert result.parts[0].over == Period(day("04.03.2027"), day("10.03.2027"))


@pytest.mark.parametrize(
    ("kind", "first"),
    [("month", "01.03.2027"), ("quarter", "01.01.2027"), ("year", "01.01.2027")],
)
def test_to_date_begins_where_its_period_does(kind: str, first: str) -> None:
    orders = spread("orders", 365, "01.04.2026", "31.03.2027")
    result = of("orders", orders, span=Span(SpanKind(kind)), as_of=day("10.03.2027"))
    assert result.value.number == (day("10.03.2027") - day(first)).days + 1


def test_a_cumulative_kpi_inside_another_keeps_its_own_days() -> None:
    orders = spread("orders", 365, "01.04.2026", "31.03.2027")
    year = Referred(parse("orders"), Span(SpanKind.YEAR))
    result = of("orders / @orders_of_year", orders, kpis={"orders_of_year": year})
    assert result.value == Value(Fraction(31, 90))
    assert {part.over.first for part in result.parts} == {day("01.03.2027"), day("01.01.2027")}


def test_a_kpi_nobody_explains_is_broken_and_not_zero() -> None:
    orders = spread("orders", 31, "01.03.2027", "31.03.2027")
    assert of("orders / @gone", orders).value == Value(reason=Reason.BROKEN)


def test_brand_demand_is_this_month_over_the_same_month_last_year() -> None:
    """D25; last year's month is whole even where February had another length."""
    queries = on("brand_queries", {"01.03.2027": 1250, "01.03.2026": 1000})
    result = of("brand_queries / year_ago(brand_queries) - 1", queries)
    assert result.value == Value(Fraction(1, 4))
    assert [part.over.first.year for part in result.parts] == [2027, 2026]


def test_fatigue_compares_the_last_seven_days_with_the_first() -> None:
    """P-04: CTR 2 % in the first week, 1 % in the last one: −50 %."""
    clicks = on("clicks", {"03.03.2027": 20, "29.03.2027": 10, "15.03.2027": 999})
    shows = on("impressions", {"03.03.2027": 1000, "29.03.2027": 1000, "15.03.2027": 1000})
    ctr = "clicks / impressions"
    result = of(f"closing(7, {ctr}) / opening(7, {ctr}) - 1", clicks, shows)
    assert result.value == Value(Fraction(-1, 2))


@pytest.mark.parametrize(
    "text", ["closing(0, a)", "closing(a)", "opening(1.5, a)", "closing(401, a)"]
)
def test_days_of_a_part_are_a_whole_number(text: str) -> None:
    with pytest.raises(FormulaError):
        parse(text)


# --- periods ------------------------------------------------------------------------------------


def test_iso_weeks_at_the_turn_of_a_year() -> None:
    """E20."""
    assert name_of(Grain.WEEK, period_of(Grain.WEEK, day("01.01.2027"))) == "2026-W53"
    assert period_of(Grain.WEEK, day("01.01.2027")) == Period(day("28.12.2026"), day("03.01.2027"))
    assert name_of(Grain.WEEK, period_of(Grain.WEEK, day("30.12.2024"))) == "2025-W01"


def test_the_period_before_has_as_many_elapsed_days() -> None:
    """E19, and the same rule for weeks, quarters and custom dates."""
    assert previous(Grain.MONTH, MARCH) == Period(day("01.02.2027"), day("28.02.2027"))
    half = Period(day("01.03.2027"), day("15.03.2027"))
    assert previous(Grain.MONTH, half) == Period(day("01.02.2027"), day("15.02.2027"))
    quarter = Period(day("01.04.2027"), day("10.04.2027"))
    assert previous(Grain.QUARTER, quarter) == Period(day("01.01.2027"), day("10.01.2027"))
    assert previous(Grain.CUSTOM, half) == Period(day("14.02.2027"), day("28.02.2027"))


def test_last_year_and_the_same_weekdays() -> None:
    """Rules 6 and 7: 29 February becomes the 28th; 364 days ago is the same weekday."""
    leap = Period(day("01.02.2028"), day("29.02.2028"))
    assert last_year(leap) == Period(day("01.02.2027"), day("28.02.2027"))
    monday = Period(day("08.03.2027"), day("08.03.2027"))
    assert same_weekdays(monday).first.isoweekday() == 1


def test_a_leap_february_is_shown_per_day_too() -> None:
    """E17: +3.57 % in all, 0.00 % per day."""
    old, new = Value(Fraction(2_800_000)), Value(Fraction(2_900_000))
    total = change(old, new).ratio.number
    assert total is not None
    assert str(rounded(total * 100, 2)) == "3.57"
    assert change(per_day(old, 28), per_day(new, 29)).ratio == Value(Fraction(0))


@given(st.dates(dt.date(2000, 1, 1), dt.date(2090, 1, 1)), st.sampled_from(list(Grain)))
def test_a_day_lies_in_its_period_and_periods_do_not_overlap(at: dt.date, grain: Grain) -> None:
    period = period_of(grain, at)
    assert at in period
    assert period_of(grain, period.last + dt.timedelta(days=1)).first > period.last


# --- plans, attainment, lamps -------------------------------------------------------------------


def test_weights_of_weekdays() -> None:
    """A plan of 100 for a week in which Saturday and Sunday count three each."""
    week = Period(day("01.03.2027"), day("07.03.2027"))
    pace = Pace(PlanMethod.WEIGHTS, weekdays=(1, 1, 1, 1, 0, 3, 3))
    assert plan_to_date(Fraction(100), week, day("05.03.2027"), pace) == 40


def test_milestones_jump_on_their_day() -> None:
    half = (day("10.03.2027"), Fraction(1, 2))
    pace = Pace(PlanMethod.MILESTONES, milestones=(half, (day("31.03.2027"), Fraction(1))))
    due = [plan_to_date(Fraction(80), MARCH, day(at), pace) for at in ("09.03.2027", "10.03.2027")]
    assert due == [0, 40]


@pytest.mark.parametrize(
    ("fact", "attained"),
    [("0.98", 1), ("1.02", 1), ("1", 1), ("0.96", "0.5"), ("1.08", 0), ("0.90", 0)],
)
def test_a_corridor_falls_to_nothing_one_width_outside(fact: str, attained: str | int) -> None:
    """Rule 10: 98–102 % of the media plan; the width is four points."""
    goal = Goal(number("0.98"), Better.CORRIDOR, number("1.02"))
    expected = number(attained)
    assert attainment(Value(number(fact)), goal) == Value(expected)


def test_a_base_makes_a_plan_below_zero_measurable() -> None:
    """ROMI from −50 % to −10 % planned: −30 % is half of the way."""
    goal = Goal(number("-0.10"), base=number("-0.50"))
    assert attainment(Value(number("-0.30")), goal) == Value(Fraction(1, 2))
    assert attainment(Value(number("-0.70")), goal) == Value(Fraction(0))


def test_blue_is_above_the_cap_and_hatched_is_unsure() -> None:
    assert lamp_of(Value(Fraction(12, 10))) is Lamp.BLUE
    assert lamp_of(Value(Fraction(11999, 10000))) is Lamp.GREEN
    assert lamp_of(Value(Fraction(12, 10)), uncertain=True) is Lamp.HATCHED
    assert lamp_of(Value(reason=Reason.SMALL_SAMPLE)) is Lamp.HATCHED
    strict = Thresholds(Fraction(1), Fraction(98, 100))
    assert lamp_of(Value(Fraction(97, 100)), strict) is Lamp.RED


def test_weights_caps_and_thresholds_of_a_scorecard() -> None:
    """E28: 40/35/25 with 130/100/60 %: 48 + 35 + 0 = 83 %, not 102 %."""
    lines = [
        Weighed(Value(number(attained)), weight)
        for attained, weight in (("1.30", 4000), ("1.00", 3500), ("0.60", 2500))
    ]
    assert score(lines).value == Value(number("0.83"))


def test_a_scorecard_leaves_out_a_missing_kpi_while_enough_weight_is_known() -> None:
    missing = Value(reason=Reason.NO_DATA)
    known = Weighed(Value(Fraction(1)), 7000)
    assert score([known, Weighed(missing, 3000)]).value == Value(Fraction(1))
    assert score([replace(known, weight=6999), Weighed(missing, 3001)]).value.number is None


def test_the_interval_of_a_small_sample() -> None:
    """1 complaint in 200 letters is 0.5 %, and anything from 0.09 to 2.8 %."""
    interval = wilson(Fraction(1), Fraction(200))
    assert [str(rounded(edge * 100, 2)) for edge in (interval.low, interval.high)] == [
        "0.09",
        "2.78",
    ]


@given(st.integers(0, 500), st.integers(1, 500))
def test_an_interval_holds_the_share_and_stays_within_all(cases: int, sample: int) -> None:
    cases = min(cases, sample)
    interval = wilson(Fraction(cases), Fraction(sample))
    assert 0 <= interval.low <= Fraction(cases, sample) <= interval.high <= 1


# --- forecasts ----------------------------------------------------------------------------------


def test_a_forecast_says_how_it_was_made() -> None:
    """Rule 5: flow, ratio, level; a KPI over its own days is taken as it stands."""
    size = level("list_size", main={"01.03.2027": 100, "11.03.2027": 120})
    assert method_of(parse("orders")) is ForecastMethod.FLOW
    assert method_of(parse("a / b")) is ForecastMethod.RATIO
    assert method_of(parse("list_size"), {"list_size": size}) is ForecastMethod.LEVEL
    assert method_of(parse("a"), span=Span(SpanKind.YEAR)) is ForecastMethod.AS_IS
    ahead = forecast(
        parse("list_size"), {"list_size": size}, period=MARCH, as_of=day("11.03.2027"), pace=Pace()
    )
    assert ahead == Value(Fraction(160))


def test_last_years_part_of_a_forecast_is_already_known() -> None:
    """Ten days of 40 a day against a whole March of 31 000 a year ago: 1 240 ÷ 31 000."""
    now = spread("q", 400, "01.03.2027", "10.03.2027")
    year = spread("q", 31_000, "01.03.2026", "31.03.2026")
    both = {"q": replace(now, days={**now.days, **year.days})}
    ahead = forecast(
        parse("q / year_ago(q)"), both, period=MARCH, as_of=day("10.03.2027"), pace=Pace()
    )
    assert ahead == Value(Fraction(1240, 31_000))


def test_a_running_period_is_preliminary_and_a_settled_one_final() -> None:
    orders = spread("orders", 31, "01.03.2027", "31.03.2027", settle_days=3)
    assert of("orders", orders, today=day("03.04.2027")).state is State.PRELIMINARY
    assert of("orders", orders, today=day("04.04.2027")).state is State.FINAL
