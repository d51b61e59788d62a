"""A KPI over days, weeks, quarters, years and any two dates; plans made of months' targets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.lib.errors import Invalid
from departments.structure.models import Company
from kpis.indicators.engine.attain import Lamp
from kpis.indicators.engine.periods import Grain, Period, month_of, period_of
from kpis.indicators.engine.plan import PlanMethod
from kpis.indicators.engine.values import Reason
from kpis.indicators.models import Kpi, Target
from kpis.indicators.selectors.definitions import defined_kpis
from kpis.indicators.selectors.periods import (
    PeriodReading,
    asked_period,
    asked_points,
    due_of,
    grain_of,
    months_of,
    points_over,
    reading_over,
)
from kpis.indicators.services.targets import target_set
from kpis.register.models import Source
from staff.accounts.models import User
from tests.factories import Tree
from tests.indicators.register import daily, fill
from tests.indicators.series import day
from tests.indicators.test_target_set import put

JANUARY, FEBRUARY, MARCH = (dt.date(2027, month, 1) for month in (1, 2, 3))
Queries = Callable[[int], object]


def asked(code: str, tree: Tree, grain: Grain, first: str, last: str, today: str) -> PeriodReading:
    (item,) = defined_kpis([Kpi.objects.get(code=code)])
    return reading_over(
        item=item,
        department=tree.department,
        scope=tree.department.scope,
        period=Period(day(first), day(last)),
        grain=grain,
        today=day(today),
    )


def target(month: str, value: str | int, upper: str | int | None = None) -> Target:
    """An unsaved target; the plan needs no database."""
    return Target(
        month=day(month),
        value=Decimal(value),
        upper=None if upper is None else Decimal(upper),
    )


def months(*targets: Target) -> dict[dt.date, Target]:
    return {one.month: one for one in targets}


@pytest.fixture
def quarter(head: User, tree: Tree, source: Source) -> None:
    """Facts 90, 100, 108; target 100, from March 120."""
    orders = Kpi.objects.get(code="orders")
    for month in (JANUARY, FEBRUARY, MARCH):
        put(head, tree, orders, month, 100)
    put(head, tree, orders, MARCH, 120, "A new season")
    fill(
        source,
        {"orders": {day("15.01.2027"): 90, day("15.02.2027"): 100, day("15.03.2027"): 108}},
    )


@pytest.mark.usefixtures("quarter")
def test_e26_the_quarter_is_298_of_320(tree: Tree) -> None:
    found = asked("orders", tree, Grain.QUARTER, "01.01.2027", "31.03.2027", "20.04.2027").reading
    assert [found.fact.value.number, found.plan.number] == [Fraction(298), Fraction(320)]
    assert found.attained.number == Fraction("0.93125")
    assert found.lamp is Lamp.AMBER


@pytest.mark.usefixtures("quarter")
def test_a_year_with_months_without_a_target_has_no_plan(tree: Tree) -> None:
    found = asked("orders", tree, Grain.YEAR, "01.01.2027", "31.12.2027", "20.03.2027").reading
    assert found.plan.reason is Reason.NO_PLAN
    # What was due so far is known: January and February whole, of March 15 of 31 days.
    assert found.as_of == day("15.03.2027")
    assert found.plan_to_date.number == 200 + Fraction(120 * 15, 31)


@pytest.mark.usefixtures("quarter")
def test_a_custom_period_takes_its_part_of_the_months_at_its_ends(tree: Tree) -> None:
    found = asked("orders", tree, Grain.CUSTOM, "22.01.2027", "14.02.2027", "20.04.2027").reading
    assert found.plan.number == Fraction(100 * 10, 31) + Fraction(100 * 14, 28)
    assert found.fact.value.number is None
    assert found.fact.value.reason is Reason.NO_DATA


@pytest.mark.usefixtures("quarter")
def test_a_month_reads_as_on_the_dashboard(tree: Tree) -> None:
    found = asked("orders", tree, Grain.MONTH, "01.03.2027", "31.03.2027", "20.04.2027")
    assert found.name == "2027-03"
    assert found.reading.target is not None
    assert found.reading.attained.number == Fraction(9, 10)


@pytest.mark.usefixtures("quarter")
def test_in_mid_month_both_edges_of_a_corridor_are_those_of_its_days(
    head: User, tree: Tree
) -> None:
    """A corridor of 100–124 for March: by the 15th 48.4 to 60 are due, so 108 is far above it; by
    the month's end 108 is inside."""
    orders = Kpi.objects.get(code="orders")
    Kpi.objects.filter(pk=orders.pk).update(better="corridor")
    target_set(
        actor=head,
        scope=tree.department.scope,
        kpi=Kpi.objects.get(pk=orders.pk),
        month=MARCH,
        value=Decimal(100),
        upper=Decimal(124),
        reason="Both ways",
    )
    read = asked("orders", tree, Grain.MONTH, "01.03.2027", "31.03.2027", "16.03.2027").reading
    low, high = Fraction(100 * 15, 31), Fraction(124 * 15, 31)
    assert [read.plan_to_date.number, read.upper.number] == [low, 124]
    assert read.attained.number == max(1 - (108 - high) / (high - low), 0) == 0
    whole = asked("orders", tree, Grain.MONTH, "01.03.2027", "31.03.2027", "20.04.2027").reading
    assert whole.attained.number == 1


