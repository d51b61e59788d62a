"""Wildberries when things go wrong."""

from __future__ import annotations

import datetime as dt
import logging
from decimal import Decimal

import pytest
from pytest_django.fixtures import Settings

from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SourceError,
    WaitError,
)
from kpis.register.connectors.records import OrderRecord
from kpis.register.connectors.wildberries import changes, settlement_pages
from kpis.register.connectors.wildberries.connector import WildberriesConnector
from kpis.register.connectors.wildberries.contract_server import WildberriesPlay
from tests.register.connectors.helpers import NOW, TODAY
from tests.register.connectors.staged import Stage, Staged

FIRST, LAST = dt.date(2026, 3, 2), dt.date(2026, 3, 15)
STREAMS = ("orders", "returns", "settlement", "ads")


@pytest.fixture
def shop(stage: Stage) -> Staged:
    return stage(WildberriesConnector, WildberriesPlay)


def fault_of(shop: Staged, stream: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        shop.read(stream, FIRST, LAST)
    return caught.value


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("rate_limit_hint", WaitError),
        ("rate_limit", WaitError),
        ("unavailable", RetryError),
        ("error_body", RetryError),
        ("error_in_200", RetryError),
        ("token_expired", AuthError),
        ("no_category", ConfigError),
        ("payment_required", ConfigError),
        ("truncated_json", RetryError),
        ("html_page", BugError),
    ],
)
def test_every_fault_has_its_class(
    shop: Staged, stream: str, fault: str, kind: type[SourceError]
) -> None:
    shop.fault(fault)
    error = fault_of(shop, stream)
    assert type(error) is kind
    assert str(error)


@pytest.mark.parametrize("stream", ["orders", "returns", "ads"])
def test_an_empty_answer_is_not_an_end(shop: Staged, stream: str) -> None:
    shop.fault("empty_204")
    assert type(fault_of(shop, stream)) is RetryError


def test_the_wait_is_as_long_as_wildberries_says(shop: Staged) -> None:
    shop.fault("rate_limit_hint")
    error = fault_of(shop, "orders")
    assert isinstance(error, WaitError)
    assert error.until == NOW + dt.timedelta(seconds=120)
    assert "limited by" in error.detail


def test_a_missing_category_stops_its_part_and_says_which(shop: Staged) -> None:
    shop.fault("no_category")
    error = fault_of(shop, "ads")
    assert isinstance(error, ConfigError)
    assert error.field == "token"
    assert "scope" in error.detail


