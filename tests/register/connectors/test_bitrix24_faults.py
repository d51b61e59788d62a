"""Bitrix24's faults, one class each; the check of a connection; what the form refuses."""

from __future__ import annotations

import datetime as dt
import logging
from contextlib import closing

import pytest

from kpis.register.connectors.base import Account, CheckItem, Window
from kpis.register.connectors.bitrix24.client import flat, webhook_parts
from kpis.register.connectors.bitrix24.connector import Bitrix24Connector
from kpis.register.connectors.bitrix24.contract_server import CODE, Bitrix24Play
from kpis.register.connectors.bitrix24.settings_form import Bitrix24SettingsForm
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    RetryError,
    SkipError,
    SourceError,
    WaitError,
)
from kpis.register.connectors.limits import Limit, OpenGate
from tests.register.connectors.helpers import NOW
from tests.register.connectors.staged import Stage, Staged

FIRST, LAST = dt.date(2026, 3, 1), dt.date(2026, 3, 7)


@pytest.fixture
def portal(stage: Stage) -> Staged:
    return stage(Bitrix24Connector, Bitrix24Play)


@pytest.mark.parametrize(
    ("fault", "kind", "stream"),
    [
        ("rate_limit", WaitError, "deals"),
        ("rate_limit_hint", WaitError, "deals"),
        ("unavailable", RetryError, "deals"),
        ("error_body", RetryError, "deals"),
        ("token_expired", AuthError, "deals"),
        ("truncated_json", RetryError, "deals"),
        ("html_page", BugError, "deals"),
        ("empty_204", RetryError, "deals"),
        ("failed_command", RetryError, "deals"),
        ("renamed_field", BugError, "deals"),
        ("no_scope", SkipError, "deals"),
        ("overload", AuthError, "leads"),
        ("no_calls", SkipError, "calls"),
    ],
)
def test_every_fault_has_its_class(
    portal: Staged, fault: str, kind: type[SourceError], stream: str
) -> None:
    portal.fault(fault)
    with pytest.raises(SourceError) as caught:
        portal.read(stream, FIRST, LAST)
    assert type(caught.value) is kind or issubclass(type(caught.value), AuthError)
    assert isinstance(caught.value, kind)
    assert CODE not in f"{caught.value} {caught.value.detail} {caught.value.advice}"


@pytest.mark.parametrize(("fault", "seconds"), [("rate_limit", 30), ("rate_limit_hint", 120)])
def test_a_limit_names_its_moment(portal: Staged, fault: str, seconds: int) -> None:
    portal.fault(fault)
    with pytest.raises(WaitError) as caught:
        portal.read("deals", FIRST, LAST)
    assert caught.value.until == NOW + dt.timedelta(seconds=seconds)


def checked(portal: Staged) -> list[CheckItem]:
    with closing(portal.connect()) as connector:
        return list(connector.check())


class Noting(OpenGate):
    def __init__(self) -> None:
        self.closed: dict[str, dt.datetime] = {}
        self.counts: dict[str, int] = {}

    def closed_until(self, limit: Limit, until: dt.datetime) -> None:
        self.closed[limit.name] = until

    def left(
        self, limit: Limit, *, remaining: int, of: int | None = None, until: dt.datetime | None
    ) -> None:
        self.counts[limit.key] = remaining


@pytest.mark.parametrize(
    ("fault", "name", "seconds"),
    [("rate_limit", "bitrix24.address", 30), ("rate_limit_hint", "bitrix24.method", 120)],
)
def test_the_gate_hears_of_limits(portal: Staged, fault: str, name: str, seconds: int) -> None:
    gate = Noting()
    connector = Bitrix24Connector(Account(portal.settings, portal.secrets, gate=gate))
    list(connector.read("calls", Window(FIRST, FIRST)))
    assert gate.counts == {"127.0.0.1 voximplant.statistic.get": 460}
    portal.fault(fault)
    with pytest.raises(WaitError):
        list(connector.read("calls", Window(FIRST, FIRST)))
    assert gate.closed[name] == NOW + dt.timedelta(seconds=seconds)
    connector.close()


def test_an_empty_amount_is_said(portal: Staged) -> None:
    portal.fault("null_metric")
    notices = [str(notice) for page in portal.read("deals", FIRST, LAST) for notice in page.notices]
    assert any("opportunity" in notice for notice in notices)


def test_an_unknown_field_is_only_remarked(portal: Staged) -> None:
    portal.fault("new_field")
    pages = portal.read("leads", FIRST, LAST)
    assert pages[0].records
    assert "aiScore" in str(pages[0].notices[0])


