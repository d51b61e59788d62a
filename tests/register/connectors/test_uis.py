"""UIS: calls by day and line, their traces, every fault of the vendor as one class."""

from __future__ import annotations

import datetime as dt
import logging
from zoneinfo import ZoneInfo

import pytest

from kpis.register.connectors.base import Account, Page, Window
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
from kpis.register.connectors.records import EnquiryStatus, TouchKind
from kpis.register.connectors.telephony import digits
from kpis.register.connectors.uis.connector import UisConnector
from kpis.register.connectors.uis.contract_server import TOKEN, UisPlay
from kpis.register.connectors.uis.settings_form import UisSettingsForm
from tests.register.connectors.calls import calls_in, summed
from tests.register.connectors.helpers import NOW
from tests.register.connectors.staged import Stage, Staged

FIRST, LAST = dt.date(2026, 3, 12), dt.date(2026, 3, 18)
MOSCOW = ZoneInfo("Europe/Moscow")


class Small(UisConnector):
    """Asks for few rows at a time."""

    page_size = 10


@pytest.fixture
def uis(stage: Stage) -> Staged:
    return stage(Small, UisPlay)


def test_calls_are_what_the_account_has(uis: Staged) -> None:
    pages = uis.read("calls", FIRST, LAST)
    assert len(pages) > 3
    assert summed(pages) == uis.play.truth(FIRST, LAST)
    assert {page.announced for page in pages} == {sum(page.received for page in pages)}
    assert not any(page.notices for page in pages)


def test_a_day_without_calls_is_an_answer(uis: Staged) -> None:
    pages = uis.read("calls", dt.date(2023, 5, 1), dt.date(2023, 5, 2))
    assert [(page.received, page.announced, page.records) for page in pages] == [(0, 0, ())]


def test_calls_around_midnight_stay_on_their_days(uis: Staged) -> None:
    calls = calls_in(uis.read("calls", FIRST, FIRST))
    times = sorted(call.at.astimezone(MOSCOW).time() for call in calls)
    assert times[0] == dt.time(0, 0, 15)
    assert times[-1] == dt.time(23, 59, 40)
    assert {call.day for call in calls} == {FIRST}
    assert min(call.at for call in calls).astimezone(dt.UTC).date() < FIRST


def test_a_call_has_its_line_caller_and_traces(uis: Staged) -> None:
    calls = calls_in(uis.read("calls", FIRST, LAST))
    missed = [call for call in calls if not call.answered]
    assert missed
    assert {call.seconds for call in missed} == {0}
    told = next(call for call in calls if call.channel == "context")
    assert told.line == told.subject.key
    assert told.contacts[0].startswith("7916")
    traces = {touch.kind: touch for touch in told.touches}
    assert traces[TouchKind.AD].value == "411"
    assert traces[TouchKind.UTM].source == "yandex"
    assert traces[TouchKind.UTM].campaign == "tea_search"
    assert traces[TouchKind.CLICK_ID].source == "yclid"
    assert traces[TouchKind.TRACKING_NUMBER].value == told.line
    visitors = {t.source: t.value for t in told.touches if t.kind == TouchKind.CLIENT_ID}
    assert set(visitors) == {"metrika", "google_analytics"}
    assert {call.status for call in calls} == {
        EnquiryStatus.NEW,
        EnquiryStatus.WON,
        EnquiryStatus.QUALIFIED,
        EnquiryStatus.JUNK,
    }


def test_an_overlap_of_pages_does_not_double(uis: Staged) -> None:
    uis.fault("duplicated_row")
    pages = uis.read("calls", FIRST, LAST)
    assert summed(pages) == uis.play.truth(FIRST, LAST)
    assert sum(page.received for page in pages) == pages[-1].announced


def test_a_total_that_grows_meanwhile_is_a_shortfall(uis: Staged) -> None:
    uis.fault("total_changes")
    pages = uis.read("calls", FIRST, LAST)
    assert pages[-1].announced == sum(page.received for page in pages) + 1


