"""Odd rows of Ozon leave no hole and no double: empty, new, repeated, vanished, malformed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from kpis.register.connectors.base import Page
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SourceError,
)
from kpis.register.connectors.ozon.connector import OzonConnector
from kpis.register.connectors.ozon.contract_ads import PERFORMANCE_SECRET
from kpis.register.connectors.ozon.contract_server import API_KEY, OzonPlay
from kpis.register.connectors.records import OrderRecord, OrderStatus
from tests.register.connectors.helpers import Serve
from tests.register.connectors.staged import Stage, Staged

FIRST, LAST = dt.date(2026, 3, 2), dt.date(2026, 3, 8)
STREAMS = ("postings", "finance", "analytics", "ads")


@pytest.fixture
def ozon(stage: Stage) -> Staged:
    staged = stage(OzonConnector, OzonPlay)
    staged.settings["analytics"] = "views"
    return staged


def refused(ozon: Staged, stream: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        ozon.read(stream, FIRST, LAST)
    return caught.value


def said(pages: list[Page]) -> str:
    return " ".join(str(notice) for page in pages for notice in page.notices)


def orders_of(pages: list[Page]) -> dict[str, OrderRecord]:
    rows = [row for page in pages for row in page.records if isinstance(row, OrderRecord)]
    assert len({row.key for row in rows}) == len(rows)
    return {row.key: row for row in rows}


@pytest.mark.parametrize("stream", ["postings", "analytics"])
def test_windows_1251_is_read_with_a_remark(ozon: Staged, stream: str) -> None:
    ozon.fault("cp1251")
    assert "windows-1251" in said(ozon.read(stream, FIRST, LAST))


@pytest.mark.parametrize("stream", ["postings", "finance", "analytics"])
def test_a_new_field_is_a_remark(ozon: Staged, stream: str) -> None:
    assert said(ozon.read(stream, FIRST, LAST)) == ""
    ozon.fault("new_field")
    name = {"postings": "eta", "finance": "memo", "analytics": "trend"}[stream]
    assert name in said(ozon.read(stream, FIRST, LAST))


@pytest.mark.parametrize("stream", ["postings", "finance"])
def test_a_row_given_twice_counts_once(
    ozon: Staged, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OzonConnector, "page_size", 10)
    before = ozon.read(stream, FIRST, LAST)
    ozon.fault("duplicated_row")
    after = ozon.read(stream, FIRST, LAST)
    assert [row for page in after for row in page.records] == [
        row for page in before for row in page.records
    ]
    assert [page.facts for page in after] == [page.facts for page in before]
    assert sum(page.received for page in after) == sum(page.received for page in before)


def test_a_total_that_changes_is_a_shortfall(ozon: Staged, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OzonConnector, "page_size", 10)
    ozon.fault("total_changes")
    pages = ozon.read("finance", FIRST, LAST)
    assert pages[-1].announced == sum(page.received for page in pages) + 1


def test_a_second_read_loses_what_vanished_and_keeps_the_rest(ozon: Staged) -> None:
    before = orders_of(ozon.read("postings", FIRST - dt.timedelta(1), LAST))
    ozon.fault("vanished_row")
    after = orders_of(ozon.read("postings", FIRST - dt.timedelta(1), LAST))
    assert after.items() <= before.items()
    ozon.calm()
    assert orders_of(ozon.read("postings", FIRST - dt.timedelta(1), LAST)) == before


def test_a_posting_cancelled_later_is_cancelled_on_its_own_day(ozon: Staged) -> None:
    before = orders_of(ozon.read("postings", LAST, LAST))
    ozon.fault("restated_day")
    # The day after is asked for as well, so the changed posting is out of these days.
    after = orders_of(ozon.read("postings", LAST, LAST))
    assert {key: row.day for key, row in after.items()} == {
        key: row.day for key, row in before.items()
    }


def test_an_empty_cost_is_missing_and_no_zero(ozon: Staged) -> None:
    ozon.fault("null_metric")
    pages = ozon.read("ads", FIRST, LAST)
    facts = [fact for page in pages for fact in page.facts]
    assert LAST not in {fact.day for fact in facts if fact.metric == "media_cost"}
    assert LAST in {fact.day for fact in facts if fact.metric == "clicks"}


def test_an_empty_figure_of_analytics_is_missing_with_a_remark(ozon: Staged) -> None:
    before = ozon.facts("analytics", LAST, LAST)
    ozon.fault("null_metric")
    after = ozon.facts("analytics", LAST, LAST)
    assert len(after) == len(before) - 1
    assert "hits_view_pdp" in said(ozon.read("analytics", LAST, LAST))


def test_a_short_report_does_not_add_up(ozon: Staged) -> None:
    assert said(ozon.read("ads", FIRST, LAST)) == ""
    ozon.fault("short_report")
    assert "do not add up" in said(ozon.read("ads", FIRST, LAST))


def test_a_kind_without_reports_does_not_cost_the_others_theirs(ozon: Staged) -> None:
    ozon.fault("forbidden_kind")
    pages = ozon.read("ads", FIRST, LAST)
    subjects = {fact.subject.key for page in pages for fact in page.facts}
    assert subjects == {"21500001", "21500002"}
    assert "21500003" in said(pages)


@pytest.mark.parametrize("stream", STREAMS)
def test_no_page_keeps_a_secret(ozon: Staged, stream: str) -> None:
    for page in ozon.read(stream, FIRST, LAST):
        kept = page.raw.decode(errors="replace") + page.request
        assert API_KEY not in kept
        assert PERFORMANCE_SECRET not in kept
        assert "performance-access-token" not in kept


POSTING = (
    '{"posting_number": "1-1", "status": "%s", "in_process_at": "2026-03-02T10:00:00Z", '
    '"products": [{"price": "%s", "quantity": %s, "currency_code": "%s"}, '
    '{"price": "1.10", "quantity": 1, "currency_code": "RUB"}]}'
)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        (("delivered", "-1.00", "1", "RUB"), BugError),
        (("delivered", "1,00", "1", "RUB"), BugError),
        (("delivered", "1.00", "0.5", "RUB"), BugError),
        (("delivered", "1.00", "1", "BYN"), BugError),
    ],
)
def test_an_odd_posting_is_refused(
    ozon: Staged, serve: Serve, values: tuple[str, ...], error: type[SourceError]
) -> None:
    body = '{"result": {"postings": [%s], "has_next": false}}' % (POSTING % values)
    ozon.settings |= {"base_url": serve(200, body.encode()), "fbo": False}
    assert type(refused(ozon, "postings")) is error


def test_money_is_exact_and_an_unknown_state_is_an_order_with_a_remark(
    ozon: Staged, serve: Serve
) -> None:
    body = '{"result": {"postings": [%s], "has_next": false}}' % (
        POSTING % ("flying", "0.1000", "3", "RUB")
    )
    ozon.settings |= {"base_url": serve(200, body.encode()), "fbo": False}
    pages = ozon.read("postings", FIRST, LAST)
    (order,) = orders_of(pages).values()
    assert (order.amount, order.units) == (Decimal("1.40"), Decimal(4))
    assert order.status is OrderStatus.PLACED
    assert "flying" in said(pages)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, b'{"code": 7, "message": "Invalid Api-Key", "details": []}', AuthError),
        (200, b'{"result": {"postings": 5, "has_next": false}}', BugError),
        (200, b"[]", BugError),
        (400, b'{"code": 3, "message": "wrong filter", "details": []}', BugError),
        (404, b"404 page not found", ConfigError),
        (409, b'{"code": 10, "message": "conflict", "details": []}', RetryError),
        (403, b'{"code": 7, "message": "forbidden", "details": []}', AuthError),
    ],
)
def test_other_refusals(
    ozon: Staged, serve: Serve, status: int, body: bytes, error: type[SourceError]
) -> None:
    ozon.settings["base_url"] = serve(status, body)
    assert type(refused(ozon, "postings")) is error
