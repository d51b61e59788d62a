"""Metrics told from the rows of orders and enquiries, against the same counted row by row."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.lib.dates import days_between, month_first
from kpis.indicators.measured import measured
from kpis.indicators.own.ahead import count_ahead
from kpis.indicators.own.customers import customer_levels
from kpis.indicators.own.leads import lead_cohorts
from kpis.indicators.own.orders import CODES, order_figures
from kpis.register.models import (
    Enquiry,
    Order,
    Slice,
    Stream,
    StreamMetric,
    Subject,
    SyncRun,
    Touch,
)
from kpis.register.models.run import State
from kpis.register.services.sources import stream_ensure
from staff.accounts.models import User
from tests.factories import Tree
from tests.indicators.register import daily, fill, make_source
from tests.indicators.series import day

FIRST, LAST = day("10.02.2026"), day("20.04.2026")
BEGIN = day("01.01.2026")
SOLD = {"placed", "paid"}
Figures = Mapping[dt.date, Decimal]


@dataclass(frozen=True)
class Row:
    """An order as the examples make it; ``stream`` 0 is the department's, 1 direction A's, 2 one
    that is not counted."""

    day: dt.date
    stream: int = 0
    person: str = ""
    customer: str = ""
    amount: int = 100
    status: str = "paid"
    currency: str = "RUB"
    channel: str = ""
    touched: bool = False

    @property
    def who(self) -> str:
        return self.person or (f"{self.stream}:{self.customer}" if self.customer else "")


rows_of_orders = st.lists(
    st.builds(
        Row,
        day=st.integers(0, 130).map(lambda days: BEGIN + dt.timedelta(days=days)),
        stream=st.sampled_from([0, 0, 1, 2]),
        person=st.sampled_from(["", "", "ann", "bob", "eve"]),
        customer=st.sampled_from(["", "1", "2"]),
        amount=st.integers(1, 5000),
        status=st.sampled_from(["paid", "placed", "cancelled", "open"]),
        currency=st.sampled_from(["RUB", "RUB", "USD"]),
        channel=st.sampled_from(["", "", "vk"]),
        touched=st.booleans(),
    ),
    max_size=30,
)


@pytest.fixture
def streams(head: User, tree: Tree) -> list[Stream]:
    whole = make_source(head, tree.department.scope, "Shop")
    part = make_source(head, tree.a.scope, "Landing")
    double = make_source(head, tree.department.scope, "Counter")
    made = [stream_ensure(source=each, name="sales", metrics=("orders",)) for each in (whole, part)]
    uncounted = stream_ensure(source=double, name="sales", metrics=("orders",))
    StreamMetric.objects.filter(stream=uncounted).update(is_counted=False)
    return [*made, uncounted]


def write(streams: list[Stream], orders: Iterable[Row]) -> None:
    cache.clear()  # these orders come without a slice
    Touch.objects.all().delete()
    Order.objects.all().delete()
    for key, one in enumerate(orders):
        Order.objects.create(
            stream=streams[one.stream],
            key=str(key),
            day=one.day,
            customer=one.customer,
            person=one.person,
            amount=one.amount,
            currency=one.currency,
            channel=one.channel,
            promo_code="",
            status=one.status,
            row=0,
            slice_id=0,
        )
        if one.touched:
            Touch.objects.create(
                stream=streams[one.stream], owner="order", key=str(key), number=1, kind="utm"
            )


def plain(orders: list[Row], inside: set[int]) -> dict[str, dict[dt.date, int]]:
    """The reference: every customer's purchases one after another."""
    sold = [one for one in orders if one.status in SOLD and one.stream < 2]
    by_customer: defaultdict[str, list[Row]] = defaultdict(list)
    for one in sorted(sold, key=lambda row: row.day):
        if one.who:
            by_customer[one.who].append(one)
    found: dict[str, Counter[dt.date]] = defaultdict(Counter)
    bought_in: dict[dt.date, set[str]] = defaultdict(set)
    for who, theirs in by_customer.items():
        came = theirs[0].day
        for one in theirs:
            if one.stream in inside:
                bought_in[month_first(one.day)].add(who)
                if one.currency == "RUB":
                    found["known_customer_revenue"][one.day] += one.amount
        there = [one for one in theirs if one.day == came and one.stream in inside]
        if there:
            found["cohort_buyers"][came] += 1
            found["new_customer_revenue"][came] += sum(
                one.amount for one in there if one.currency == "RUB"
            )
            again = any(1 <= (one.day - came).days <= 90 for one in theirs)
            found["cohort_repeat_buyers"][came] += again
        for month, people in list(bought_in.items()):
            before = month_first(month - dt.timedelta(days=1))
            if who in people and who in bought_in.get(before, set()):
                back = [one.day for one in theirs if one.stream in inside]
                found["month_customers_kept"][
                    min(at for at in back if month_first(at) == month)
                ] += 1
    for at in days_between(FIRST, LAST):
        before = month_first(month_first(at) - dt.timedelta(days=1))
        found["month_customers_before"][at] = len(bought_in.get(before, set()))
    for one in sold:
        if one.stream in inside:
            found["traced_orders"][one.day] += 1
            found["unknown_source_orders"][one.day] += not (one.channel or one.touched)
    return {code: dict(days) for code, days in found.items()}


