"""1C by OData against its contract server."""

from __future__ import annotations

import base64
import datetime as dt
import logging
from contextlib import closing
from decimal import Decimal

import pytest
from pytest_django.fixtures import Settings

from kpis.register.connectors.base import CheckItem, Page
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SourceError,
    WaitError,
)
from kpis.register.connectors.onec import mapping
from kpis.register.connectors.onec.connector import OneCConnector
from kpis.register.connectors.onec.contract_server import RETURNS, OneCPlay
from kpis.register.connectors.onec.settings_form import OneCSettingsForm
from kpis.register.connectors.records import OrderRecord, RefundRecord
from tests.register.connectors.staged import Facts, Stage, Staged, only

FIRST, LAST = dt.date(2026, 3, 2), dt.date(2026, 3, 16)
STREAMS = ("sales", "returns")


@pytest.fixture
def base(stage: Stage) -> Staged:
    return stage(OneCConnector, OneCPlay)


def derived(pages: list[Page]) -> Facts:
    facts: Facts = {}
    keys: set[str] = set()
    for record in (record for page in pages for record in page.records):
        assert record.key not in keys
        keys.add(record.key)
        assert isinstance(record, OrderRecord | RefundRecord)
        subject = f"{record.subject.kind}:{record.subject.key}"
        values = (
            {"orders": Decimal(1), "revenue": record.amount}
            if isinstance(record, OrderRecord)
            else {"refunds": record.amount}
        )
        for metric, value in values.items():
            key = (metric, subject, record.day)
            facts[key] = facts.get(key, Decimal(0)) + value
    return facts


def fault_of(base: Staged, stream: str = "sales") -> SourceError:
    with pytest.raises(SourceError) as caught:
        base.read(stream, FIRST, LAST)
    return caught.value


@pytest.mark.parametrize("rows", [500, 7, 2])
@pytest.mark.parametrize("fault", ["", "no_count", "ignores_filter", "duplicated_row"])
def test_the_truth_at_every_page_size(
    base: Staged, rows: int, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mapping, "PAGE", rows)
    if fault:
        base.fault(fault)
    sales, returns = (base.read(stream, FIRST, LAST) for stream in STREAMS)
    truth = base.play.truth(FIRST, LAST)
    assert derived(sales) == only(truth, "orders", "revenue")
    assert derived(returns) == only(truth, "refunds")
    if fault != "no_count":
        assert {page.announced for page in sales} == {sum(page.received for page in sales)}


def test_a_document_before_midnight_is_of_its_own_day(base: Staged) -> None:
    records = [record for page in base.read("sales", FIRST, LAST) for record in page.records]
    late = [one for one in records if isinstance(one, OrderRecord) and one.at and one.at.hour == 23]
    assert late
    assert all(one.at and one.at.date() == one.day for one in late)
    assert {one.day for one in late} <= {FIRST + dt.timedelta(days=n) for n in range(15)}


def test_the_zone_is_the_one_of_the_settings(base: Staged) -> None:
    base.settings["time_zone"] = "Asia/Yekaterinburg"
    record = base.read("sales", FIRST, LAST)[0].records[0]
    assert isinstance(record, OrderRecord)
    assert record.at is not None
    assert record.at.utcoffset() == dt.timedelta(hours=5)
    assert base.connect().time_zone() == "Asia/Yekaterinburg"


def test_a_refund_names_its_sale_and_a_sale_its_customer(base: Staged) -> None:
    first = FIRST - dt.timedelta(days=3)
    sales = {
        record.key: record for page in base.read("sales", first, LAST) for record in page.records
    }
    refunds = [record for page in base.read("returns", FIRST, LAST) for record in page.records]
    assert refunds
    assert all(isinstance(one, RefundRecord) and one.order in sales for one in refunds)
    customers = {one.customer for one in sales.values() if isinstance(one, OrderRecord)}
    assert "" in customers
    assert not any(customer.startswith("00000000-0000") for customer in customers)


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("rate_limit_hint", WaitError),
        ("rate_limit", WaitError),
        ("unavailable", RetryError),
        ("error_body", RetryError),
        ("error_in_200", RetryError),
        ("xml_500", RetryError),
        ("token_expired", AuthError),
        ("no_rights", AuthError),
        ("no_document", ConfigError),
        ("no_field", ConfigError),
        ("truncated_json", RetryError),
        ("empty_204", RetryError),
        ("html_page", BugError),
        ("renamed_field", BugError),
    ],
)
def test_every_fault_has_its_class(
    base: Staged, stream: str, fault: str, kind: type[SourceError]
) -> None:
    base.fault(fault)
    error = fault_of(base, stream)
    assert type(error) is kind
    assert str(error)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("error_in_200", "Сеанс завершён"),
        ("xml_500", "Конфликт блокировок"),
        ("error_body", "лицензии"),
        ("no_field", "СуммаДокумента"),
    ],
)
def test_the_words_of_1c_are_kept(base: Staged, fault: str, words: str) -> None:
    base.fault(fault)
    assert words in fault_of(base).detail


