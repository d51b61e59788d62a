"""Mango Office: calls from legs, reports that take their time, every fault as one class."""

from __future__ import annotations

import datetime as dt
import logging
from zoneinfo import ZoneInfo

import pytest

from kpis.register.connectors.base import Window
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SourceError,
    WaitError,
)
from kpis.register.connectors.mango.connector import MangoConnector
from kpis.register.connectors.mango.contract_server import KEY, SALT, MangoPlay
from kpis.register.connectors.mango.mapping import calls_of, legs_of
from kpis.register.connectors.mango.settings_form import MangoSettingsForm
from kpis.register.connectors.parsing import Reader
from tests.register.connectors.calls import calls_in, summed
from tests.register.connectors.helpers import NOW
from tests.register.connectors.staged import Stage, Staged

FIRST, LAST = dt.date(2026, 3, 12), dt.date(2026, 3, 18)
MOSCOW = ZoneInfo("Europe/Moscow")
# entry, start, finish, answer, from ext, from number, to ext, to number, reason, line
ROW = "E1;1773300000;1773300040;{answer};;79165550001;{to};sip;1110;74951230001"


@pytest.fixture
def mango(stage: Stage) -> Staged:
    return stage(MangoConnector, MangoPlay)


def read(text: str) -> list[tuple[str, bool | None, int | None, str]]:
    reader = Reader("Mango Office", text.encode())
    calls = calls_of(legs_of(reader, text), MOSCOW)
    return [(call.key, call.answered, call.seconds, call.responsible) for call in calls]


def test_calls_are_what_the_exchange_has(mango: Staged) -> None:
    pages = mango.read("calls", FIRST, LAST)
    assert summed(pages) == mango.play.truth(FIRST, LAST)
    assert pages[0].received > len(pages[0].records)
    assert not pages[0].notices
    assert {call.line for call in calls_in(pages)} == {"74951230001", "74951230002", "78122000003"}


def test_an_empty_report_is_no_calls(mango: Staged) -> None:
    mango.fault("no_calls")
    (page,) = mango.read("calls", FIRST, LAST)
    assert (page.received, page.records, page.announced) == (0, (), None)


def test_calls_around_midnight_stay_on_their_days(mango: Staged) -> None:
    calls = calls_in(mango.read("calls", FIRST, FIRST))
    times = sorted(call.at.astimezone(MOSCOW).time() for call in calls)
    assert (times[0], times[-1]) == (dt.time(0, 0, 15), dt.time(23, 59, 40))
    late = max(calls, key=lambda call: call.at)
    assert late.answered, "it was answered after midnight"


def test_days_are_cut_in_the_zone_of_the_source(mango: Staged) -> None:
    mango.settings["time_zone"] = "Asia/Yekaterinburg"
    day = FIRST + dt.timedelta(days=1)
    calls = calls_in(mango.read("calls", day, day))
    assert {call.day for call in calls} == {day}
    assert dt.datetime(2026, 3, 12, 23, 59, 40, tzinfo=MOSCOW) in {call.at for call in calls}


def test_a_report_that_takes_its_time_is_fetched_later(mango: Staged) -> None:
    mango.fault("not_ready", times=3)
    connector = mango.connect()
    window = Window(FIRST, LAST)
    with pytest.raises(WaitError) as caught:
        list(connector.read("calls", window))
    assert caught.value.until == NOW + dt.timedelta(seconds=15)
    with pytest.raises(WaitError):
        list(connector.read("calls", window))
    pages = list(connector.read("calls", window))
    connector.close()
    assert summed(pages) == mango.play.truth(FIRST, LAST)
    assert isinstance(mango.play, MangoPlay)
    assert list(mango.play._asked.values()) == [1], "ordered once, whatever was waited"


def test_an_order_the_vendor_has_lost_is_made_anew(mango: Staged) -> None:
    mango.fault("report_lost", times=2)
    connector = mango.connect()
    with pytest.raises(WaitError):
        list(connector.read("calls", Window(FIRST, FIRST)))
    assert list(connector.read("calls", Window(FIRST, FIRST)))
    connector.close()


@pytest.mark.parametrize("fault", ["restated_day", "vanished_row"])
def test_a_changed_past_is_seen_on_the_next_reading(mango: Staged, fault: str) -> None:
    mango.fault(fault)
    connector = mango.connect()
    before, after = (calls_in(list(connector.read("calls", Window(FIRST, LAST)))) for _ in range(2))
    connector.close()
    talked = [sum(call.seconds or 0 for call in calls) for calls in (before, after)]
    if fault == "vanished_row":
        assert len(before) - len(after) == 1
        assert talked[1] < talked[0]
    else:
        assert len(before) == len(after)
        assert talked[1] == talked[0] + 60


def test_a_row_told_twice_counts_once(mango: Staged) -> None:
    mango.fault("duplicated_row")
    assert summed(mango.read("calls", FIRST, LAST)) == mango.play.truth(FIRST, LAST)