@pytest.mark.usefixtures("quarter")
def test_in_mid_month_a_base_is_that_of_its_days(tree: Tree) -> None:
    """From 60 to 120 a month: by 15 March the way is from 29.03 to 58.06."""
    Kpi.objects.filter(code="orders").update(base=60)
    read = asked("orders", tree, Grain.MONTH, "01.03.2027", "31.03.2027", "16.03.2027").reading
    base, due = Fraction(60 * 15, 31), Fraction(120 * 15, 31)
    assert read.attained.number == (108 - base) / (due - base)


@pytest.mark.usefixtures("quarter")
def test_a_reading_costs_the_same_for_any_length(
    tree: Tree, django_assert_max_num_queries: Queries
) -> None:
    for grain, last in ((Grain.DAY, "15.03.2027"), (Grain.CUSTOM, "31.12.2027")):
        with django_assert_max_num_queries(13):  # type: ignore[attr-defined]  # a context manager
            asked("orders", tree, grain, "15.03.2027", last, "20.04.2027")


def test_a_week_over_new_year_divides_totals(source: Source, tree: Tree) -> None:
    """E20: 2026-W53 is 28.12–03.01. 7 × 10 orders over 4 × 100 + 3 × 200 sessions."""
    sessions = {**daily(100, "28.12.2026", "31.12.2026"), **daily(200, "01.01.2027", "03.01.2027")}
    fill(source, {"orders": daily(10, "28.12.2026", "03.01.2027"), "sessions": sessions})
    found = asked("conversion", tree, Grain.WEEK, "28.12.2026", "03.01.2027", "10.01.2027")
    assert found.name == "2026-W53"
    assert found.reading.fact.value.number == Fraction(70, 1000)


def test_a_series_is_one_point_per_period(
    source: Source, tree: Tree, django_assert_max_num_queries: Queries
) -> None:
    fill(source, {"orders": daily(10, "01.01.2027", "10.03.2027")})
    (item,) = defined_kpis([Kpi.objects.get(code="orders")])
    with django_assert_max_num_queries(8):  # type: ignore[attr-defined]  # a context manager
        points, _data = points_over(
            item=item,
            department=tree.department,
            scope=tree.department.scope,
            periods=asked_points(Grain.MONTH, day("20.01.2027"), day("02.04.2027")),
            grain=Grain.MONTH,
            today=day("11.03.2027"),
        )
    values = [(point.name, point.fact.value.number, point.fact.value.reason) for point in points]
    assert values == [
        ("2027-01", 310, None),
        ("2027-02", 280, None),
        ("2027-03", 100, None),
        ("2027-04", None, Reason.NOT_STARTED),
    ]


# --- plans ---------------------------------------------------------------------------------------
ANY = Company()  # without days off of its own
FLOW = Kpi(code="flow", better="up", plan_method=PlanMethod.CALENDAR)
RATIO = Kpi(code="ratio", better="up", plan_method=PlanMethod.NONE)


def test_a_ratio_keeps_the_last_months_target() -> None:
    known = months(target("01.01.2027", "0.02"), target("01.02.2027", "0.03"))
    period = Period(day("01.01.2027"), day("28.02.2027"))
    assert due_of(RATIO, known, period, ANY).plan == Fraction(3, 100)
    assert due_of(RATIO, known, month_of(JANUARY), ANY).plan == Fraction(2, 100)
    assert due_of(RATIO, known, month_of(MARCH), ANY).plan is None


def test_a_corridor_of_a_flow_adds_up_at_both_edges() -> None:
    known = months(target("01.01.2027", 90, 110), target("01.02.2027", 100))
    due = due_of(FLOW, known, Period(JANUARY, day("28.02.2027")), ANY)
    assert [due.plan, due.upper] == [Fraction(190), Fraction(210)]


def test_a_corridor_of_a_ratio_is_the_last_months() -> None:
    known = months(target("01.01.2027", "0.9", "1.1"), target("01.02.2027", "0.95", "1.05"))
    due = due_of(RATIO, known, Period(JANUARY, day("28.02.2027")), ANY)
    assert (due.plan, due.upper) == (Fraction(95, 100), Fraction(105, 100))


def test_a_withdrawn_target_is_no_target() -> None:
    withdrawn = Target(month=FEBRUARY, value=None)
    known = months(target("01.01.2027", 100), withdrawn)
    assert due_of(FLOW, known, Period(JANUARY, day("28.02.2027")), ANY).plan is None


