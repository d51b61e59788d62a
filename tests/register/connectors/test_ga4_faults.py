"""Google Analytics 4: every fault has one class; the check says what is wrong; secrets stay in."""

from __future__ import annotations

import datetime as dt
import json
import logging
from typing import ClassVar

import pytest
from pytest_django.fixtures import Settings

from kpis.register.connectors.base import Window
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SourceError,
    WaitError,
)
from kpis.register.connectors.ga4.connector import Ga4Connector
from kpis.register.connectors.ga4.contract_server import Ga4Play
from kpis.register.connectors.ga4.play_key import key_file
from kpis.register.connectors.ga4.settings_form import Ga4SettingsForm
from kpis.register.connectors.limits import Limit, OpenGate
from tests.register.connectors.helpers import NOW
from tests.register.connectors.staged import Stage, Staged, only

FIRST, LAST = dt.date(2026, 3, 9), dt.date(2026, 3, 15)
STREAMS = ("totals", "ecommerce", "campaigns")


class SmallPages(Ga4Connector):
    page_rows: ClassVar[int] = 4


@pytest.fixture
def ga4(stage: Stage) -> Staged:
    return stage(Ga4Connector, Ga4Play)


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("rate_limit", WaitError),
        ("unavailable", RetryError),
        ("error_body", RetryError),
        ("token_expired", AuthError),
        ("truncated_json", RetryError),
        ("html_page", BugError),
        ("empty_204", RetryError),
        ("no_permission", AuthError),
        ("api_disabled", AuthError),
        ("incompatible", ConfigError),
        ("token_service_down", RetryError),
        ("clock_wrong", AuthError),
        ("renamed_field", BugError),
    ],
)
def test_a_fault_has_one_class_in_every_stream(
    ga4: Staged, stream: str, fault: str, error: type[SourceError]
) -> None:
    ga4.fault(fault)
    with pytest.raises(error) as refused:
        ga4.read(stream, FIRST, LAST)
    assert type(refused.value) is error
    assert str(refused.value)
    ga4.calm()
    assert ga4.read(stream, FIRST, LAST)


@pytest.mark.parametrize(
    ("fault", "until"),
    [
        ("rate_limit_hint", NOW + dt.timedelta(seconds=120)),
        ("rate_limit", NOW + dt.timedelta(hours=1)),
        ("concurrent_quota", NOW + dt.timedelta(seconds=30)),
        # Midnight in Los Angeles, seven hours behind in March.
        ("daily_quota", dt.datetime(2026, 3, 21, 7, 0, tzinfo=dt.UTC)),
    ],
)
def test_a_quota_says_until_when(ga4: Staged, fault: str, until: dt.datetime) -> None:
    connector = ga4.connect()
    assert connector.time_zone()
    ga4.fault(fault)
    with pytest.raises(WaitError) as refused:
        list(connector.read("totals", Window(FIRST, LAST)))
    connector.close()
    assert refused.value.until == until
    assert "RESOURCE_EXHAUSTED" in refused.value.detail


class Watched(OpenGate):
    def __init__(self) -> None:
        self.told: dict[str, int] = {}
        self.closed: list[str] = []

    def closed_until(self, limit: Limit, until: dt.datetime) -> None:
        self.closed.append(limit.name)

    def left(
        self, limit: Limit, *, remaining: int, of: int | None = None, until: dt.datetime | None
    ) -> None:
        assert limit.key == "312345678"
        self.told[limit.name] = remaining