@pytest.mark.parametrize("stream", ["orders", "settlement", "ads"])
def test_a_token_that_runs_out_between_pages_ends_the_slice(
    shop: Staged, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(shop.play, WildberriesPlay)
    shop.play.page_rows = 9
    monkeypatch.setattr(changes, "FULL", 9)
    monkeypatch.setattr(settlement_pages, "ROWS_AT_ONCE", 9)
    shop.fault("token_expires_midway")
    assert type(fault_of(shop, stream)) is AuthError


def test_slow_answers_are_tried_again(shop: Staged, settings: Settings) -> None:
    settings.HTTP_LIMITS = {"total": 0.3}
    shop.fault("slow_body")
    assert type(fault_of(shop, "orders")) is RetryError


@pytest.mark.parametrize("stream", ["orders", "settlement", "ads"])
def test_a_renamed_field_stops_the_stream_before_anything_is_written(
    shop: Staged, stream: str
) -> None:
    shop.fault("renamed_field")
    error = fault_of(shop, stream)
    assert isinstance(error, BugError)
    assert error.raw


@pytest.mark.parametrize("stream", ["orders", "returns", "ads"])
def test_a_new_field_is_a_remark(shop: Staged, stream: str) -> None:
    shop.fault("new_field")
    pages = shop.read(stream, FIRST, LAST)
    assert any("wbClubPrice" in str(notice) for page in pages for notice in page.notices)


@pytest.mark.parametrize("stream", STREAMS)
def test_a_calm_read_has_no_remarks(shop: Staged, stream: str) -> None:
    assert [notice for page in shop.read(stream, FIRST, LAST) for notice in page.notices] == []


def test_views_of_null_are_missing_and_not_zero(shop: Staged) -> None:
    shop.fault("null_metric")
    pages = shop.read("ads", FIRST, LAST)
    metrics = {fact.metric for page in pages for fact in page.facts}
    assert metrics == {"clicks", "media_cost"}
    assert any("views" in str(notice) for page in pages for notice in page.notices)


@pytest.mark.parametrize("fault", ["zero_price", "null_metric"])
def test_orders_without_a_price_are_counted_and_told(shop: Staged, fault: str) -> None:
    shop.fault(fault)
    pages = shop.read("orders", FIRST, TODAY)
    records = [record for page in pages for record in page.records]
    assert records
    assert all(isinstance(order, OrderRecord) and order.amount == 0 for order in records)
    assert any("no price" in str(notice) for page in pages for notice in page.notices)


def test_a_second_read_takes_what_was_restated(shop: Staged) -> None:
    shop.fault("restated_day")
    before = shop.facts("ads", FIRST, LAST)
    after = shop.facts("ads", FIRST, LAST)
    grown = {key for key in before if after[key] > before[key]}
    assert {key[0] for key in grown} == {"media_cost"}
    once = shop.read("orders", FIRST, TODAY)[0].records
    again = shop.read("orders", FIRST, TODAY)[0].records
    for old, new in zip(once, again, strict=True):
        assert isinstance(old, OrderRecord)
        assert isinstance(new, OrderRecord)
        assert (new.key, new.amount) == (old.key, old.amount + 10)


def test_a_page_that_never_ends_is_a_bug(shop: Staged, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(shop.play, WildberriesPlay)
    shop.play.page_rows = 1
    monkeypatch.setattr(changes, "FULL", 1)
    assert type(fault_of(shop, "orders")) is BugError


@pytest.mark.parametrize("stream", ["settlement", "ads"])
def test_what_vanished_is_not_read_again(shop: Staged, stream: str) -> None:
    shop.fault("vanished_row")
    before = shop.facts(stream, FIRST, LAST)
    after = shop.facts(stream, FIRST, LAST)
    assert after.keys() <= before.keys()
    assert sum(after.values()) < sum(before.values())


def test_charges_without_a_time_wait_for_it(shop: Staged) -> None:
    shop.fault("null_time")
    pages = shop.read("ads", FIRST, LAST)
    days = {fact.day for page in pages for fact in page.facts if fact.metric == "media_cost"}
    assert LAST not in days
    assert any("without a day" in str(notice) for page in pages for notice in page.notices)


def test_a_report_that_stands_still_is_a_bug(shop: Staged, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settlement_pages, "ROWS_AT_ONCE", 1)
    shop.fault("duplicated_row")
    assert type(fault_of(shop, "settlement")) is BugError


def test_campaigns_that_did_not_run_are_no_fault(shop: Staged) -> None:
    shop.fault("no_statistics")
    metrics = {fact.metric for page in shop.read("ads", FIRST, LAST) for fact in page.facts}
    assert metrics == {"media_cost"}


def test_an_unknown_document_in_the_report_is_a_bug(shop: Staged) -> None:
    shop.fault("unknown_kind")
    assert "Бартер" in fault_of(shop, "settlement").detail


def test_a_report_in_windows_1251_is_read_with_a_remark_or_refused(shop: Staged) -> None:
    calm = shop.facts("ads", FIRST, LAST)
    shop.fault("cp1251")
    assert shop.facts("ads", FIRST, LAST) == calm


def test_amounts_are_exact(shop: Staged) -> None:
    amounts = [
        record.amount
        for page in shop.read("orders", FIRST, TODAY)
        for record in page.records
        if isinstance(record, OrderRecord)
    ]
    assert all(isinstance(amount, Decimal) for amount in amounts)
    assert any(amount % 1 for amount in amounts)


def test_a_part_that_is_switched_off_is_not_read(shop: Staged) -> None:
    shop.settings["ads"] = False
    assert type(fault_of(shop, "ads")) is ConfigError


def test_the_token_is_nowhere_to_be_seen(shop: Staged, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = shop.secrets["token"]
    seen = [repr(page) + page.raw.decode() for page in shop.read("orders", FIRST, LAST)]
    shop.fault("token_expired")
    error = fault_of(shop, "orders")
    seen += [str(error), error.detail, str(error.advice), repr(error), caplog.text]
    assert not any(token in text for text in seen)
