"""Worked examples through the library's own formulas as installed: figures in, the right value out,
and the wrong one named."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.lib.dates import days_between
from kpis.indicators.engine.evaluate import Evaluation, evaluate
from kpis.indicators.engine.formula import parse
from kpis.indicators.engine.periods import Period, month_of
from kpis.indicators.engine.series import AddUp, Day, MetricDays
from kpis.indicators.engine.syntax import metric_codes
from kpis.indicators.engine.values import Reason, rounded
from kpis.indicators.library import DEFINITIONS
from kpis.indicators.selectors.definitions import book
from kpis.register.models import Metric
from kpis.register.vocabulary import WORDS
from tests.indicators.series import day, number

pytestmark = pytest.mark.django_db
KNOWN = {word.code: word for word in WORDS}
# A figure of the whole month in equal parts, or what was measured on the named days.
Figure = str | int | Mapping[str, str | int]


def series_of(code: str, figure: Figure, period: Period) -> MetricDays:
    """The metric as the vocabulary says it adds up. A sum of the month is spread over its days,
    except for what is booked on one day; a level stands on all of them."""
    word = KNOWN[code]
    zero = word.missing == Metric.Missing.ZERO
    days = list(days_between(period.first, period.last))
    if isinstance(figure, Mapping):
        known = {day(at): Day(number(what)) for at, what in figure.items()}
    elif word.time == Metric.AggTime.LAST:
        known = dict.fromkeys(days, Day(number(figure)))
    elif zero:
        known = {days[9]: Day(number(figure))}
    else:
        known = dict.fromkeys(days, Day(number(figure) / len(days)))
    return MetricDays(code, known, AddUp(word.time), missing_is_zero=zero)


def asked(
    kpi: str, month: str = "11.2026", *, as_of: str = "", today: str = "", **figures: Figure
) -> Evaluation:
    """The KPI ``kpi`` of the library in ``month``; months are over and settled unless said."""
    period = month_of(day(f"01.{month}"))
    formula = book().kpis[kpi].in_month(period.first)
    absent = {code: series_of(code, {}, period) for code in formula.codes}
    given = {code: series_of(code, figure, period) for code, figure in figures.items()}
    return evaluate(
        formula.node,
        absent | given,
        period=period,
        as_of=day(as_of) if as_of else period.last,
        today=day(today) if today else day("01.01.2030"),
        span=formula.span,
        maturity_days=formula.maturity_days,
        kpis=formula.kpis,
    )


def value(kpi: str, month: str = "11.2026", **figures: Any) -> Fraction:
    found = asked(kpi, month, **figures).value
    assert found.number is not None, found.reason
    return found.number


def reason(kpi: str, month: str = "11.2026", **figures: Any) -> Reason | None:
    return asked(kpi, month, **figures).value.reason


def test_e01_ctr_of_two_campaigns_is_clicks_over_impressions() -> None:
    """A 10 clicks of 1 000, B 90 of 3 000 → 2.5 %, not the mean of 1 % and 3 %."""
    clicks = {"01.11.2026": 10, "02.11.2026": 90}
    impressions = {"01.11.2026": 1000, "02.11.2026": 3000}
    assert value("ctr", clicks=clicks, impressions=impressions) == number("0.025")


def test_e09_four_ways_to_judge_the_same_money() -> None:
    money: dict[str, Any] = {
        "revenue": 500_000,
        "gross_margin": 200_000,
        "media_cost": 100_000,
        "staff_cost": 50_000,
    }
    assert value("roas", **money) == 5
    assert value("ad_cost_ratio", **money) == number("0.2")
    assert value("romi", **money) == 1  # by revenue it would be 400 %
    assert rounded(value("full_roi", **money), 4) == rounded(Fraction(1, 3), 4)


def test_e09_without_the_payroll_there_is_no_full_roi() -> None:
    """A payroll nobody entered is not a payroll of zero."""
    money: dict[str, Any] = {"gross_margin": 200_000, "media_cost": 100_000}
    assert reason("full_roi", **money) is Reason.NO_BASE
    assert reason("full_cac", media_cost=1000, new_customers=3) is Reason.NO_BASE


def test_e10_romi_of_two_campaigns_is_the_formula_on_the_sums() -> None:
    """Margin over cost 300/100 and 400/900 → −30 %, not the mean 72.2 %."""
    margin = {"01.11.2026": 300, "02.11.2026": 400}
    cost = {"01.11.2026": 100, "02.11.2026": 900}
    assert value("romi", gross_margin=margin, media_cost=cost) == number("-0.3")


def test_returns_take_romi_below_minus_one_hundred_percent() -> None:
    assert value("romi", gross_margin=-50, media_cost=100) == number("-1.5")


def test_an_invoice_of_one_day_counts_for_the_whole_month() -> None:
    """Production is booked on the 10th; the media and margin of the other days stay in."""
    found = asked("romi", gross_margin=300_000, media_cost=80_000, production_cost=20_000)
    assert found.value.number == 2
    assert not found.uneven


def test_refunds_may_exceed_the_revenue_of_a_month() -> None:
    assert value("attributed_revenue", revenue=1000, refunds={"03.11.2026": 5000}) == -4000


def test_ad_cost_ratio_of_no_revenue_is_no_number() -> None:
    assert reason("ad_cost_ratio", media_cost=100, revenue=0) is Reason.NO_BASE
    assert reason("ad_cost_ratio", media_cost=100, revenue=-500) is Reason.NO_BASE


def test_d10_without_leads_there_is_no_cost_per_lead_but_the_spend_is_seen() -> None:
    found = asked("cost_per_lead", media_cost=9000, leads=4, junk_leads=4)
    assert found.value.reason is Reason.NO_BASE
    assert found.alert
    assert found.parts[0].code == "media_cost"
    assert found.parts[0].value.number == 9000


def test_d10_junk_is_not_paid_for() -> None:
    assert value("cost_per_lead", media_cost=9000, leads=10, junk_leads=1) == 1000


def test_e35_a_coupon_is_redeemed_of_its_series_not_of_the_month() -> None:
    """1 000 issued in January; 20, 50, 30 redeemed in January, February, March: the series stands
    at 10 %; February issued nothing, so it has no rate: neither 5 % nor infinity."""
    issued = {"15.01.2027": 1000, "15.02.2027": 0}
    redeemed = {"15.01.2027": 20 + 50 + 30, "15.02.2027": 0}
    of_series: dict[str, Any] = {"coupons_issued": issued, "coupon_series_redeemed": redeemed}
    assert value("coupon_redemption", "01.2027", **of_series) == number("0.1")
    assert reason("coupon_redemption", "02.2027", **of_series) is Reason.NO_BASE
    assert reason("coupon_redemption", "03.2027", **of_series) is Reason.NO_DATA


@pytest.mark.parametrize(
    ("month", "unripe", "ripe"),
    [("01.2027", "30.04.2027", "01.05.2027"), ("01.2028", "29.04.2028", "30.04.2028")],
)
def test_e36_first_buyers_of_january_are_judged_after_ninety_days(
    month: str, unripe: str, ripe: str
) -> None:
    figures: dict[str, Any] = {"cohort_buyers": 310, "cohort_repeat_buyers": 93}
    early = asked("repeat_rate", month, today=unripe, **figures)
    assert early.value.reason is Reason.IMMATURE
    assert asked("repeat_rate", month, today=ripe, **figures).value.number == number("0.3")


def test_e04_followers_grow_by_those_who_came_less_those_who_left() -> None:
    assert value("follower_growth", follows=130, unfollows=30) == 100


def test_e41_extra_buyers_are_those_above_the_control_group() -> None:
    groups: dict[str, Any] = {
        "target_group": 9500,
        "target_group_buyers": 475,
        "control_group": 500,
        "control_group_buyers": 20,
    }
    assert value("incremental_lift", **groups) == number("0.01")
    assert value("incremental_orders", **groups) == 95  # not all 475


def test_e44_a_mailing_has_five_rates_on_their_own_denominators() -> None:
    mail: dict[str, Any] = {
        "sends": 10_250,
        "deliveries": 10_250 - 150 - 100,
        "hard_bounces": 150,
        "unique_opens": 4000,
        "machine_opens": 2500,
        "machine_recipients": 2500,
        "unique_email_clicks": 200,
    }
    assert rounded(value("delivery_rate", **mail), 4) == rounded(number("0.9756"), 4)
    assert rounded(value("hard_bounce_rate", **mail), 4) == rounded(number("0.0146"), 4)
    assert value("open_rate", **mail) == number("0.4")
    assert value("human_open_rate", **mail) == number("0.2")
    assert value("email_ctr", **mail) == number("0.02")
    assert value("ctor", **mail) == number("0.05")


def test_e47_full_cac_has_the_salaries_and_ltv_the_margin() -> None:
    """Media 300 000, payroll 200 000 + 30.2 %, services 40 000, 300 new → 2 001.33 against 1 000
    for media alone; LTV 3 000 × 40 % × 2.5 × 2 = 6 000; the ratio is below three."""
    cost: dict[str, Any] = {
        "media_cost": 300_000,
        "staff_cost": "260400",
        "service_cost": 40_000,
        "new_customers": 300,
    }
    year: dict[str, Any] = {
        "revenue": 2_250_000,
        "orders": 750,
        "gross_margin": 900_000,
        "customers_365": 300,
        "customers_lost_365": 150,
    }
    assert value("full_cac", **cost) == number("600400") / 300
    assert rounded(value("full_cac", **cost), 2) == rounded(number("2001.33"), 2)
    assert value("ltv", **year) == 6000
    assert rounded(value("ltv_to_cac", **cost, **year), 3) == rounded(number("2.998"), 3)
    assert value("ltv_to_cac", **cost, **year) < 3


def test_cac_is_paid_back_in_months_of_margin() -> None:
    """1 200 for a customer who brings 100 of margin a month: a year."""
    figures: dict[str, Any] = {
        "media_cost": 100_000,
        "staff_cost": 20_000,
        "new_customers": 100,
        "gross_margin": 1_200_000,
        "customers_365": 1000,
    }
    assert value("cac_payback", **figures) == 12


def test_churn_is_what_retention_leaves() -> None:
    figures: dict[str, Any] = {"month_customers_kept": 30, "month_customers_before": 120}
    assert value("retention", **figures) == number("0.25")
    assert value("churn", **figures) == number("0.75")


def test_brand_demand_is_told_against_the_same_month_of_last_year() -> None:
    queries = {"30.11.2025": 2000, "30.11.2026": 2500}
    assert value("brand_demand", brand_queries=queries) == number("0.25")


def test_nps_counts_those_who_do_not_care_in_the_denominator() -> None:
    assert value("nps", promoters=60, passives=20, detractors=20) == number("0.4")
    assert value("nps", promoters=0, passives=0, detractors=5) == -1


def test_missed_calls_without_any_call_back_are_all_missed() -> None:
    figures: dict[str, Any] = {"calls": 300, "missed_calls": 30}
    assert value("missed_calls", **figures) == number("0.1")
    back = {"20.11.2026": 15}
    assert value("missed_calls", recovered_calls=back, **figures) == number("0.05")


def test_the_list_grows_against_its_last_level_before_the_month() -> None:
    levels = {"31.10.2026": 1000, "01.11.2026": 990, "30.11.2026": 1050}
    assert value("list_growth", list_size=levels) == number("0.05")


def test_a_creative_wears_out_between_its_first_and_last_week() -> None:
    days = [at.isoformat() for at in days_between(day("01.11.2026"), day("30.11.2026"))]
    clicks: Figure = {at: 50 if index < 7 else 30 for index, at in enumerate(days)}
    impressions: Figure = dict.fromkeys(days, 1000)
    fallen = value("creative_fatigue", clicks=clicks, impressions=impressions)
    assert fallen == number("-0.4")


def test_a_quarter_shows_the_budget_of_its_last_month() -> None:
    """A limit of 100 a month: three of them are not one."""
    period = Period(day("01.10.2026"), day("31.12.2026"))
    formula = book().kpis["budget_execution"].in_month(period.first)
    series = {
        "fund_spent": series_of("fund_spent", 270, period),
        "fund_limit": series_of("fund_limit", 100, period),
    }
    found = evaluate(
        formula.node,
        series,
        period=period,
        as_of=period.last,
        today=day("01.01.2030"),
        span=formula.span,
    )
    assert found.value.number == number("270") / 92 * 31 / 100


def test_without_any_figure_no_kpi_has_a_value() -> None:
    """Whatever is booked on some days only never makes a number alone."""
    valued = {item.code: reason(item.code) for item in DEFINITIONS}
    assert set(valued.values()) == {Reason.NO_DATA, Reason.NO_BASE}, valued


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 10**6)), min_size=1, max_size=28),
    st.sampled_from(["ctr", "conversion", "bounce_rate", "email_ctr", "card_receipts_share"]),
)
def test_a_share_of_any_days_is_the_share_of_their_sums(
    days: list[tuple[int, int]], kpi: str
) -> None:
    part, whole = metric_codes(parse(next(x.formula for x in DEFINITIONS if x.code == kpi)))
    dates = [at.isoformat() for at in days_between(day("01.11.2026"), day("28.11.2026"))]
    figures: dict[str, Any] = {
        part: dict(zip(dates, (one for one, _all in days), strict=False)),
        whole: dict(zip(dates, (every for _one, every in days), strict=False)),
    }
    expected = Fraction(sum(one for one, _ in days), sum(every for _, every in days))
    assert value(kpi, **figures) == expected
