"""Odoo's faults by both protocols; the check of a connection; what the form refuses."""

from __future__ import annotations

import datetime as dt
import logging
from contextlib import closing
from decimal import Decimal

import pytest

from kpis.register.connectors.base import CheckItem
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SkipError,
    SourceError,
    WaitError,
)
from kpis.register.connectors.odoo import xml_rpc
from kpis.register.connectors.odoo.client import fault_of
from kpis.register.connectors.odoo.connector import OdooConnector
from kpis.register.connectors.odoo.contract_rows import xml_answer
from kpis.register.connectors.odoo.contract_server import KEY, OdooPlay
from kpis.register.connectors.odoo.settings_form import OdooSettingsForm
from tests.register.connectors.deals import orders_in
from tests.register.connectors.helpers import NOW
from tests.register.connectors.staged import Stage, Staged

FIRST, LAST = dt.date(2026, 3, 1), dt.date(2026, 3, 7)
PROTOCOLS = ("json2", "xmlrpc")


@pytest.fixture
def odoo(stage: Stage) -> Staged:
    return stage(OdooConnector, OdooPlay)


def checked(odoo: Staged) -> list[CheckItem]:
    with closing(odoo.connect()) as connector:
        return list(connector.check())


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("rate_limit", WaitError),
        ("rate_limit_hint", WaitError),
        ("unavailable", RetryError),
        ("error_body", RetryError),
        ("token_expired", AuthError),
        ("access_error", SkipError),
        ("truncated_json", RetryError),
        ("html_page", BugError),
        ("empty_204", RetryError),
        ("renamed_field", BugError),
    ],
)
def test_every_fault_has_its_class(
    odoo: Staged, fault: str, kind: type[SourceError], protocol: str
) -> None:
    odoo.settings["protocol"] = protocol
    odoo.fault(fault)
    with pytest.raises(SourceError) as caught:
        odoo.read("leads", FIRST, LAST)
    assert type(caught.value) is kind
    assert KEY not in f"{caught.value} {caught.value.detail} {caught.value.advice}"
    assert "Traceback" not in caught.value.detail


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_what_is_not_there_is_a_setting(odoo: Staged, protocol: str) -> None:
    odoo.settings |= {"protocol": protocol, "orders_from": "sales"}
    odoo.fault("no_module")
    with pytest.raises(ConfigError) as caught:
        odoo.read("sales", FIRST, LAST)
    assert caught.value.field == "orders_from"
    odoo.calm()
    odoo.settings["database"] = "another"
    with pytest.raises((ConfigError, AuthError)) as wrong:
        odoo.read("leads", FIRST, LAST)
    if isinstance(wrong.value, ConfigError):
        assert wrong.value.field == "database"


@pytest.mark.parametrize(("fault", "seconds"), [("rate_limit", 300), ("rate_limit_hint", 120)])
def test_a_limit_names_its_moment(odoo: Staged, fault: str, seconds: int) -> None:
    odoo.fault(fault)
    with pytest.raises(WaitError) as caught:
        odoo.read("leads", FIRST, LAST)
    assert caught.value.until == NOW + dt.timedelta(seconds=seconds)


def test_entities_of_xml_are_refused(odoo: Staged) -> None:
    odoo.settings["protocol"] = "xmlrpc"
    odoo.fault("entity_bomb")
    with pytest.raises(BugError):
        odoo.read("leads", FIRST, LAST)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    ("fault", "word"), [("null_metric", "expected_revenue"), ("new_field", "x_studio_mood")]
)
def test_what_is_odd_is_said(odoo: Staged, fault: str, word: str, protocol: str) -> None:
    odoo.settings["protocol"] = protocol
    odoo.fault(fault)
    pages = odoo.read("leads", FIRST, LAST)
    assert orders_in(pages)
    assert any(word in str(notice) for page in pages for notice in page.notices)


