"""Telegram: every fault ends in one class, the token is never shown; the check; the form."""

from __future__ import annotations

import datetime as dt
import logging

import pytest

from kpis.register.connectors.base import Account, CheckItem, Window
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SkipError,
    SourceError,
    WaitError,
)
from kpis.register.connectors.limits import Limit, OpenGate
from kpis.register.connectors.records import Level
from kpis.register.connectors.telegram.connector import TelegramConnector
from kpis.register.connectors.telegram.contract_server import BOT, TOKEN, TelegramPlay
from kpis.register.connectors.telegram.settings_form import TelegramSettingsForm
from tests.register.connectors.helpers import NOW, TODAY
from tests.register.connectors.staged import Stage, Staged

WORDS = TOKEN.partition(":")[2]
STREAMS = ("updates", "followers")
QUEUE = "queue"
PUBLIC, PRIVATE = "channel @severny_chai_example", "channel -1009876543210"


@pytest.fixture
def telegram(stage: Stage) -> Staged:
    return stage(TelegramConnector, TelegramPlay)


def outcome(items: list[CheckItem]) -> dict[str, bool]:
    return {item.name: item.ok for item in items}


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("rate_limit", WaitError),
        ("rate_limit_hint", WaitError),
        ("unavailable", RetryError),
        ("error_body", RetryError),
        ("truncated_json", RetryError),
        ("empty_204", RetryError),
        ("token_expired", AuthError),
        ("migrated", ConfigError),
        ("kicked_everywhere", SkipError),
        ("html_page", BugError),
        ("unknown_error", BugError),
    ],
)
def test_a_fault_has_one_class_in_every_stream(
    telegram: Staged,
    caplog: pytest.LogCaptureFixture,
    stream: str,
    fault: str,
    error: type[SourceError],
) -> None:
    telegram.fault(fault)
    with caplog.at_level(logging.DEBUG, logger="config.lib.http"), pytest.raises(error) as refused:
        telegram.read(stream, TODAY, TODAY)
    assert type(refused.value) is error
    assert str(refused.value)
    shown = f"{refused.value} {refused.value.detail} {refused.value.advice}"
    shown += getattr(refused.value, "raw", b"").decode()
    # The simulator logs the addresses it is asked at; we log ours.
    ours = [one for one in caplog.records if not one.name.startswith("kpis.simulator")]
    shown += " ".join(one.getMessage() for one in ours)
    assert WORDS not in shown
    telegram.calm()
    assert telegram.read(stream, TODAY, TODAY)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("conflict", RetryError),
        ("webhook", ConfigError),
        ("token_expires_midway", AuthError),
        ("renamed_field", BugError),
    ],
)
def test_a_fault_of_the_queue_leaves_followers_alone(
    telegram: Staged, fault: str, error: type[SourceError]
) -> None:
    telegram.fault(fault)
    with pytest.raises(error):
        telegram.read("updates", TODAY, TODAY)
    assert telegram.read("followers", TODAY, TODAY)


def test_the_address_with_the_token_is_never_logged(
    telegram: Staged, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="config.lib.http"):
        pages = [page for name in STREAMS for page in telegram.read(name, TODAY, TODAY)]
    ours = [one for one in caplog.records if not one.name.startswith("kpis.simulator")]
    assert any("/bot***/getUpdates" in one.getMessage() for one in ours)
    assert not any(WORDS in one.getMessage() for one in ours)
    assert not any(WORDS in page.request or WORDS.encode() in page.raw for page in pages)


@pytest.mark.parametrize(("fault", "seconds"), [("rate_limit", 300), ("rate_limit_hint", 120)])
def test_the_wait_is_as_long_as_told_and_closes_the_gate(
    telegram: Staged, fault: str, seconds: int
) -> None:
    told: list[tuple[str, str, dt.datetime]] = []

    class Gate(OpenGate):
        def closed_until(self, limit: Limit, until: dt.datetime) -> None:
            told.append((limit.name, limit.key, until))

    telegram.fault(fault)
    account = Account(telegram.settings, telegram.secrets, gate=Gate())
    connector = TelegramConnector(account)
    with pytest.raises(WaitError) as refused:
        list(connector.read("followers", Window(TODAY, TODAY)))
    connector.close()
    until = NOW + dt.timedelta(seconds=seconds)
    assert refused.value.until == until
    assert told[-1] == ("telegram.bot", str(BOT), until)


def test_a_chat_that_moved_is_told_with_its_new_number(telegram: Staged) -> None:
    telegram.fault("migrated")
    with pytest.raises(ConfigError) as refused:
        telegram.read("followers", TODAY, TODAY)
    assert refused.value.field == "channels"
    assert "-1005550001111" in str(refused.value.advice)


def test_a_channel_closed_to_the_bot_does_not_stop_the_others(telegram: Staged) -> None:
    telegram.fault("kicked")
    (page,) = telegram.read("followers", TODAY, TODAY)
    assert len(page.levels) == 1
    assert any("-1009876543210" in str(notice) for notice in page.notices)


