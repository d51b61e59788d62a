"""Ozon against its contract server: what each stream gives the register."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal

import pytest
from django.utils import timezone

from kpis.register.connectors.base import Page, Window
from kpis.register.connectors.errors import BugError, ConfigError, RetryError, WaitError
from kpis.register.connectors.ozon.connector import OzonConnector
from kpis.register.connectors.ozon.contract_figures import CAMPAIGNS
from kpis.register.connectors.ozon.contract_server import OzonPlay
from kpis.register.connectors.records import OrderRecord, OrderStatus, RefundRecord
from tests.register.connectors.helpers import NOW, TODAY
from tests.register.connectors.staged import Facts, Stage, Staged

FIRST, LAST = dt.date(2026, 3, 2), dt.date(2026, 3, 8)


@pytest.fixture
def ozon(stage: Stage) -> Staged:
    return stage(OzonConnector, OzonPlay)


def play_of(ozon: Staged) -> OzonPlay:
    assert isinstance(ozon.play, OzonPlay)
    return ozon.play


def held(pages: list[Page]) -> Facts:
    """What the register would hold: the facts, and what it derives from records."""
    found: defaultdict[tuple[str, str, dt.date], Decimal] = defaultdict(Decimal)
    keys: set[str] = set()
    for page in pages:
        for fact in page.facts:
            key = (fact.metric, f"{fact.subject.kind}:{fact.subject.key}", fact.day)
            assert key not in found, f"given twice: {key}"
            found[key] = fact.value
        for record in page.records:
            assert isinstance(record, OrderRecord | RefundRecord)
            assert record.key not in keys, f"given twice: {record.key}"
            keys.add(record.key)
            subject = f"{record.subject.kind}:{record.subject.key}"
            if isinstance(record, RefundRecord):
                found["refunds", subject, record.day] += record.amount
            elif record.status == OrderStatus.CANCELLED:
                found["cancelled_orders", subject, record.day] += 1
            else:
                found["orders", subject, record.day] += 1
                found["revenue", subject, record.day] += record.amount
                found["items_sold", subject, record.day] += record.units or 0
    return dict(found)


def orders_of(pages: list[Page]) -> list[OrderRecord]:
    return [row for page in pages for row in page.records if isinstance(row, OrderRecord)]


@pytest.mark.parametrize("size", [1000, 7, 3])
def test_postings_are_the_truth_at_any_page_size(
    ozon: Staged, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OzonConnector, "page_size", size)
    pages = ozon.read("postings", FIRST, LAST)
    assert held(pages) == play_of(ozon).posting_truth(FIRST, LAST)
    assert (len(pages) == 2) == (size == 1000)
    assert [notice for page in pages for notice in page.notices] == []


@pytest.mark.parametrize("size", [1000, 9])
@pytest.mark.parametrize("ads", [True, False])
def test_transactions_are_the_truth_at_any_page_size(
    ozon: Staged, size: int, ads: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OzonConnector, "page_size", size)
    ozon.settings["ads"] = ads
    pages = ozon.read("finance", FIRST, LAST)
    assert held(pages) == play_of(ozon).finance_truth(FIRST, LAST, with_campaigns=ads)
    assert sum(page.received for page in pages) == pages[-1].announced


def test_campaigns_are_the_truth(ozon: Staged) -> None:
    truth = play_of(ozon).ad_truth(FIRST, LAST)
    assert held(ozon.read("ads", FIRST, LAST)) == truth
    read = {key[1] for key in truth}
    assert read == {f"campaign:{one.number}" for one in CAMPAIGNS[:3]}


def test_everything_together_is_the_truth_and_nothing_is_counted_twice(ozon: Staged) -> None:
    whole: Facts = {}
    for stream in ozon.connect().streams():
        found = held(ozon.read(stream.name, FIRST, LAST))
        assert {key[0] for key in found} == set(stream.metrics)
        assert not whole.keys() & found.keys()
        whole |= found
    assert whole == ozon.play.truth(FIRST, LAST)


@pytest.mark.parametrize(("kind", "views"), [("sales", False), ("views", True)])
def test_analytics_by_product(ozon: Staged, kind: str, views: bool) -> None:
    ozon.settings["analytics"] = kind
    pages = ozon.read("analytics", LAST, LAST)
    assert held(pages) == play_of(ozon).analytics_truth(LAST, LAST, views=views)
    subjects = {fact.subject for page in pages for fact in page.facts}
    assert {subject.parent.key for subject in subjects if subject.parent} == {"104823"}


def test_sales_by_product_replace_postings(ozon: Staged) -> None:
    def names() -> list[str]:
        return [stream.name for stream in ozon.connect().streams()]

    assert names() == ["postings", "finance", "ads"]
    ozon.settings["analytics"] = "views"
    assert names() == ["postings", "finance", "analytics", "ads"]
    ozon.settings["analytics"] = "sales"
    assert names() == ["finance", "analytics", "ads"]
    with pytest.raises(ConfigError):
        ozon.read("postings", FIRST, LAST)


def test_a_slice_of_analytics_is_one_answer(ozon: Staged, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OzonConnector, "page_size", 4)
    ozon.settings["analytics"] = "sales"
    (stream,) = [one for one in ozon.connect().streams() if one.name == "analytics"]
    assert (stream.slice_days, stream.history_days) == (1, 90)
    with pytest.raises(ConfigError) as refused:
        ozon.read("analytics", LAST, LAST)
    assert refused.value.field == "analytics"


def test_a_posting_after_midnight_belongs_to_the_moscow_day(ozon: Staged) -> None:
    orders = orders_of(ozon.read("postings", LAST, LAST))
    assert all(order.day == LAST for order in orders)
    early = [order for order in orders if order.at and order.at.date() < LAST]
    assert early  # 00:10 in Moscow is 21:10 UTC of the day before


def test_a_posting_carries_what_links_it(ozon: Staged) -> None:
    orders = orders_of(ozon.read("postings", FIRST, LAST))
    assert {order.status for order in orders} >= {OrderStatus.PAID, OrderStatus.CANCELLED}
    assert {order.currency for order in orders} == {"RUB"}
    assert all(order.key.startswith(order.number) for order in orders)
    refunds = [
        row
        for page in ozon.read("finance", FIRST, LAST)
        for row in page.records
        if isinstance(row, RefundRecord)
    ]
    assert refunds
    sold = {
        order.key: order.amount
        for order in orders_of(ozon.read("postings", FIRST - dt.timedelta(12), LAST))
    }
    assert all(sold[refund.order] == refund.amount for refund in refunds)


def test_the_last_days_of_advertising_are_provisional(ozon: Staged) -> None:
    first, last = TODAY - dt.timedelta(days=6), TODAY - dt.timedelta(days=1)
    pages = ozon.read("ads", first, last)
    flagged = {fact.day for page in pages for fact in page.facts if fact.flags}
    assert min(flagged) == TODAY - dt.timedelta(days=3)


@pytest.mark.parametrize("stream", ["postings", "finance", "ads"])
def test_a_day_that_is_not_over_is_not_read(
    ozon: Staged, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BugError):
        ozon.read(stream, TODAY, TODAY)
    late = NOW.replace(hour=21, minute=30)  # half past midnight in Moscow
    monkeypatch.setattr(timezone, "now", lambda: late)
    ozon.read(stream, TODAY, TODAY)


def test_a_report_frees_the_worker_while_it_is_made(ozon: Staged) -> None:
    ozon.fault("report_queued")
    connector = ozon.connect()  # its tokens outlive the tries, as the database's do
    for _step in range(4):  # two reports, each not ready twice
        with pytest.raises(WaitError) as caught:
            list(connector.read("ads", Window(FIRST, LAST)))
        assert caught.value.until == NOW + dt.timedelta(seconds=30)
    pages = list(connector.read("ads", Window(FIRST, LAST)))
    connector.close()
    assert held(pages) == play_of(ozon).ad_truth(FIRST, LAST)


def test_a_new_reading_orders_a_new_report(ozon: Staged) -> None:
    connector = ozon.connect()
    before = held(list(connector.read("ads", Window(FIRST, LAST))))
    ozon.fault("restated_day")
    after = held(list(connector.read("ads", Window(FIRST, LAST))))
    connector.close()
    changed = {key for key in after if after[key] != before[key]}
    assert {(key[0], key[2]) for key in changed} == {("clicks", LAST)}


@pytest.mark.parametrize("fault", ["report_error", "report_lost"])
def test_a_report_that_failed_is_ordered_again(ozon: Staged, fault: str) -> None:
    connector = ozon.connect()
    ozon.fault(fault)
    with pytest.raises(RetryError):
        list(connector.read("ads", Window(FIRST, LAST)))
    ozon.calm()
    pages = list(connector.read("ads", Window(FIRST, LAST)))
    connector.close()
    assert held(pages) == play_of(ozon).ad_truth(FIRST, LAST)


def test_a_token_that_runs_out_midway_is_renewed(ozon: Staged) -> None:
    connector = ozon.connect()
    first = list(connector.read("ads", Window(FIRST, LAST)))
    ozon.fault("token_expires_midway", times=1)
    second = list(connector.read("ads", Window(FIRST, LAST)))
    connector.close()
    assert held(first) == held(second) == play_of(ozon).ad_truth(FIRST, LAST)