def nonzero(days: Mapping[dt.date, Decimal | int]) -> dict[dt.date, int]:
    return {at: int(count) for at, count in days.items() if count and FIRST <= at <= LAST}


@pytest.mark.parametrize("place", ["department", "direction"])
def test_figures_of_orders_are_those_of_a_plain_count(
    tree: Tree, streams: list[Stream], place: str
) -> None:
    scope = tree.department.scope if place == "department" else tree.a.scope
    inside = {0, 1} if place == "department" else {1}

    @settings(
        max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(rows_of_orders)
    def check(orders: list[Row]) -> None:
        write(streams, orders)
        found = order_figures(scope, FIRST, LAST)
        expected = plain(orders, inside)
        for code in CODES:
            asked = "cohort_buyers" if code == "new_customers" else code
            assert nonzero(found[code]) == nonzero(expected.get(asked, {})), code

    check()


def test_the_first_order_of_the_company_counts_not_the_first_on_a_direction(
    tree: Tree, streams: list[Stream]
) -> None:
    write(
        streams,
        [
            Row(day("15.02.2026"), 0, person="ann"),
            Row(day("16.02.2026"), 1, person="ann"),
            Row(day("17.02.2026"), 1, person="bob"),
        ],
    )
    found = order_figures(tree.a.scope, FIRST, LAST)
    assert nonzero(found["new_customers"]) == {day("17.02.2026"): 1}


def test_a_day_that_was_read_without_orders_is_zero_another_one_unknown(
    tree: Tree, streams: list[Stream]
) -> None:
    Stream.objects.filter(pk=streams[0].pk).update(covered=[["2026-02-01", "2026-02-17"]])
    write(streams, [Row(day("15.02.2026"), person="ann")])
    found = order_figures(tree.department.scope, FIRST, LAST)["new_customers"]
    assert found[day("15.02.2026")] == 1
    assert found[day("17.02.2026")] == 0
    assert day("18.02.2026") not in found


def test_nothing_is_said_where_no_order_names_a_customer(tree: Tree, streams: list[Stream]) -> None:
    Stream.objects.filter(pk=streams[0].pk).update(covered=[["2026-02-01", "2026-02-17"]])
    write(streams, [Row(day("15.02.2026"))])
    found = order_figures(tree.department.scope, FIRST, LAST)
    assert found["new_customers"] == found["month_customers_kept"] == {}
    assert nonzero(found["traced_orders"]) == {day("15.02.2026"): 1}


def test_a_source_that_tells_new_customers_itself_is_believed(
    head: User, tree: Tree, streams: list[Stream]
) -> None:
    write(streams, [Row(day("15.02.2026"), person="ann")])
    crm = make_source(head, tree.department.scope, "CRM")
    fill(crm, {"new_customers": daily(7, "15.02.2026", "16.02.2026")})
    found = order_figures(tree.department.scope, FIRST, LAST)
    assert nonzero(found["new_customers"]) == {day("15.02.2026"): 7, day("16.02.2026"): 7}
    assert nonzero(found["cohort_buyers"]) == {day("15.02.2026"): 1}


def test_figures_of_orders_cost_four_queries_and_two_without_news(
    tree: Tree, streams: list[Stream]
) -> None:
    write(streams, [Row(day("15.02.2026"), person=str(number)) for number in range(20)])
    answers = []
    for cost in (4, 2):  # the second time the scope remembers its company too
        with CaptureQueriesContext(connection) as asked:
            answers.append(measured(CODES, scope=tree.department.scope, first=FIRST, last=LAST))
        assert len(asked) == cost
    assert answers[0] == answers[1]


def test_what_a_slice_changed_is_seen_at_once(tree: Tree, streams: list[Stream]) -> None:
    """Also when the same slice is read again, and though another one ended later."""

    def newcomers() -> Decimal:
        found = measured(["new_customers"], scope=tree.department.scope, first=FIRST, last=LAST)
        return sum(found["new_customers"].values(), Decimal(0))

    write(streams, [Row(FIRST, person="ann")])
    run = SyncRun.objects.create(source=streams[0].source, trigger=SyncRun.Trigger.MANUAL)
    pieces = [
        Slice.objects.create(
            run=run,
            stream=streams[0],
            first_day=FIRST + dt.timedelta(days=hour),
            last_day=LAST,
            state=State.DONE,
            finished_at=dt.datetime(2026, 4, 21, hour, tzinfo=dt.UTC),
        )
        for hour in (1, 9)
    ]
    assert newcomers() == 1
    Order.objects.filter(person="ann").update(person="bob", day=LAST + dt.timedelta(days=1))
    pieces[0].finished_at = dt.datetime(2026, 4, 21, 2, tzinfo=dt.UTC)
    pieces[0].save()
    assert newcomers() == 0


def test_what_a_worker_counts_ahead_no_reader_waits_for(tree: Tree, streams: list[Stream]) -> None:
    write(streams, [Row(FIRST, person="ann"), Row(LAST, stream=1, person="bob")])
    # The only department answers for the whole company; beside it three directions.
    assert count_ahead(streams[0].source) == 4
    for scope in (tree.company.scope, tree.a.scope):
        with CaptureQueriesContext(connection) as asked:
            found = measured(["new_customers"], scope=scope, first=FIRST, last=LAST)
        assert not any("register_order" in query["sql"] for query in asked)
        assert sum(found["new_customers"].values()) == (2 if scope == tree.company.scope else 1)


LONG_FIRST, LONG_LAST = day("01.01.2026"), day("31.12.2026")


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(
    st.lists(st.tuples(st.integers(0, 1500), st.sampled_from(["ann", "bob", "eve"])), max_size=12)
)
@pytest.mark.usefixtures("db")
def test_customers_and_those_lost_are_those_of_a_plain_count(
    tree: Tree, streams: list[Stream], bought: list[tuple[int, str]]
) -> None:
    start = day("01.06.2022")
    orders = [Row(start + dt.timedelta(days=after), person=who) for after, who in bought]
    write(streams, orders)
    found = customer_levels(tree.department.scope, LONG_FIRST, LONG_LAST)
    if not [one for one in orders if one.day <= LONG_LAST]:
        assert found == {}
        return
    begun = min(one.day for one in orders)

    def here(at: dt.date) -> set[str]:
        return {one.person for one in orders if 0 <= (at - one.day).days < 365}

    def left(at: dt.date) -> int:
        return len(here(at - dt.timedelta(days=1)) - here(at))

    for at in (LONG_FIRST, day("15.07.2026"), LONG_LAST):
        history = (at - begun).days + 1
        assert found["customers_365"].get(at) == (len(here(at)) if history >= 365 else None)
        year = [at - dt.timedelta(days=back) for back in range(365)]
        lost = sum(left(one) for one in year) if history >= 730 else None
        assert found["customers_lost_365"].get(at) == lost


def enquire(stream: Stream, key: str, at: dt.date, person: str = "", kind: str = "lead") -> None:
    about, _made = Subject.objects.get_or_create(
        scope=stream.source.scope, kind=Subject.Kind.LINE, origin="test", key="1", label="Line"
    )
    Enquiry.objects.create(
        stream=stream,
        key=key,
        kind=kind,
        status="new",
        at=dt.datetime.combine(at, dt.time(12), dt.UTC),
        day=at,
        line="",
        responsible="",
        customer="",
        person=person,
        channel="",
        subject=about,
        slice_id=0,
        raw_id=0,
    )


def test_a_lead_becomes_an_order_by_its_deal_or_by_the_person_within_thirty_days(
    tree: Tree, streams: list[Stream]
) -> None:
    crm = stream_ensure(source=streams[0].source, name="leads", metrics=("leads",))
    came = day("15.02.2026")
    enquire(crm, "deal", came)
    enquire(crm, "late deal", came)
    enquire(crm, "person", came, person="ann", kind="form")
    enquire(crm, "person before", came, person="bob")
    enquire(crm, "person too late", came, person="eve")
    enquire(crm, "nobody", came)
    enquire(crm, "a call", came, person="ann", kind="call")
    month = dt.timedelta(days=30)
    write(
        streams,
        [
            Row(came + month),
            Row(came + month + dt.timedelta(days=1)),
            Row(came + month, 1, person="ann"),
            Row(came - dt.timedelta(days=1), person="bob"),
            Row(came + month + dt.timedelta(days=1), person="eve"),
            Row(came, status="cancelled"),
        ],
    )
    for key, enquiry in (("0", "deal"), ("1", "late deal"), ("5", "nobody")):
        Order.objects.filter(key=key).update(enquiry=enquiry)
    found = lead_cohorts(tree.department.scope, FIRST, LAST)
    assert found == {"lead_cohort": {came: 6}, "lead_cohort_orders": {came: 2}}
    assert lead_cohorts(tree.a.scope, FIRST, LAST)["lead_cohort"] == {}
