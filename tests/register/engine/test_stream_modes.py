"""What the days of a slice mean: business days, days of change, levels now, roll calls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from kpis.register.connectors.base import Fact, SubjectRef
from kpis.register.connectors.errors import ConfigError, WaitError
from kpis.register.connectors.records import (
    EnquiryKind,
    EnquiryRecord,
    Gone,
    Level,
    OrderRecord,
    OrderStatus,
    RefundRecord,
    Touch,
    TouchKind,
)
from kpis.register.models import (
    DailyTotal,
    Enquiry,
    Order,
    OrderRevision,
    Result,
    ResultRevision,
    Slice,
    Source,
    SyncRun,
)
from kpis.register.models import Touch as TouchRow
from kpis.register.models.run import State
from kpis.register.registry import connectors, plays
from kpis.register.services.sources import source_create
from staff.accounts.models import User
from tests.factories import Tree
from tests.register.engine.conftest import go_on, read_once
from tests.register.engine.vendor import SHOP, Vendor, VendorConnector

DAY = dt.timedelta(days=1)


@pytest.fixture
def vendor(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendor]:
    settings.REGISTER_CONNECTORS = [
        *settings.REGISTER_CONNECTORS,
        "tests.register.engine.vendor.VendorConnector",
    ]
    for cached in (connectors, plays):
        cached.cache_clear()
    fresh = Vendor()
    monkeypatch.setattr(VendorConnector, "vendor", fresh)
    yield fresh
    for cached in (connectors, plays):
        cached.cache_clear()


@pytest.fixture
def shop(vendor: Vendor, tree: Tree, head: User) -> Source:
    return source_create(
        actor=head,
        scope=tree.department.scope,
        kind="vendor",
        name="Vendor",
        plain={},
        secrets={},
        history_from=today() - DAY * 20,
    )


def today() -> dt.date:
    return timezone.localdate()


def order(key: str, ago: int = 1, amount: str = "100.00", **more: object) -> OrderRecord:
    return OrderRecord(
        key=key,
        day=today() - DAY * ago,
        amount=Decimal(amount),
        currency="RUB",
        subject=SHOP,
        **more,  # type: ignore[arg-type]
    )


def call(
    key: str, ago: int, hour: int, *, answered: bool, phone: str, seconds: int = 60
) -> EnquiryRecord:
    day = today() - DAY * ago
    return EnquiryRecord(
        key=key,
        kind=EnquiryKind.CALL,
        at=dt.datetime.combine(day, dt.time(hour), timezone.get_current_timezone()),
        day=day,
        subject=SHOP,
        answered=answered,
        seconds=seconds if answered else None,
        contacts=(phone,),
    )


def value(metric: str, ago: int) -> Any:
    """The total of a metric so many days ago; None is missing."""
    row = DailyTotal.objects.filter(metric__code=metric, day=today() - DAY * ago).first()
    return row.value if row else None


def test_orders_make_their_metrics_and_missing_is_not_zero(shop: Source, vendor: Vendor) -> None:
    vendor.records = {
        "a": (order("a", 1, "100.00", units=Decimal(2)), today()),
        "b": (order("b", 1, "50.50", status=OrderStatus.PAID), today()),
        "c0": (order("x", 2, "70.00", status=OrderStatus.CANCELLED), today()),
        "d": (order("d", 3, "10.00", status=OrderStatus.OPEN), today()),
        "r": (
            RefundRecord("r", today() - DAY, Decimal("20.00"), "RUB", SHOP, order="a"),
            today(),
        ),
    }
    run = read_once(shop)
    assert run.state == State.DONE, run.error
    assert (value("orders", 1), value("revenue", 1), value("items_sold", 1)) == (
        2,
        Decimal("150.5"),
        2,
    )
    assert value("refunds", 1) == 20
    assert (value("orders", 2), value("cancelled_orders", 2), value("revenue", 2)) == (0, 1, None)
    assert value("orders", 3) is None, "an open deal says nothing about orders"
    assert value("gross_margin", 1) is None, "the stream does not promise margins"


def test_an_order_that_vanishes_or_changes_is_restated(shop: Source, vendor: Vendor) -> None:
    vendor.records = {"a": (order("a", 1), today()), "b": (order("b", 1), today())}
    read_once(shop)
    vendor.records = {"b": (order("b", 1, "130.00"), today())}
    read_once(shop)
    assert (value("orders", 1), value("revenue", 1)) == (1, 130)
    assert set(Order.objects.values_list("key", flat=True)) == {"b"}
    kept = {row.key: row.old["amount"] for row in OrderRevision.objects.all()}
    assert kept == {"a": 100.0, "b": 100.0}
    revised = ResultRevision.objects.get(metric__code="revenue")
    assert [revised.old_value, revised.new_value] == [200, 130]


def test_facts_beside_records_do_not_disturb_them(shop: Source, vendor: Vendor) -> None:
    vendor.records = {"a": (order("a", 1), today())}
    vendor.facts = [Fact(SHOP, "service_cost", today() - DAY, Decimal("7.00"), "RUB")]
    read_once(shop)
    read_once(shop)
    assert (value("orders", 1), value("service_cost", 1)) == (1, 7)
    assert not ResultRevision.objects.exists(), "reading the same twice changes nothing"
    vendor.facts = []
    read_once(shop)
    assert (value("orders", 1), value("service_cost", 1)) == (1, None)


def test_changes_are_put_in_by_key_whatever_their_day(shop: Source, vendor: Vendor) -> None:
    lead = EnquiryRecord(
        key="c1",
        kind=EnquiryKind.LEAD,
        at=timezone.now() - DAY * 10,
        day=today() - DAY * 10,
        subject=SHOP,
        touches=(Touch(TouchKind.UTM, source="yandex", medium="cpc"),),
    )
    vendor.records = {
        "c1": (lead, today() - DAY * 10),
        "c2": (call("c2", 0, 9, answered=True, phone="+7 900 111-22-33"), today()),
    }
    read_once(shop)
    assert value("leads", 10) == 1
    assert value("calls", 0) == 1, "today is read too"
    assert TouchRow.objects.get(key="c1").source == "yandex"
    vendor.asked.clear()
    vendor.records["c1"] = (Gone("c1"), today())
    read_once(shop)
    windows = [(a, b) for name, a, b in vendor.asked if name == "changed"]
    assert windows == [(today() - DAY, today())], "only what may have changed is asked"
    assert not Enquiry.objects.filter(key="c1").exists()
    assert not TouchRow.objects.filter(key="c1").exists()
    assert value("leads", 10) is None


def test_a_record_that_moves_to_another_day_leaves_the_old_one(
    shop: Source, vendor: Vendor
) -> None:
    lead = EnquiryRecord("c1", EnquiryKind.LEAD, timezone.now(), today() - DAY * 9, SHOP)
    vendor.records = {"c1": (lead, today())}
    read_once(shop)
    moved = EnquiryRecord("c1", EnquiryKind.LEAD, timezone.now(), today() - DAY * 2, SHOP)
    vendor.records = {"c1": (moved, today())}
    read_once(shop)
    assert (value("leads", 9), value("leads", 2)) == (None, 1)


def test_a_roll_call_finds_what_the_vendor_deleted_silently(shop: Source, vendor: Vendor) -> None:
    for key in ("c1", "c2"):
        lead = EnquiryRecord(key, EnquiryKind.LEAD, timezone.now(), today() - DAY * 5, SHOP)
        vendor.records[key] = (lead, today() - DAY * 5)
    read_once(shop)
    assert value("leads", 5) == 2
    del vendor.records["c2"]
    read_once(shop)
    assert value("leads", 5) == 2, "the next roll call is tomorrow"
    stream = shop.streams.get(name="roll")
    stream.rereads = {"14": (timezone.now() - DAY).isoformat()}
    stream.save()
    read_once(shop)
    assert value("leads", 5) == 1


def test_a_missed_caller_who_gets_through_later_is_recovered(shop: Source, vendor: Vendor) -> None:
    vendor.records = {
        "c1": (call("c1", 3, 10, answered=False, phone="8 (900) 111-22-33"), today() - DAY * 3),
        "c2": (call("c2", 3, 11, answered=False, phone="+79005556677"), today() - DAY * 3),
    }
    read_once(shop)
    assert (value("missed_calls", 3), value("recovered_calls", 3)) == (2, 0)
    vendor.records["c3"] = (call("c3", 1, 9, answered=True, phone="+7 900 111 22 33"), today())
    vendor.records["c4"] = (call("c4", 0, 9, answered=True, phone="+7 900 111 22 33"), today())
    read_once(shop)
    assert (value("missed_calls", 3), value("recovered_calls", 3)) == (2, 1)
    assert (value("unique_target_calls", 1), value("unique_target_calls", 0)) == (1, 0)
    stored = Enquiry.objects.get(key="c1").person
    assert stored
    assert "900" not in stored, "numbers are kept as hashes only"


def test_levels_are_booked_as_growth_of_the_day(shop: Source, vendor: Vendor) -> None:
    post = SubjectRef(kind="placement", key="7", label="Post", parent=SHOP)
    now = timezone.now()

    def level(metric: str, total: int, ago: int, since: int | None = None) -> Level:
        begun = None if since is None else today() - DAY * since
        day = today() - DAY * ago
        return Level(post, metric, now - DAY * ago, day, Decimal(total), since=begun)

    vendor.levels = [level("likes", 10, 2, since=2), level("followers", 500, 2)]
    read_once(shop)
    assert (value("likes", 2), value("followers", 2)) == (10, 500)
    vendor.levels = [level("likes", 14, 1, since=2), level("followers", 490, 1)]
    read_once(shop)
    vendor.levels = [level("likes", 13, 0, since=2), level("likes", 15, 0, since=2)]
    read_once(shop)
    assert (value("likes", 2), value("likes", 1), value("likes", 0)) == (10, 4, 1)
    assert (value("followers", 1), value("followers", 0)) == (490, None)


def test_an_old_counter_is_only_a_base(shop: Source, vendor: Vendor) -> None:
    post = SubjectRef(kind="placement", key="7", label="Post")
    begun = today() - DAY * 40
    vendor.levels = [Level(post, "likes", timezone.now(), today(), Decimal(1000), since=begun)]
    read_once(shop)
    assert not Result.objects.filter(metric__code="likes").exists()


def test_a_deep_reading_is_done_when_its_time_has_come(shop: Source, vendor: Vendor) -> None:
    read_once(shop)
    vendor.asked.clear()
    read_once(shop)
    sold = [(a, b) for name, a, b in vendor.asked if name == "sold"]
    assert sold == [(today() - DAY * 3, today() - DAY)]
    stream = shop.streams.get(name="sold")
    stream.rereads = {"14": (timezone.now() - DAY * 2).isoformat()}
    stream.save()
    vendor.asked.clear()
    read_once(shop)
    days = {
        a + DAY * n
        for name, a, b in vendor.asked
        if name == "sold"
        for n in range((b - a).days + 1)
    }
    assert (min(days), len(days)) == (today() - DAY * 14, 14)


def test_one_streams_wait_does_not_hold_the_others(shop: Source, vendor: Vendor) -> None:
    vendor.records = {"a": (order("a"), today())}
    later = timezone.now() + dt.timedelta(hours=1)
    vendor.faults["changed"] = lambda: WaitError(until=later)
    run = read_once(shop)
    assert run.state == State.WAITING
    assert run.not_before == later
    assert value("orders", 1) == 1, "the other streams were read meanwhile"
    assert set(
        Slice.objects.filter(run=run, state=State.WAITING).values_list("stream__name", flat=True)
    ) == {"changed"}
    del vendor.faults["changed"]
    assert go_on(run).state == State.DONE


def test_a_stream_that_is_wrong_does_not_stop_the_others(shop: Source, vendor: Vendor) -> None:
    vendor.records = {"a": (order("a"), today())}
    vendor.faults["counters"] = lambda: ConfigError("No such counter")
    run = read_once(shop)
    assert (run.state, run.error_kind) == (State.PARTIAL, "config")
    assert value("orders", 1) == 1
    assert SyncRun.objects.filter(source=shop, rereads={}).count() == 0
    assert not shop.streams.get(name="sold").rereads, "a run that failed has not read deeply"


def test_every_word_a_record_may_make_is_in_the_vocabulary() -> None:
    from kpis.register.services.derived import DERIVED
    from kpis.register.vocabulary import WORDS

    assert {word.code for word in WORDS} >= DERIVED