def test_the_gate_hears_of_the_quota(ga4: Staged, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Watched()
    monkeypatch.setattr(OpenGate, "left", lambda _self, *a, **k: gate.left(*a, **k))
    monkeypatch.setattr(OpenGate, "closed_until", lambda _self, *a: gate.closed_until(*a))
    ga4.read("totals", FIRST, LAST)
    assert gate.told == {"ga4.hour": 39_000, "ga4.day": 199_000}
    ga4.fault("quota_nearly_used")
    ga4.read("totals", FIRST, LAST)
    assert gate.told["ga4.hour"] == 0
    ga4.fault("daily_quota")
    with pytest.raises(WaitError):
        ga4.read("totals", FIRST, LAST)
    assert "ga4.property" in gate.closed


def test_a_slow_body_is_given_up(ga4: Staged, settings: Settings) -> None:
    settings.HTTP_LIMITS = {"total": 0.4}
    ga4.fault("slow_body")
    with pytest.raises(RetryError):
        ga4.read("totals", FIRST, LAST)


def test_windows_1251_is_read_with_a_remark(ga4: Staged) -> None:
    connector = ga4.connect()
    connector.time_zone()
    ga4.fault("cp1251")
    (page,) = connector.read("campaigns", Window(FIRST, LAST))
    connector.close()
    assert "весенняя коллекция" in {f.subject.key.split("/")[-1] for f in page.facts}
    assert "windows-1251" in str(page.notices[0])


def test_a_token_that_runs_out_midway_is_renewed(stage: Stage) -> None:
    staged = stage(SmallPages, Ga4Play)
    staged.fault("token_expires_midway")
    facts = staged.facts("campaigns", FIRST, LAST)
    assert facts == only(staged.play.truth(FIRST, LAST), "campaign_sessions")


def test_a_row_sent_twice_counts_once(stage: Stage) -> None:
    staged = stage(SmallPages, Ga4Play)
    staged.fault("duplicated_row")
    pages = staged.read("campaigns", FIRST, LAST)
    assert sum(page.received for page in pages) == pages[-1].announced
    assert staged.facts("campaigns", FIRST, LAST) == only(
        staged.play.truth(FIRST, LAST), "campaign_sessions"
    )


def test_a_row_lost_between_pages_is_missed(stage: Stage) -> None:
    staged = stage(SmallPages, Ga4Play)
    staged.fault("shifted_row")
    pages = staged.read("campaigns", FIRST, LAST)
    assert sum(page.received for page in pages) < (pages[-1].announced or 0)


def test_a_table_that_grows_while_paging_is_read_again(stage: Stage) -> None:
    staged = stage(SmallPages, Ga4Play)
    staged.fault("total_changes")
    with pytest.raises(RetryError, match="changed while being read"):
        staged.read("campaigns", FIRST, LAST)


def items(staged: Staged) -> dict[str, bool]:
    connector = staged.connect()
    found = {item.name: item.ok for item in connector.check()}
    connector.close()
    return found


ALL = ("key", "token", "property", "time_zone", "stream.totals", "stream.ecommerce")


def test_check_tries_every_right(ga4: Staged) -> None:
    assert items(ga4) == dict.fromkeys((*ALL, "stream.campaigns"), True)


@pytest.mark.parametrize(
    ("fault", "failing"),
    [
        ("token_service_down", "token"),
        ("clock_wrong", "token"),
        ("no_permission", "property"),
        ("api_disabled", "property"),
        ("unavailable", "token"),
        ("html_page", "token"),
        ("incompatible", "time_zone"),
        ("rate_limit", "token"),
    ],
)
def test_check_stops_at_the_cause(ga4: Staged, fault: str, failing: str) -> None:
    ga4.fault(fault)
    found = items(ga4)
    assert [name for name, ok in found.items() if not ok] == [failing]
    assert list(found)[-1] == failing


def test_check_of_another_key_and_another_property(ga4: Staged) -> None:
    good = dict(ga4.secrets)
    ga4.secrets["service_account_key"] = key_file(2)
    assert items(ga4) == {"key": True, "token": False}
    ga4.secrets["service_account_key"] = key_file(1, email="someone@else.example")
    assert items(ga4) == {"key": True, "token": False}
    ga4.secrets["service_account_key"] = ""
    assert items(ga4) == {"key": False}
    ga4.secrets |= good
    ga4.settings["property_id"] = "999"
    assert items(ga4) == {"key": True, "token": True, "property": False}


def test_secrets_stay_inside(ga4: Staged, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    seen: list[str] = []
    for page in ga4.read("totals", FIRST, LAST):
        seen += [page.raw.decode(), page.request]
    for fault in ("no_permission", "token_expired", "clock_wrong", "html_page"):
        ga4.fault(fault)
        with pytest.raises(SourceError) as refused:
            ga4.read("totals", FIRST, LAST)
        seen += [str(refused.value), refused.value.detail, repr(refused.value)]
        ga4.calm()
    text = "\n".join([*seen, caplog.text])
    private = json.loads(ga4.secrets["service_account_key"])["private_key"]
    for secret in (private.splitlines()[1], "ya29.invented", "assertion="):
        assert secret not in text


FORM = {
    "property_id": "properties/312345678",
    "base_url": "analyticsdata.googleapis.com/",
    "token_url": "https://oauth2.googleapis.com",
    "service_account_key": key_file(1),
}


def test_the_form_takes_what_people_paste() -> None:
    form = Ga4SettingsForm(FORM)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["property_id"] == "312345678"
    assert form.cleaned_data["base_url"] == "https://analyticsdata.googleapis.com"
    assert Ga4SettingsForm({**FORM, "service_account_key": ""}).is_valid()
    assert key_file(1)[:30] not in str(form["service_account_key"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("property_id", "G-ABC123"),
        ("property_id", "١٢٣"),
        ("base_url", "ftp://x.example"),
        ("token_url", "https://me:secret@x.example"),
        ("service_account_key", "{not json"),
        ("service_account_key", '{"type": "authorized_user"}'),
        ("service_account_key", '{"type": "service_account", "client_email": "a"}'),
        (
            "service_account_key",
            '{"type": "service_account", "client_email": "a@b", "private_key": "-----BEGIN"}',
        ),
    ],
)
def test_the_form_refuses(field: str, value: str) -> None:
    form = Ga4SettingsForm({**FORM, field: value})
    assert not form.is_valid()
    assert list(form.errors) == [field]