def test_a_count_that_changes_while_pages_are_read_is_seen(
    base: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mapping, "PAGE", 7)
    base.fault("total_changes")
    pages = base.read("sales", FIRST, LAST)
    assert pages[-1].announced != sum(page.received for page in pages)


def test_pages_that_do_not_go_on_are_a_bug(base: Staged, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapping, "PAGE", 7)
    base.fault("stuck")
    assert type(fault_of(base)) is BugError


def test_a_second_read_takes_what_was_restated(base: Staged) -> None:
    base.fault("restated_day")
    before, after = (derived(base.read("sales", FIRST, LAST)) for _turn in range(2))
    for (metric, subject, day), value in before.items():
        grown = 10 * before["orders", subject, day] if metric == "revenue" else 0
        assert after[metric, subject, day] == value + grown


def test_what_vanished_is_not_read_again(base: Staged) -> None:
    base.fault("vanished_row")
    before, after = (base.read("sales", FIRST, LAST)[0].records for _turn in range(2))
    assert after == before[:-1]


def test_empty_sums_and_new_fields_are_remarks(base: Staged) -> None:
    base.fault("null_metric")
    base.fault("new_field")
    said = " ".join(
        str(notice) for page in base.read("sales", FIRST, LAST) for notice in page.notices
    )
    assert "СуммаДокумента" in said
    assert "СуммаБезСкидки" in said


@pytest.mark.parametrize("stream", STREAMS)
def test_a_calm_read_has_no_remarks(base: Staged, stream: str) -> None:
    assert [notice for page in base.read(stream, FIRST, LAST) for notice in page.notices] == []


def test_slow_answers_are_tried_again(base: Staged, settings: Settings) -> None:
    settings.HTTP_LIMITS = {"total": 0.3}
    base.fault("slow_body")
    assert type(fault_of(base)) is RetryError


def test_windows_1251_is_read(base: Staged) -> None:
    base.fault("cp1251")
    pages = base.read("returns", FIRST, LAST)
    assert derived(pages) == only(base.play.truth(FIRST, LAST), "refunds")


def test_without_a_document_returns_are_not_read(base: Staged) -> None:
    base.settings["returns_document"] = ""
    assert [stream.name for stream in base.connect().streams()] == ["sales"]
    assert type(fault_of(base, "returns")) is ConfigError


def items(base: Staged) -> dict[str, CheckItem]:
    with closing(base.connect()) as connector:
        return {item.name: item for item in connector.check()}


def test_the_check_reads_a_document_of_each_kind(base: Staged) -> None:
    found = items(base)
    assert list(found) == ["reach", "sales", "returns"]
    assert all(item.ok for item in found.values())
    assert "2026-03-" in str(found["sales"].detail)


@pytest.mark.parametrize("password", ["", "wrong"])
def test_the_check_of_a_wrong_password(base: Staged, password: str) -> None:
    base.secrets["password"] = password
    found = items(base)
    assert list(found) == ["reach"]
    assert not found["reach"].ok


def test_the_check_of_a_document_that_is_not_given_out(base: Staged) -> None:
    base.settings["returns_document"] = "Document_ВозвратТоваровОтКлиента"
    found = items(base)
    assert found["sales"].ok
    assert not found["returns"].ok
    assert found["returns"].advice


def test_the_password_is_nowhere_to_be_seen(base: Staged, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    password = base.secrets["password"]
    packed = base64.b64encode(f"modus:{password}".encode()).decode()
    seen = [repr(page) + page.raw.decode() for page in base.read("sales", FIRST, LAST)]
    base.fault("token_expired")
    error = fault_of(base)
    seen += [str(error), error.detail, repr(error), caplog.text]
    assert not any(word in text for text in seen for word in (password, packed))


FORM = {
    "base_url": "1c.example.com/trade/",
    "login": "modus",
    "password": "x",
    "shop": "1C",
    "time_zone": "Europe/Moscow",
    "currency": "RUB",
    "document": "Document_РеализацияТоваровУслуг",
    "date_field": "Date",
    "amount_field": "СуммаДокумента",
    "returns_document": RETURNS,
}


@pytest.mark.parametrize(
    "typed",
    [
        "1c.example.com/trade/",
        "https://1c.example.com/trade",
        "https://1c.example.com/trade/odata/standard.odata/",
    ],
)
def test_the_form_finds_the_interface(typed: str) -> None:
    form = OneCSettingsForm(data=FORM | {"base_url": typed})
    assert form.is_valid(), form.errors
    address = "https://1c.example.com/trade/odata/standard.odata"
    assert form.cleaned_data["base_url"] == address


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("base_url", "ftp://example.com"),
        ("document", "Document_X?$filter=1"),
        ("document", ""),
        ("amount_field", "Сумма or 1 eq 1"),
        ("date_field", "Date desc"),
        ("returns_document", "../../secret"),
        ("time_zone", "Moscow"),
        ("currency", "XXX"),
        ("login", ""),
    ],
)
def test_the_form_refuses(field: str, value: str) -> None:
    assert field in OneCSettingsForm(data=FORM | {field: value}).errors