def test_a_missing_end_is_missing_and_said(mango: Staged) -> None:
    mango.fault("null_metric")
    (page,) = mango.read("calls", FIRST, LAST)
    assert any("finish" in str(notice) for notice in page.notices)
    answered = [call for call in calls_in([page]) if call.answered]
    assert sum(call.seconds is None for call in answered) <= 1


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("rate_limit_hint", WaitError),
        ("rate_limit", WaitError),
        ("empty_204", RetryError),
        ("unavailable", RetryError),
        ("error_body", RetryError),
        ("token_expired", AuthError),
        ("account_limited", AuthError),
        ("bad_params", ConfigError),
        ("unknown_error", BugError),
        ("html_page", BugError),
        ("new_field", BugError),
        ("fewer_fields", BugError),
    ],
)
def test_every_fault_has_its_class(
    mango: Staged, fault: str, expected: type[SourceError], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    mango.fault(fault)
    with pytest.raises(expected) as caught:
        mango.read("calls", FIRST, LAST)
    error = caught.value
    told = f"{error} {error.detail} {error.advice} {getattr(error, 'raw', b'')!r} {caplog.text}"
    assert KEY not in told
    assert SALT not in told


@pytest.mark.parametrize("fault", ["html_page", "truncated_json"])
def test_a_spoilt_report_is_no_report(mango: Staged, fault: str) -> None:
    mango.fault("not_ready", times=2)
    connector = mango.connect()
    window = Window(FIRST, LAST)
    with pytest.raises(WaitError):
        list(connector.read("calls", window))
    mango.calm()
    mango.fault(fault)
    with pytest.raises(BugError if fault == "html_page" else RetryError):
        list(connector.read("calls", window))
    connector.close()


@pytest.mark.parametrize(("fault", "seconds"), [("rate_limit_hint", 120), ("rate_limit", 300)])
def test_a_limit_names_its_moment(mango: Staged, fault: str, seconds: int) -> None:
    mango.fault(fault)
    with pytest.raises(WaitError) as caught:
        mango.read("calls", FIRST, LAST)
    assert caught.value.until == NOW + dt.timedelta(seconds=seconds)


def test_no_key_in_what_is_kept(mango: Staged, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for page in mango.read("calls", FIRST, LAST):
        kept = page.raw.decode() + page.request + caplog.text
        assert KEY not in kept
        assert SALT not in kept


def test_a_transfer_is_one_talk() -> None:
    rows = [
        ROW.format(answer=0, to="11"),
        "E1;1773300040;1773300100;1773300040;;79165550001;12;sip;1110;74951230001",
        "E1;1773300100;1773300160;1773300105;;79165550001;13;sip;1110;74951230001",
    ]
    assert read("\r\n".join(rows)) == [("E1", True, 120, "12")]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (ROW.format(answer=0, to="11"), [("E1", False, 0, "")]),
        (ROW.format(answer=1773300010, to="11"), [("E1", True, 30, "11")]),
        ("E2;1773300000;1773300040;0;11;sip;12;sip;1110;", []),
        ("E3;1773300000;1773300040;0;;;12;sip;1110;74951230001", []),
        ("", []),
    ],
)
def test_which_rows_are_an_incoming_call(
    row: str, expected: list[tuple[str, bool | None, int | None, str]]
) -> None:
    assert read(row) == expected


@pytest.mark.parametrize(
    "row",
    [
        ROW.format(answer="", to="11"),
        ROW.format(answer="soon", to="11"),
        ROW.format(answer="-1", to="11"),
        ";" + ROW.format(answer=0, to="11").partition(";")[2],
    ],
)
def test_a_row_that_is_not_as_agreed(row: str) -> None:
    with pytest.raises(BugError):
        read(row)


def test_check_names_every_right(mango: Staged) -> None:
    assert [(item.name, item.ok) for item in mango.check()] == [
        ("reach", True),
        ("key", True),
        ("calls", True),
    ]


def test_check_does_not_wait_for_a_report(mango: Staged) -> None:
    mango.fault("not_ready")
    items = mango.check()
    assert all(item.ok for item in items)
    assert "being made" in str(items[-1].detail)


@pytest.mark.parametrize(
    ("fault", "wrong"),
    [("token_expired", "key"), ("account_limited", "key"), ("unavailable", "reach")],
)
def test_check_says_what_is_wrong(mango: Staged, fault: str, wrong: str) -> None:
    mango.fault(fault)
    failed = [item for item in mango.check() if not item.ok]
    assert [item.name for item in failed] == [wrong]
    assert failed[0].advice


@pytest.mark.parametrize("name", ["api_key", "api_salt"])
@pytest.mark.parametrize("value", ["wrong-value", ""])
def test_check_with_a_wrong_key(mango: Staged, name: str, value: str) -> None:
    mango.secrets[name] = value
    assert [item.name for item in mango.check() if not item.ok] == ["key"]


@pytest.mark.parametrize("typed", ["", "ftp://x", "https://a:b@x.example"])
def test_the_form_refuses_an_address(typed: str) -> None:
    form = MangoSettingsForm({"base_url": typed, "time_zone": "UTC"})
    assert "base_url" in form.errors