def test_an_update_that_comes_twice_counts_once(telegram: Staged) -> None:
    calm = {(one.metric, one.subject.key, one.day, one.value) for one in given(telegram)}
    assert isinstance(telegram.play, TelegramPlay)
    telegram.play.confirmed = 0
    telegram.fault("duplicated_row")
    again = given(telegram)
    assert {(one.metric, one.subject.key, one.day, one.value) for one in again} == calm
    assert len(again) == len(calm)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("stranger", "Соседи"),
        ("other_kinds", "mood"),
        ("new_field", "mood"),
        ("null_metric", "no value of total_count"),
    ],
)
def test_what_was_not_agreed_is_a_remark(telegram: Staged, fault: str, words: str) -> None:
    telegram.fault(fault)
    pages = telegram.read("updates", TODAY, TODAY)
    said = " ".join(str(notice) for page in pages for notice in page.notices)
    assert words in said


def test_an_empty_total_is_missing_not_zero(telegram: Staged) -> None:
    telegram.fault("null_metric")
    likes = [one for one in given(telegram) if one.metric == "likes"]
    # What is left is the beginning of new posts, and totals without a single reaction.
    assert all(one.value == 0 for one in likes)


def test_the_check_tries_the_bot_its_queue_and_every_channel(telegram: Staged) -> None:
    items = telegram.check()
    assert [item.name for item in items] == ["reach", "token", QUEUE, PUBLIC, PRIVATE]
    assert all(item.ok for item in items)
    assert str(items[3].detail) == "Северный чай (-1001234567890)"
    assert isinstance(telegram.play, TelegramPlay)
    assert telegram.play.confirmed == 0


@pytest.mark.parametrize(
    ("fault", "failing", "words"),
    [
        ("html_page", {"reach"}, "web page"),
        ("unavailable", {"reach"}, "unavailable"),
        ("rate_limit", {"limit"}, "429"),
        ("token_expired", {"token"}, "401"),
        ("webhook", {QUEUE}, "elsewhere.example/hook"),
        ("conflict", {QUEUE}, "Another program"),
        ("kicked", {PRIVATE}, "403"),
        ("not_admin", {PUBLIC, PRIVATE}, "not an administrator"),
        ("group", {PUBLIC, PRIVATE}, "not a channel"),
    ],
)
def test_the_check_names_what_is_wrong(
    telegram: Staged, fault: str, failing: set[str], words: str
) -> None:
    telegram.fault(fault)
    items = telegram.check()
    assert {item.name for item in items if not item.ok} == failing
    assert all(words in str(item.detail) for item in items if not item.ok)
    assert "key=1" not in " ".join(str(item.detail) for item in items)


@pytest.mark.parametrize("token", ["700100200:not-the-right-words-at-all", "nonsense", ""])
def test_a_wrong_token_is_told_and_not_shown(telegram: Staged, token: str) -> None:
    telegram.secrets["bot_token"] = token
    items = telegram.check()
    assert outcome(items) == {"reach": True, "token": False}
    assert not token or token not in " ".join(f"{item.detail} {item.advice}" for item in items)


def test_an_unknown_channel_is_told(telegram: Staged) -> None:
    telegram.settings["channels"] = "@somebody_else"
    assert outcome(telegram.check())["channel @somebody_else"] is False
    telegram.settings["channels"] = ""
    assert outcome(telegram.check())["channels"] is False


def given(telegram: Staged) -> list[Level]:
    return [level for page in telegram.read("updates", TODAY, TODAY) for level in page.levels]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("@severny_chai", "@severny_chai"),
        ("https://t.me/severny_chai/", "@severny_chai"),
        ("t.me/s/severny_chai", "@severny_chai"),
        ("-1001234567890", "-1001234567890"),
        ("@one_tea, @two_teas\n@ONE_TEA", "@one_tea\n@two_teas"),
        ("severny чай", None),
        ("-5", None),
        ("https://example.com/tea", None),
        (" ".join(f"@channel{number}" for number in range(21)), None),
    ],
)
def test_the_form_takes_channels_as_they_are_copied(typed: str, kept: str | None) -> None:
    data = {"base_url": "https://api.telegram.org", "channels": typed, "time_zone": "UTC"}
    form = TelegramSettingsForm(data)
    assert form.is_valid() is (kept is not None)
    assert form.cleaned_data.get("channels") == kept


@pytest.mark.parametrize(("token", "good"), [(TOKEN, True), ("", True), ("12345", False)])
def test_the_form_looks_at_the_shape_of_the_token(token: str, good: bool) -> None:
    data = {
        "base_url": "https://api.telegram.org",
        "channels": "@severny_chai",
        "time_zone": "Europe/Moscow",
        "bot_token": token,
    }
    form = TelegramSettingsForm(data)
    assert form.is_valid() is good
    assert not token or f'value="{token}"' not in str(form)