def test_windows_1251_is_read_with_a_remark(portal: Staged) -> None:
    portal.fault("cp1251")
    pages = portal.read("leads", FIRST, LAST)
    assert "windows-1251" in str(pages[0].notices[0])


def test_the_code_of_the_webhook_is_in_nothing_that_is_kept(
    portal: Staged, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="config.lib.http")
    pages = portal.read("deals", FIRST, LAST)
    portal.fault("token_expired")
    with pytest.raises(AuthError) as caught:
        portal.read("deals", FIRST, LAST)
    # The contract server writes the address it was asked at; that is not ours to keep.
    log = [row.getMessage() for row in caplog.records if "simulator" not in row.name]
    assert any("***crm.item.list" in line for line in log)
    kept = [*log, repr(caught.value), caught.value.detail, *(p.request for p in pages)]
    assert not any(CODE in text for text in kept)
    assert not any(CODE.encode() in page.raw for page in pages)


def test_check_names_every_right(portal: Staged) -> None:
    items = checked(portal)
    assert [item.name for item in items] == [
        "signed_in",
        "stages",
        "leads",
        "deals",
        "contacts",
        "calls",
    ]
    assert all(item.ok for item in items)


@pytest.mark.parametrize(
    ("fault", "wrong"),
    [
        ("no_scope", {"leads", "deals", "contacts"}),
        ("no_calls", {"calls"}),
        ("failed_command", {"stages"}),
        ("unavailable", {"signed_in"}),
    ],
)
def test_check_says_what_is_wrong(portal: Staged, fault: str, wrong: set[str]) -> None:
    portal.fault(fault)
    items = checked(portal)
    assert {item.name for item in items if not item.ok} == wrong
    assert all(item.advice for item in items if not item.ok and fault != "failed_command")


def test_check_with_a_wrong_code(portal: Staged) -> None:
    portal.secrets["webhook"] = portal.secrets["webhook"].replace(CODE, "another-code")
    items = checked(portal)
    assert [(item.name, item.ok) for item in items] == [("signed_in", False)]
    assert "another-code" not in f"{items[0].detail}"


def test_check_without_a_secret_asks_nobody(portal: Staged) -> None:
    portal.secrets.clear()
    [item] = checked(portal)
    assert "refresh token" in str(item.detail)


def form(**values: object) -> Bitrix24SettingsForm:
    base = {
        "base_url": "https://tea.bitrix24.ru/",
        "webhook": "https://tea.bitrix24.ru/rest/1/abc/",
        "zone": "Europe/Moscow",
        "deal_day": "won",
        "currency": "RUB",
        "oauth_url": "https://oauth.bitrix.info",
    }
    return Bitrix24SettingsForm({**base, **values})


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"base_url": "ftp://tea"}, "base_url"),
        ({"webhook": "https://tea.bitrix24.ru/"}, "webhook"),
        ({"webhook": "https://other.bitrix24.ru/rest/1/abc/"}, "webhook"),
        ({"zone": "Moscow"}, "zone"),
        ({"deal_day": "paid"}, "deal_day"),
        ({"currency": "rubles"}, "currency"),
    ],
)
def test_the_form_refuses(values: dict[str, object], field: str) -> None:
    assert field in form(**values).errors


def test_the_form_takes_what_is_right_and_shows_no_secret() -> None:
    good = form()
    assert good.is_valid(), good.errors
    assert good.cleaned_data["base_url"] == "https://tea.bitrix24.ru"
    assert "/rest/1/abc" not in good.as_p()
    assert set(Bitrix24Connector.secret_fields) <= set(Bitrix24SettingsForm.base_fields)


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("https://a.bitrix24.ru/rest/12/q1w2/", ("12", "q1w2")),
        ("https://a.bitrix24.ru/rest/12/q1w2/profile.json", ("12", "q1w2")),
        ("https://a.bitrix24.ru/", None),
        ("q1w2", None),
    ],
)
def test_a_webhook_has_a_user_and_a_code(address: str, parts: tuple[str, str] | None) -> None:
    assert webhook_parts(address) == parts


def test_a_command_of_a_batch_is_spelled_flat() -> None:
    params = {"filter": {">id": 5}, "select": ["id", "title"], "start": -1}
    assert flat(params) == {
        "filter[>id]": "5",
        "select[0]": "id",
        "select[1]": "title",
        "start": "-1",
    }