def test_windows_1251_is_read_with_a_remark(odoo: Staged) -> None:
    odoo.fault("cp1251")
    pages = odoo.read("leads", FIRST, LAST)
    assert "windows-1251" in str(pages[0].notices[0])


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_key_is_in_nothing_that_is_kept(
    odoo: Staged, protocol: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="config.lib.http")
    odoo.settings["protocol"] = protocol
    for page in odoo.read("leads", FIRST, LAST):
        assert KEY.encode() not in page.raw
        assert KEY not in page.request
    assert "POST" in caplog.text
    assert KEY not in caplog.text


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_check_names_every_right(odoo: Staged, protocol: str) -> None:
    odoo.settings |= {"protocol": protocol, "orders_from": "sales"}
    items = checked(odoo)
    assert [item.name for item in items] == ["signed_in", "stages", "leads", "sales"]
    assert all(item.ok for item in items)


@pytest.mark.parametrize(
    ("fault", "wrong"),
    [
        ("access_error", {"leads"}),
        ("no_module", {"sales"}),
        ("renamed_field", {"leads", "sales"}),
        ("unavailable", {"signed_in"}),
    ],
)
def test_check_says_what_is_wrong(odoo: Staged, fault: str, wrong: set[str]) -> None:
    odoo.settings["orders_from"] = "sales"
    odoo.fault(fault)
    assert {item.name for item in checked(odoo) if not item.ok} == wrong


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_check_with_a_wrong_key_and_with_none(odoo: Staged, protocol: str) -> None:
    odoo.settings["protocol"] = protocol
    odoo.secrets["api_key"] = "some-other-key"
    [item] = checked(odoo)
    assert not item.ok
    assert item.advice
    odoo.secrets.clear()
    [item] = checked(odoo)
    assert "key" in str(item.detail)


@pytest.mark.parametrize(
    ("name", "message", "kind"),
    [
        ("odoo.exceptions.AccessDenied", "Access Denied", AuthError),
        ("odoo.exceptions.AccessError", "no", SkipError),
        ("psycopg2.errors.LockNotAvailable", "", RetryError),
        ("werkzeug.exceptions.InternalServerError", "", RetryError),
        ("builtins.ValueError", "Invalid field", ConfigError),
        ("psycopg2.OperationalError", 'FATAL:  database "x" does not exist', ConfigError),
        ("odoo.exceptions.UserError", "Object sale.order doesn't exist", ConfigError),
    ],
)
def test_exceptions_by_their_name(name: str, message: str, kind: type[SourceError]) -> None:
    assert type(fault_of(name, message, "")) is kind


def test_an_unknown_exception_has_no_class_of_its_own() -> None:
    assert fault_of("my.module.Surprise", "", "") is None


def test_xml_keeps_every_digit() -> None:
    (value,), _method = xml_rpc.read(xml_answer([Decimal("19999.990000000001"), 3, False, "чай"]))
    assert value == [Decimal("19999.990000000001"), 3, False, "чай"]
    assert isinstance(value[0], Decimal)


@pytest.mark.parametrize(
    "body", [b"", b"not xml", b"<a/>", xml_answer(Decimal(1)).replace(b">1<", b">one<")]
)
def test_what_is_no_xml_rpc_is_refused(body: bytes) -> None:
    with pytest.raises(xml_rpc.Unreadable):
        xml_rpc.read(body)


def form(**values: object) -> OdooSettingsForm:
    base = {
        "base_url": "tea.odoo.com/",
        "protocol": "json2",
        "zone": "Europe/Moscow",
        "currency": "RUB",
        "orders_from": "leads",
        "deal_day": "won",
    }
    return OdooSettingsForm({**base, **values})


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"base_url": "ftp://tea"}, "base_url"),
        ({"protocol": "soap"}, "protocol"),
        ({"protocol": "xmlrpc", "login": "a"}, "database"),
        ({"protocol": "xmlrpc", "database": "a"}, "login"),
        ({"key_expires": "next year"}, "key_expires"),
        ({"currency": "rub"}, "currency"),
        ({"orders_from": "both"}, "orders_from"),
    ],
)
def test_the_form_refuses(values: dict[str, object], field: str) -> None:
    assert field in form(**values).errors


def test_the_form_takes_what_is_right_and_shows_no_secret() -> None:
    good = form(api_key="key-value", key_expires="2026-05-01")
    assert good.is_valid(), good.errors
    assert good.cleaned_data["key_expires"] == "2026-05-01"
    assert "key-value" not in good.as_p()
    assert set(OdooConnector.secret_fields) <= set(OdooSettingsForm.base_fields)
