"""Wildberries against its contract server: what is read, page by page."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from kpis.register.connectors.base import Mode, Page
from kpis.register.connectors.records import OrderRecord, OrderStatus, RefundRecord
from kpis.register.connectors.wildberries import changes, settlement_pages
from kpis.register.connectors.wildberries.connector import WildberriesConnector
from kpis.register.connectors.wildberries.contract_server import WildberriesPlay
from tests.register.connectors.helpers import TODAY
from tests.register.connectors.staged import Facts, Stage, Staged, only

FIRST, LAST = dt.date(2026, 3, 2), dt.date(2026, 3, 15)
OLDEST = TODAY - dt.timedelta(days=90)


@pytest.fixture
def shop(stage: Stage) -> Staged:
    return stage(WildberriesConnector, WildberriesPlay)


def play_of(shop: Staged) -> WildberriesPlay:
    assert isinstance(shop.play, WildberriesPlay)
    return shop.play


def orders_of(pages: list[Page]) -> list[OrderRecord]:
    found = [record for page in pages for record in page.records]
    orders = [record for record in found if isinstance(record, OrderRecord)]
    assert len(orders) == len(found)
    assert len({order.key for order in orders}) == len(orders)
    return orders


def refunds_of(pages: list[Page]) -> list[RefundRecord]:
    found = [record for page in pages for record in page.records]
    refunds = [record for record in found if isinstance(record, RefundRecord)]
    assert len(refunds) == len(found)
    return refunds


def derived(pages: list[Page]) -> Facts:
    """The metrics of records, as the register derives them."""
    facts: Facts = {}

    def add(metric: str, record: OrderRecord | RefundRecord, value: Decimal | int) -> None:
        key = (metric, f"{record.subject.kind}:{record.subject.key}", record.day)
        facts[key] = facts.get(key, Decimal(0)) + value

    for page in pages:
        for record in page.records:
            assert isinstance(record, OrderRecord | RefundRecord)
            if isinstance(record, RefundRecord):
                add("refunds", record, record.amount)
            elif record.status == OrderStatus.CANCELLED:
                add("cancelled_orders", record, 1)
            else:
                add("orders", record, 1)
                add("revenue", record, record.amount)
                add("items_sold", record, record.units or 0)
    return facts


def test_orders_are_the_truth_of_ninety_days(shop: Staged) -> None:
    truth = shop.play.truth(OLDEST, TODAY)
    pages = shop.read("orders", OLDEST, TODAY)
    expected = only(truth, "orders", "revenue", "items_sold", "cancelled_orders")
    assert derived(pages) == expected
    assert any(key[0] == "cancelled_orders" for key in expected)
    assert sum(page.received for page in pages) == len(orders_of(pages))


def test_returns_are_refunds_and_sales_are_nothing_new(shop: Staged) -> None:
    pages = shop.read("returns", OLDEST, TODAY)
    assert derived(pages) == only(shop.play.truth(OLDEST, TODAY), "refunds")
    refunds = refunds_of(pages)
    assert refunds
    assert sum(page.received for page in pages) > len(refunds)
    keys = {order.key for order in orders_of(shop.read("orders", OLDEST, TODAY))}
    assert {refund.order for refund in refunds} <= keys
    assert all(refund.key.startswith("R") and refund.amount > 0 for refund in refunds)


@pytest.mark.parametrize(("rows", "strict"), [(5, False), (13, True)])
def test_small_pages_give_the_same_orders_once(
    shop: Staged, rows: int, strict: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = orders_of(shop.read("orders", FIRST, TODAY))
    play_of(shop).page_rows, play_of(shop).strict = rows, strict
    monkeypatch.setattr(changes, "FULL", rows)
    shop.fault("duplicated_row")
    pages = shop.read("orders", FIRST, TODAY)
    assert len(pages) > 3
    assert orders_of(pages) == whole
    assert sum(page.received for page in pages) == len(whole)


def test_orders_of_a_slice_were_changed_in_its_days(shop: Staged) -> None:
    older = orders_of(shop.read("orders", FIRST, LAST))
    newer = orders_of(shop.read("orders", LAST + dt.timedelta(days=1), TODAY))
    both = orders_of(shop.read("orders", FIRST, TODAY))
    assert {order.key for order in older}.isdisjoint(order.key for order in newer)
    assert {order.key for order in (*older, *newer)} == {order.key for order in both}


def test_an_order_before_midnight_stays_on_its_moscow_day(shop: Staged) -> None:
    orders = orders_of(shop.read("orders", FIRST, TODAY))
    late = [order for order in orders if order.at and order.at.strftime("%H:%M") == "23:59"]
    assert late
    for order in late:
        assert order.at is not None
        assert order.at.utcoffset() == dt.timedelta(hours=3)
        assert order.at.date() == order.day


def test_an_order_is_one_piece_of_a_product_of_the_shop(shop: Staged) -> None:
    order = orders_of(shop.read("orders", FIRST, TODAY))[0]
    assert order.units == 1
    assert order.currency == "RUB"
    assert order.subject.kind == "product"
    assert order.subject.parent is not None
    assert order.subject.parent.kind == "shop"
    assert order.subject.parent.label == "Северный чай на Wildberries"


def test_revenue_at_the_price_the_buyer_pays(shop: Staged) -> None:
    at_seller = orders_of(shop.read("orders", FIRST, TODAY))
    shop.settings["price"] = "buyer"
    at_buyer = orders_of(shop.read("orders", FIRST, TODAY))
    for seller, buyer in zip(at_seller, at_buyer, strict=True):
        assert buyer.amount == (seller.amount * 80 / 100).quantize(Decimal("0.01"))


@pytest.mark.parametrize("rows", [50_000, 11])
def test_settlement_gives_the_cost_of_services(
    shop: Staged, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settlement_pages, "ROWS_AT_ONCE", rows)
    shop.fault("duplicated_row")
    expected = only(shop.play.truth(FIRST, LAST), "service_cost")
    assert {key[1].partition(":")[0] for key in expected} == {"product", "shop"}
    assert shop.facts("settlement", FIRST, LAST) == expected


def test_settlement_of_days_within_a_week_asks_for_the_whole_week(shop: Staged) -> None:
    tuesday, wednesday = dt.date(2026, 3, 3), dt.date(2026, 3, 4)
    expected = only(shop.play.truth(tuesday, wednesday), "service_cost")
    assert shop.facts("settlement", tuesday, wednesday) == expected
    (page,) = shop.read("settlement", tuesday, wednesday)
    assert "dateFrom=2026-03-02&dateTo=2026-03-08" in page.request


def test_a_week_without_a_report_yet_has_no_figures(shop: Staged) -> None:
    (page,) = shop.read("settlement", dt.date(2026, 3, 16), dt.date(2026, 3, 19))
    assert (page.facts, page.received) == ((), 0)


def test_advertising_by_campaign_and_day(shop: Staged) -> None:
    first, last = dt.date(2026, 2, 17), dt.date(2026, 3, 19)
    expected = only(shop.play.truth(first, last), "impressions", "clicks", "media_cost")
    assert {key[1] for key in expected} == {
        "campaign:22161678",
        "campaign:22161679",
        "campaign:28449281",
    }
    assert shop.facts("ads", first, last) == expected


def test_money_of_advertising_is_exact_and_named(shop: Staged) -> None:
    pages = shop.read("ads", FIRST, LAST)
    costs = [fact for page in pages for fact in page.facts if fact.metric == "media_cost"]
    assert all(fact.currency == "RUB" for fact in costs)
    assert any(fact.value % 1 for fact in costs)
    assert {fact.subject.label for fact in costs} >= {"Иван-чай в поиске", "Весенняя коллекция"}


def test_the_last_days_of_advertising_are_provisional(shop: Staged) -> None:
    pages = shop.read("ads", dt.date(2026, 3, 10), dt.date(2026, 3, 19))
    flagged = {fact.day for page in pages for fact in page.facts if fact.flags}
    assert flagged == {dt.date(2026, 3, day) for day in (17, 18, 19)}


def test_longer_than_a_month_is_asked_in_parts(shop: Staged) -> None:
    first, last = dt.date(2026, 1, 10), dt.date(2026, 3, 15)
    expected = only(shop.play.truth(first, last), "impressions", "clicks", "media_cost")
    assert shop.facts("ads", first, last) == expected


def test_streams_follow_the_settings(shop: Staged) -> None:
    streams = {stream.name: stream for stream in shop.connect().streams()}
    assert list(streams) == ["orders", "returns", "settlement", "ads"]
    assert streams["orders"].mode == streams["returns"].mode == Mode.CHANGES
    assert streams["orders"].history_days == 90
    shop.settings |= {"settlement": "off", "ads": False}
    assert [stream.name for stream in shop.connect().streams()] == ["orders", "returns"]
