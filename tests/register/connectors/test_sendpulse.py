"""SendPulse against its contract server."""

from __future__ import annotations

import datetime as dt
from contextlib import closing
from decimal import Decimal

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
from kpis.register.connectors.sendpulse.connector import SendpulseConnector
from kpis.register.connectors.sendpulse.contract_server import CLIENT_SECRET, SendpulsePlay
from kpis.register.connectors.sendpulse.mapping import METRICS, campaign_of, mailing_of, reader_of
from kpis.register.connectors.sendpulse.settings_form import SendpulseSettingsForm
from tests.register.connectors.helpers import NOW, TODAY
from tests.register.connectors.staged import Stage, Staged

FIRST, LAST = dt.date(2026, 3, 2), dt.date(2026, 3, 19)


@pytest.fixture
def sendpulse(stage: Stage) -> Staged:
    return stage(SendpulseConnector, SendpulsePlay)


def checked(staged: Staged) -> list[CheckItem]:
    with closing(staged.connect()) as connector:
        return list(connector.check())


@pytest.mark.parametrize("fault", ["", "duplicated_row", "token_expires_midway"])
def test_every_mailing_stands_on_the_day_it_was_sent(sendpulse: Staged, fault: str) -> None:
    if fault:
        sendpulse.fault(fault)
    facts = sendpulse.facts("mailings", FIRST, LAST)
    assert facts == sendpulse.play.truth(FIRST, LAST)
    assert {key[0] for key in facts} == set(METRICS)