def test_working_days_share_out_a_week() -> None:
    """20 working days in November 2026 with the 4th off; the week of 2–8 November has four."""
    kpi = Kpi(code="w", better="up", plan_method=PlanMethod.WORKING)
    week = period_of(Grain.WEEK, day("05.11.2026"))
    assert due_of(kpi, months(target("01.11.2026", 200)), week, ANY).plan == 40


def test_milestones_give_a_week_what_falls_due_in_it() -> None:
    kpi = Kpi(code="m", better="up", plan_method=PlanMethod.MILESTONES)
    row = target("01.03.2027", 100)
    row.milestones = [["2027-03-10", "40"], ["2027-03-31", "100"]]
    week = Period(day("08.03.2027"), day("14.03.2027"))
    assert due_of(kpi, months(row), week, ANY).plan == 40
    assert due_of(kpi, months(row), Period(day("11.03.2027"), day("31.03.2027")), ANY).plan == 60


@given(
    st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 1)),
    st.lists(st.integers(1, 70), min_size=1, max_size=5),
    st.sampled_from([PlanMethod.CALENDAR, PlanMethod.WORKING, PlanMethod.WEIGHTS]),
)
def test_plans_of_periods_side_by_side_add_up(
    first: dt.date, lengths: list[int], method: PlanMethod
) -> None:
    """However days are cut, the parts' plans make the whole one."""
    kpi = Kpi(code="any", better="up", plan_method=method, weekday_weights=[1, 2, 3, 4, 5, 0, 0])
    whole = Period(first, first + dt.timedelta(days=sum(lengths) - 1))
    known = months(*(target(str(month), 100 + month.month) for month in months_of(whole)))
    parts, begin = Fraction(0), first
    for length in lengths:
        end = begin + dt.timedelta(days=length - 1)
        parts += due_of(kpi, known, Period(begin, end), ANY).plan or 0
        begin = end + dt.timedelta(days=1)
    assert parts == due_of(kpi, known, whole, ANY).plan


# --- what is asked -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("first", "last", "grain"),
    [
        ("01.11.2026", "30.11.2026", Grain.MONTH),
        ("02.11.2026", "30.11.2026", Grain.CUSTOM),
        ("28.12.2026", "03.01.2027", Grain.WEEK),
        ("01.10.2026", "31.12.2026", Grain.QUARTER),
        ("01.01.2026", "31.12.2026", Grain.YEAR),
        ("05.11.2026", "05.11.2026", Grain.DAY),
    ],
)
def test_days_are_called_what_the_calendar_calls_them(first: str, last: str, grain: Grain) -> None:
    assert grain_of(Period(day(first), day(last))) is grain


TODAY = dt.date(2026, 12, 1)


@pytest.mark.parametrize(
    ("first", "last", "grain", "found"),
    [
        (None, None, None, (dt.date(2026, 11, 1), dt.date(2026, 11, 30))),
        ("05.11.2026", None, None, (dt.date(2026, 11, 1), dt.date(2026, 11, 30))),
        ("05.11.2026", None, Grain.QUARTER, (dt.date(2026, 10, 1), dt.date(2026, 12, 31))),
        ("05.11.2026", "07.11.2026", None, (dt.date(2026, 11, 5), dt.date(2026, 11, 7))),
    ],
)
def test_what_two_dates_and_a_grain_mean(
    first: str | None, last: str | None, grain: Grain | None, found: tuple[dt.date, dt.date]
) -> None:
    period, _grain = asked_period(
        first=day(first) if first else None,
        last=day(last) if last else None,
        grain=grain,
        today=TODAY,
    )
    assert (period.first, period.last) == found


@pytest.mark.parametrize(
    ("first", "last", "grain", "field"),
    [
        ("05.11.2026", "04.11.2026", None, "to"),
        (None, "04.11.2026", None, "from"),
        ("05.11.2026", None, Grain.CUSTOM, "to"),
        ("02.11.2026", "30.11.2026", Grain.MONTH, "grain"),
        ("01.01.1990", "31.12.2026", None, "to"),
    ],
)
def test_what_makes_no_period_is_refused_by_its_field(
    first: str | None, last: str | None, grain: Grain | None, field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        asked_period(
            first=day(first) if first else None,
            last=day(last) if last else None,
            grain=grain,
            today=TODAY,
        )
    assert set(refusal.value.fields) == {field}


def test_a_series_has_an_end() -> None:
    with pytest.raises(Invalid, match="Check the values"):
        asked_points(Grain.DAY, dt.date(2020, 1, 1), dt.date(2022, 1, 1))
    with pytest.raises(Invalid):
        asked_points(Grain.YEAR, dt.date(1990, 1, 1), dt.date(2100, 1, 1))