def test_a_window_beyond_the_offset_is_read_by_days(
    uis: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kpis.register.connectors.uis.connector.LARGEST_OFFSET", 40)
    pages = uis.read("calls", FIRST, LAST)
    assert summed(pages) == uis.play.truth(FIRST, LAST)
    assert pages[-1].announced == sum(page.received for page in pages)


@pytest.mark.parametrize("fault", ["restated_day", "vanished_row"])
def test_a_changed_past_is_seen_on_the_next_reading(uis: Staged, fault: str) -> None:
    uis.fault(fault)
    before = calls_in(uis.read("calls", FIRST, LAST))
    after = calls_in(uis.read("calls", FIRST, LAST))
    assert {call.key for call in after} <= {call.key for call in before}
    if fault == "vanished_row":
        assert len(before) - len(after) == 1
    else:
        assert len(before) == len(after)
        assert sum(c.seconds or 0 for c in after) == sum(c.seconds or 0 for c in before) + 60


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("rate_limit_hint", WaitError),
        ("rate_limit", WaitError),
        ("day_limit", WaitError),
        ("unavailable", RetryError),
        ("error_body", RetryError),
        ("empty_204", RetryError),
        ("truncated_json", RetryError),
        ("html_page", BugError),
        ("token_expired", AuthError),
        ("token_expires_midway", AuthError),
        ("ip_refused", AuthError),
        ("component_disabled", SkipError),
        ("invalid_params", ConfigError),
        ("unknown_error", BugError),
        ("renamed_field", BugError),
    ],
)
def test_every_fault_has_its_class(
    uis: Staged, fault: str, expected: type[SourceError], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    uis.fault(fault)
    with pytest.raises(expected) as caught:
        uis.read("calls", FIRST, LAST)
    error = caught.value
    assert str(error.message)
    told = f"{error} {error.detail} {error.advice} {getattr(error, 'raw', b'')!r} {caplog.text}"
    assert TOKEN not in told
    if fault == "token_expired":
        assert "access_token_expired" in error.detail


@pytest.mark.parametrize(
    ("fault", "seconds"), [("rate_limit_hint", 120), ("rate_limit", 300), ("day_limit", 5400)]
)
def test_a_limit_names_its_moment(uis: Staged, fault: str, seconds: int) -> None:
    uis.fault(fault)
    with pytest.raises(WaitError) as caught:
        uis.read("calls", FIRST, LAST)
    assert caught.value.until == NOW + dt.timedelta(seconds=seconds)


def test_an_empty_talk_time_is_missing_and_said(uis: Staged) -> None:
    uis.fault("null_metric", times=1)
    pages = uis.read("calls", FIRST, FIRST)
    assert any("talk_duration" in str(notice) for page in pages for notice in page.notices)
    first = calls_in(pages)[0]
    assert first.seconds is None if first.answered else first.seconds == 0


def test_an_unknown_field_is_only_remarked(uis: Staged) -> None:
    uis.fault("new_field")
    pages = uis.read("calls", FIRST, LAST)
    assert summed(pages) == uis.play.truth(FIRST, LAST)
    assert any("mood" in str(notice) for notice in pages[0].notices)


def test_windows_1251_is_read_with_a_remark(uis: Staged) -> None:
    uis.fault("cp1251")
    pages = uis.read("calls", FIRST, LAST)
    assert any("windows-1251" in str(notice) for notice in pages[0].notices)
    names = {t.campaign for call in calls_in(pages) for t in call.touches}
    assert "Поиск: чай" in names


class Told(OpenGate):
    """Remembers what the vendor says of its limits."""

    def __init__(self) -> None:
        self.said: dict[str, tuple[int, int | None]] = {}

    def left(
        self, limit: Limit, *, remaining: int, of: int | None = None, until: dt.datetime | None
    ) -> None:
        assert limit.key == "7"
        self.said[limit.name] = (remaining, of)


def test_the_points_that_are_left_reach_the_gate(uis: Staged) -> None:
    gate = Told()
    connector = Small(Account(uis.settings, uis.secrets, gate=gate, uid="7"))
    pages: list[Page] = list(connector.read("calls", Window(FIRST, FIRST)))
    connector.close()
    assert pages
    assert gate.said == {"uis.day": (19_960, 20_000), "uis.minute": (497, 500)}


def test_the_key_is_in_nothing_that_is_kept(uis: Staged, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for page in uis.read("calls", FIRST, LAST):
        assert TOKEN.encode() not in page.raw
        assert TOKEN not in page.request
    assert TOKEN not in caplog.text


def test_check_names_every_right(uis: Staged) -> None:
    items = uis.check()
    assert [(item.name, item.ok) for item in items] == [
        ("reach", True),
        ("token", True),
        ("zone", True),
        ("calls", True),
    ]
    assert "Северный чай" in str(items[1].detail)


@pytest.mark.parametrize(
    ("fault", "wrong", "word"),
    [
        ("component_disabled", "calls", "component"),
        ("ip_refused", "token", "white list"),
        ("other_zone", "zone", "Asia/Yekaterinburg"),
        ("rate_limit", "token", "wait"),
        ("unavailable", "reach", "temporarily"),
    ],
)
def test_check_says_what_is_wrong(uis: Staged, fault: str, wrong: str, word: str) -> None:
    uis.fault(fault)
    failed = [item for item in uis.check() if not item.ok]
    assert [item.name for item in failed] == [wrong]
    assert word in f"{failed[0].detail} {failed[0].advice}"


def test_check_with_a_wrong_key(uis: Staged) -> None:
    uis.secrets["access_token"] = "wrong-key"
    assert [(item.name, item.ok) for item in uis.check()] == [("reach", True), ("token", False)]


def test_check_without_a_key_asks_nobody(uis: Staged) -> None:
    uis.secrets.clear()
    assert [(item.name, item.ok) for item in uis.check()] == [("token", False)]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"base_url": "ftp://x"}, "base_url"),
        ({"base_url": ""}, "base_url"),
        ({"time_zone": "Moscow"}, "time_zone"),
        ({"good_tags": "A, b", "junk_tags": "B"}, "junk_tags"),
    ],
)
def test_the_form_refuses(values: dict[str, str], field: str) -> None:
    form = UisSettingsForm({"base_url": "https://u.example", "time_zone": "UTC", **values})
    assert field in form.errors


def test_the_form_stores_names_once() -> None:
    form = UisSettingsForm(
        {"base_url": "u.example/v2.0/", "time_zone": "UTC", "good_tags": " a ,, b,a"}
    )
    assert form.is_valid(), form.errors
    assert form.cleaned_data["base_url"] == "https://u.example/v2.0"
    assert form.cleaned_data["good_tags"] == "a, b"


@pytest.mark.parametrize(
    ("number", "expected"),
    [("+7 (495) 123-00-01", "74951230001"), ("sip:201@pbx.example", "201"), ("", ""), (None, "")],
)
def test_digits_of_a_number(number: str | None, expected: str) -> None:
    assert digits(number) == expected