def test_a_list_without_moments_is_read_one_by_one(
    sendpulse: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    sendpulse.simulator.mounts["sendpulse"].play.stage = type(sendpulse.play.stage)(
        now=lambda: dt.datetime(2024, 1, 20, 9, 0, tzinfo=dt.UTC)
    )
    sendpulse.fault("no_moments")
    first, last = dt.date(2024, 1, 2), dt.date(2024, 1, 12)
    pages = sendpulse.read("mailings", first, last)
    assert pages[-1].announced == sum(page.received for page in pages) == 8
    assert sendpulse.facts("mailings", first, last) == sendpulse.play.truth(first, last)


def test_totals_as_an_object_are_read_too(sendpulse: Staged) -> None:
    sendpulse.fault("totals_object")
    truth = sendpulse.play.truth(FIRST, LAST)
    assert sendpulse.facts("mailings", FIRST, LAST) == {
        key: value for key, value in truth.items() if key[0] != "complaints"
    }


def test_a_campaign_in_the_words_of_older_versions_is_read() -> None:
    reader = reader_of(b"")
    row = campaign_of(
        reader,
        [
            {
                "id": "27",
                "name": "",
                "message": {"subject": "Первая рассылка"},
                "send_date": "2017-08-08 06:08:31",
                "statistics": [{"code": "1", "count": "1000", "explain": "Sent"}],
            }
        ],
    )
    mailing = mailing_of(reader, row, dt.date(2017, 8, 8))
    assert mailing is not None
    assert (mailing.key, mailing.label) == ("27", "Первая рассылка")
    assert mailing.figures == {"sends": Decimal(1000)}
    assert mailing_of(reader, {**row, "statistics": None}, dt.date(2017, 8, 8)) is None


def test_a_list_that_moves_is_read_again(
    sendpulse: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    sendpulse.fault("list_moves")
    with pytest.raises(RetryError, match="changed while it was read"):
        sendpulse.read("mailings", FIRST, LAST)
    sendpulse.calm()
    sendpulse.fault("gone_campaign")
    with pytest.raises(RetryError, match="changed while it was read"):
        sendpulse.read("mailings", FIRST, LAST)


def test_a_mailing_at_night_belongs_to_its_own_day(sendpulse: Staged) -> None:
    facts = sendpulse.facts("mailings", FIRST, FIRST)  # at 00:20
    assert len(facts) == len(METRICS)
    assert not sendpulse.facts("mailings", dt.date(2026, 3, 1), dt.date(2026, 3, 1))


def test_what_grew_and_what_vanished_is_read_as_it_is_now(sendpulse: Staged) -> None:
    before = sendpulse.facts("mailings", FIRST, LAST)
    sendpulse.fault("restated_day")
    after = sendpulse.facts("mailings", FIRST, LAST)
    assert {key[0] for key in before if before[key] != after[key]} >= {"unique_opens"}
    sendpulse.calm()
    sendpulse.fault("vanished_row")
    assert len(sendpulse.facts("mailings", FIRST, LAST)) == len(before) - len(METRICS)


@pytest.mark.parametrize(
    ("fault", "error", "said"),
    [
        ("rate_limit", WaitError, "asks to wait"),
        ("unavailable", RetryError, "temporarily unavailable"),
        ("error_body", RetryError, "temporarily unavailable"),
        ("empty_204", RetryError, "empty answer"),
        ("truncated_json", RetryError, "cut off"),
        ("html_page", BugError, "web page"),
        ("renamed_field", BugError, "agreed field is missing"),
        ("error_in_200", BugError, "refused the request"),
        ("token_expired", AuthError, "does not let us in"),
    ],
)
def test_every_fault_has_its_class(
    sendpulse: Staged, fault: str, error: type[SourceError], said: str
) -> None:
    sendpulse.fault(fault)
    with pytest.raises(error, match=said):
        sendpulse.read("mailings", FIRST, LAST)


def test_the_hint_of_a_limit_is_kept(sendpulse: Staged) -> None:
    sendpulse.fault("rate_limit_hint")
    with pytest.raises(WaitError) as caught:
        sendpulse.read("mailings", FIRST, LAST)
    assert caught.value.until == NOW + dt.timedelta(seconds=120)


def test_a_figure_without_a_value_is_missing_and_an_unknown_field_a_remark(
    sendpulse: Staged,
) -> None:
    sendpulse.fault("null_metric")
    sendpulse.fault("new_field")
    pages = sendpulse.read("mailings", FIRST, LAST)
    given = {fact.metric for page in pages for fact in page.facts}
    assert set(METRICS) - given == {"unique_opens"}
    said = " ".join(str(notice) for page in pages for notice in page.notices)
    assert "folder" in said
    assert "gave no value of count" in said


def test_active_addresses_are_the_size_of_a_list(sendpulse: Staged) -> None:
    pages = sendpulse.read("lists", TODAY, TODAY)
    levels = [level for page in pages for level in page.levels]
    assert [(level.subject.key, int(level.value)) for level in levels] == [
        ("101", 10627),
        ("102", 3909),
        ("103", 2558),
    ]


def test_the_check_tries_every_right(sendpulse: Staged) -> None:
    assert [(item.name, item.ok) for item in checked(sendpulse)] == [
        ("mailings", True),
        ("lists", True),
    ]
    sendpulse.settings["client_id"] = "of-another"
    (item,) = checked(sendpulse)
    assert (item.ok, bool(item.advice)) == (False, True)
    sendpulse.settings["base_url"] = f"{sendpulse.settings['base_url']}/deeper"
    (item,) = checked(sendpulse)
    assert "does not know this address" in str(item.detail)


def test_neither_secret_nor_token_is_shown(
    sendpulse: Staged, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        pages = sendpulse.read("mailings", FIRST, LAST)
        sendpulse.fault("token_expires_midway")
        sendpulse.read("mailings", FIRST, LAST)
        sendpulse.secrets["client_secret"] = "secret-of-someone"
        with pytest.raises(AuthError) as caught:
            sendpulse.read("mailings", FIRST, LAST)
    shown = f"{caught.value.detail} {caplog.text} {[page.raw for page in pages]}"
    assert "Client authentication failed" in shown
    for secret in ("spAccess", "secret-of-someone", CLIENT_SECRET):
        assert secret not in shown


def test_the_settings_are_checked(sendpulse: Staged) -> None:
    good = {"base_url": "https://api.sendpulse.com", "client_id": "x", "time_zone": "UTC"}
    assert SendpulseSettingsForm(data=good).is_valid()
    bad = SendpulseSettingsForm(data={"base_url": "x y", "time_zone": "Nowhere"})
    assert set(bad.errors) == {"base_url", "client_id", "time_zone"}
    with pytest.raises(BugError, match="has not come"):
        sendpulse.read("mailings", LAST, TODAY + dt.timedelta(days=1))
    sendpulse.settings["time_zone"] = "Nowhere/Else"
    with pytest.raises(ConfigError, match="no such time zone"):
        sendpulse.read("mailings", FIRST, LAST)
