"""Mailchimp against its contract server."""

from __future__ import annotations

import base64
import datetime as dt
from contextlib import closing

import pytest

from kpis.register.connectors.base import CheckItem
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SourceError,
    WaitError,
)
from kpis.register.connectors.mailchimp.client import address_of
from kpis.register.connectors.mailchimp.connector import MailchimpConnector
from kpis.register.connectors.mailchimp.contract_server import API_KEY, MailchimpPlay
from kpis.register.connectors.mailchimp.mapping import METRICS
from kpis.register.connectors.mailchimp.settings_form import MailchimpSettingsForm
from tests.register.connectors.helpers import NOW, TODAY
from tests.register.connectors.staged import Stage, Staged

FIRST, LAST = dt.date(2026, 2, 16), dt.date(2026, 3, 19)


@pytest.fixture
def mailchimp(stage: Stage) -> Staged:
    return stage(MailchimpConnector, MailchimpPlay)


def checked(staged: Staged) -> list[CheckItem]:
    with closing(staged.connect()) as connector:
        return list(connector.check())


@pytest.mark.parametrize("size", [1000, 4])
@pytest.mark.parametrize("fault", ["", "duplicated_row"])
def test_every_mailing_stands_on_the_day_it_was_sent(
    mailchimp: Staged, monkeypatch: pytest.MonkeyPatch, size: int, fault: str
) -> None:
    monkeypatch.setattr(MailchimpConnector, "page_size", size)
    if fault:
        mailchimp.fault(fault)
    facts = mailchimp.facts("mailings", FIRST, LAST)
    assert facts == mailchimp.play.truth(FIRST, LAST)
    assert {key[0] for key in facts} == set(METRICS)


def test_money_is_never_read(mailchimp: Staged) -> None:
    with closing(mailchimp.connect()) as connector:
        metrics = {metric for stream in connector.streams() for metric in stream.metrics}
    assert not metrics & {"orders", "revenue"}


def test_rows_are_compared_with_the_total(
    mailchimp: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MailchimpConnector, "page_size", 4)
    pages = mailchimp.read("mailings", FIRST, LAST)
    assert sum(page.received for page in pages) == pages[-1].announced == 10
    mailchimp.fault("lost_row")
    pages = mailchimp.read("mailings", FIRST, LAST)
    assert sum(page.received for page in pages) < 10
    mailchimp.calm()
    mailchimp.fault("total_changes")
    with pytest.raises(RetryError, match="changed while it was read"):
        mailchimp.read("mailings", FIRST, LAST)


def test_days_are_cut_in_the_zone_of_the_account(mailchimp: Staged) -> None:
    night = dt.date(2026, 3, 2)  # at 00:20 in Moscow
    assert len(mailchimp.facts("mailings", night, night)) == len(METRICS)
    mailchimp.fault("other_zone")
    with closing(mailchimp.connect()) as connector:
        assert connector.time_zone() == "America/New_York"
    assert not mailchimp.facts("mailings", night, night)
    assert mailchimp.facts("mailings", night - dt.timedelta(days=1), night)


def test_a_zone_nobody_knows_is_said(mailchimp: Staged) -> None:
    mailchimp.fault("unknown_zone")
    with pytest.raises(ConfigError, match="no such time zone"):
        mailchimp.read("mailings", FIRST, LAST)


def test_what_grew_and_what_vanished_is_read_as_it_is_now(mailchimp: Staged) -> None:
    before = mailchimp.facts("mailings", FIRST, LAST)
    mailchimp.fault("restated_day")
    after = mailchimp.facts("mailings", FIRST, LAST)
    assert {key[0] for key in before if before[key] != after[key]} >= {"opens", "unique_opens"}
    mailchimp.calm()
    mailchimp.fault("vanished_row")
    assert len(mailchimp.facts("mailings", FIRST, LAST)) == len(before) - len(METRICS)


@pytest.mark.parametrize(
    ("fault", "error", "said"),
    [
        ("rate_limit", WaitError, "asks to wait"),
        ("wall", WaitError, "asks to wait"),
        ("unavailable", RetryError, "temporarily unavailable"),
        ("error_body", RetryError, "temporarily unavailable"),
        ("empty_204", RetryError, "empty answer"),
        ("truncated_json", RetryError, "cut off"),
        ("html_page", BugError, "web page"),
        ("renamed_field", BugError, "agreed field is missing"),
        ("bad_request", BugError, "refused the request"),
        ("token_expired", AuthError, "does not let us in"),
        ("wrong_data_centre", ConfigError, "does not know this address"),
    ],
)
def test_every_fault_has_its_class(
    mailchimp: Staged, fault: str, error: type[SourceError], said: str
) -> None:
    mailchimp.fault(fault)
    with pytest.raises(error, match=said):
        mailchimp.read("mailings", FIRST, LAST)


def test_the_hint_of_a_limit_is_kept(mailchimp: Staged) -> None:
    mailchimp.fault("rate_limit_hint")
    with pytest.raises(WaitError) as caught:
        mailchimp.read("mailings", FIRST, LAST)
    assert caught.value.until == NOW + dt.timedelta(seconds=120)


def test_what_is_not_given_is_missing_not_zero(mailchimp: Staged) -> None:
    mailchimp.fault("null_metric")
    mailchimp.fault("no_machines")
    mailchimp.fault("new_field")
    pages = mailchimp.read("mailings", FIRST, LAST)
    given = {fact.metric for page in pages for fact in page.facts}
    assert set(METRICS) - given == {"unique_opens", "machine_opens"}
    said = " ".join(str(notice) for page in pages for notice in page.notices)
    assert "sms_replies" in said
    assert "gave no value of unique_opens" in said


def test_audiences_are_levels(mailchimp: Staged) -> None:
    pages = mailchimp.read("lists", TODAY, TODAY)
    levels = [level for page in pages for level in page.levels]
    assert [(level.subject.key, int(level.value)) for level in levels] == [
        ("list101", 10627),
        ("list102", 3909),
        ("list103", 2558),
    ]
    assert pages[-1].announced == sum(page.received for page in pages) == 3


def test_the_check_tries_every_right(mailchimp: Staged) -> None:
    items = checked(mailchimp)
    assert [(item.name, item.ok) for item in items] == [
        ("key", True),
        ("time_zone", True),
        ("mailings", True),
        ("lists", True),
    ]
    assert [str(item.detail) for item in items] == ["Северный чай", "Europe/Moscow", "10", "3"]
    mailchimp.fault("renamed_field")
    assert [item.ok for item in checked(mailchimp)] == [True, True, False, True]
    mailchimp.calm()
    mailchimp.secrets["api_key"] = "key-of-another-us21"
    (item,) = checked(mailchimp)
    assert (item.ok, bool(item.advice)) == (False, True)


def test_the_key_is_never_shown_in_any_form(
    mailchimp: Staged, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "0123456789abcdef-us21"
    basic = base64.b64encode(f"modus:{secret}".encode()).decode()
    mailchimp.secrets["api_key"] = secret
    with caplog.at_level("DEBUG"), pytest.raises(AuthError) as caught:
        mailchimp.read("mailings", FIRST, LAST)
    shown = f"{caught.value} {caught.value.detail} {caplog.text}"
    assert "may be invalid" in shown
    assert secret not in shown
    assert basic not in shown


def test_the_key_names_the_data_centre() -> None:
    assert address_of({}, API_KEY) == "https://us21.api.mailchimp.com/3.0"
    assert address_of({"base_url": "http://here"}, API_KEY) == "http://here"
    with pytest.raises(ConfigError, match="data centre"):
        address_of({"base_url": ""}, "0123456789abcdef")


def test_the_settings_are_checked() -> None:
    form = MailchimpSettingsForm(data={"base_url": "", "lists": True, "api_key": API_KEY})
    assert form.is_valid()
    assert form.cleaned_data["base_url"] == ""
    assert set(MailchimpSettingsForm(data={"base_url": "gopher://x"}).errors) == {"base_url"}
