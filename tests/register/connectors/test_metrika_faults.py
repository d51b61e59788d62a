"""Yandex Metrika: every fault has one class; the check says what is wrong; the token stays in."""

from __future__ import annotations

import datetime as dt
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
from kpis.register.connectors.limits import Limit, OpenGate
from kpis.register.connectors.metrika.connector import MetrikaConnector
from kpis.register.connectors.metrika.contract_server import TOKEN, MetrikaPlay
from kpis.register.connectors.metrika.settings_form import MetrikaSettingsForm
from tests.register.connectors.helpers import NOW
from tests.register.connectors.staged import Stage, Staged, only

FIRST, LAST = dt.date(2026, 3, 9), dt.date(2026, 3, 15)
MIDNIGHT = dt.datetime(2026, 3, 21, tzinfo=dt.UTC)
STREAMS = ("visits", "bounces", "ecommerce", "campaigns", "logs")


class SmallPages(MetrikaConnector):
    page_rows: ClassVar[int] = 4


@pytest.fixture
def metrika(stage: Stage) -> Staged:
    return stage(MetrikaConnector, MetrikaPlay)


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
        ("no_access", AuthError),
        ("backend_timeout", RetryError),
        ("counter_deleted", ConfigError),
    ],
)
def test_a_fault_has_one_class_in_every_stream(
    metrika: Staged, stream: str, fault: str, error: type[SourceError]
) -> None:
    metrika.fault(fault)
    with pytest.raises(SourceError) as refused:
        metrika.read(stream, FIRST, LAST)
    assert isinstance(refused.value, error)
    assert refused.value.kind == error.kind
    assert str(refused.value)


@pytest.mark.parametrize("stream", STREAMS[:-1])
@pytest.mark.parametrize(
    ("fault", "error"),
    [("renamed_field", BugError), ("other_question", BugError), ("bad_question", ConfigError)],
)
def test_a_table_that_is_not_as_agreed(
    metrika: Staged, stream: str, fault: str, error: type[SourceError]
) -> None:
    metrika.fault(fault)
    with pytest.raises(error):
        metrika.read(stream, FIRST, LAST)
    metrika.calm()
    assert metrika.read(stream, FIRST, LAST)


@pytest.mark.parametrize(
    ("fault", "until"),
    [
        ("rate_limit_hint", NOW + dt.timedelta(seconds=120)),
        ("rate_limit", MIDNIGHT),
        ("counter_limit", MIDNIGHT),
        ("parallel_limit", NOW + dt.timedelta(seconds=30)),
        ("ip_limit", NOW + dt.timedelta(seconds=30)),
    ],
)
def test_a_quota_says_until_when(metrika: Staged, fault: str, until: dt.datetime) -> None:
    metrika.fault(fault)
    with pytest.raises(WaitError) as refused:
        metrika.read("visits", FIRST, LAST)
    assert refused.value.until == until
    assert "quota" in refused.value.detail


@pytest.mark.parametrize(
    ("fault", "limit", "key"),
    [
        ("rate_limit", "metrika.login.day", "severny-chai"),
        ("counter_limit", "metrika.counter.day", "98765432"),
    ],
)
def test_a_used_up_day_closes_the_gate_it_belongs_to(
    metrika: Staged, monkeypatch: pytest.MonkeyPatch, fault: str, limit: str, key: str
) -> None:
    closed: dict[tuple[str, str], dt.datetime] = {}

    def told(_self: OpenGate, which: Limit, until: dt.datetime) -> None:
        closed[which.name, which.key] = until

    monkeypatch.setattr(OpenGate, "closed_until", told)
    metrika.fault(fault)
    with pytest.raises(WaitError):
        metrika.read("visits", FIRST, LAST)
    assert closed[limit, key] == MIDNIGHT


def test_a_slow_body_is_given_up(metrika: Staged, settings: Settings) -> None:
    settings.HTTP_LIMITS = {"total": 0.4}
    metrika.fault("slow_body")
    with pytest.raises(RetryError):
        metrika.read("visits", FIRST, LAST)


def test_windows_1251_is_read_with_a_remark(metrika: Staged) -> None:
    metrika.fault("cp1251")
    (page,) = metrika.read("campaigns", FIRST, LAST)
    assert "весенняя коллекция" in {f.subject.key.split("/")[-1] for f in page.facts}
    assert "windows-1251" in str(page.notices[0])


def test_a_token_that_dies_midway_is_asked_for(stage: Stage) -> None:
    staged = stage(SmallPages, MetrikaPlay)
    staged.fault("token_dies_midway")
    connector = staged.connect()
    pages = connector.read("campaigns", Window(FIRST, LAST))
    assert next(pages).received == 4
    with pytest.raises(AuthError):
        next(pages)
    connector.close()


def test_a_row_sent_twice_counts_once(stage: Stage) -> None:
    staged = stage(SmallPages, MetrikaPlay)
    staged.fault("duplicated_row")
    pages = staged.read("campaigns", FIRST, LAST)
    assert sum(page.received for page in pages) == pages[-1].announced
    assert staged.facts("campaigns", FIRST, LAST) == only(
        staged.play.truth(FIRST, LAST), "campaign_sessions"
    )


def test_a_row_lost_between_pages_is_missed(stage: Stage) -> None:
    staged = stage(SmallPages, MetrikaPlay)
    staged.fault("shifted_row")
    pages = staged.read("campaigns", FIRST, LAST)
    assert sum(page.received for page in pages) < (pages[-1].announced or 0)


def test_a_table_that_grows_while_paging_is_read_again(stage: Stage) -> None:
    staged = stage(SmallPages, MetrikaPlay)
    staged.fault("total_changes")
    with pytest.raises(RetryError, match="changed while being read"):
        staged.read("campaigns", FIRST, LAST)


def items(staged: Staged) -> dict[str, bool]:
    return {item.name: item.ok for item in staged.check()}


ALL = ("counter", "time_zone", "goals", *(f"stream.{name}" for name in STREAMS))


def test_check_tries_every_right(metrika: Staged) -> None:
    assert items(metrika) == dict.fromkeys(ALL, True)


@pytest.mark.parametrize(
    "fault",
    ["token_expired", "no_access", "counter_deleted", "unavailable", "html_page", "rate_limit"],
)
def test_check_stops_at_the_cause(metrika: Staged, fault: str) -> None:
    metrika.fault(fault)
    assert items(metrika) == {"counter": False}


def test_check_tells_what_alone_is_missing(metrika: Staged) -> None:
    metrika.fault("logs_full")
    assert [name for name, ok in items(metrika).items() if not ok] == ["stream.logs"]
    metrika.calm()
    metrika.settings["goals"] = "101,999"
    failed = [item for item in metrika.check() if not item.ok]
    assert [item.name for item in failed] == ["goals"]
    assert "999" in str(failed[0].detail)
    metrika.settings["goals"] = "101"
    metrika.settings["currency"] = "USD"
    assert [name for name, ok in items(metrika).items() if not ok] == ["stream.ecommerce"]


@pytest.mark.parametrize(
    ("token", "counter"), [("wrong-metrika-token", None), ("", None), (None, "11111")]
)
def test_check_of_another_token_and_another_counter(
    metrika: Staged, token: str | None, counter: str | None
) -> None:
    if token is not None:
        metrika.secrets["token"] = token
    if counter is not None:
        metrika.settings["counter_id"] = counter
    (item,) = metrika.check()
    assert (item.name, item.ok) == ("counter", False)
    assert item.advice or token == ""


def test_the_token_stays_inside(metrika: Staged, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    seen: list[str] = []
    for page in metrika.read("visits", FIRST, LAST):
        seen += [page.raw.decode(), page.request]
    # The answer to a token that is no longer good repeats it.
    for fault in ("token_expired", "no_access", "html_page"):
        metrika.fault(fault)
        with pytest.raises(SourceError) as refused:
            metrika.read("visits", FIRST, LAST)
        seen += [str(refused.value), refused.value.detail, repr(refused.value)]
        metrika.calm()
    assert "invalid_token" in "\n".join(seen)
    assert TOKEN not in "\n".join([*seen, caplog.text])


FORM = {
    "counter_id": " 98765432 ",
    "goals": "101; 202,101",
    "currency": "RUB",
    "token": TOKEN,
    "base_url": "api-metrika.yandex.net/",
}


def test_the_form_takes_what_people_paste() -> None:
    form = MetrikaSettingsForm(FORM)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["counter_id"] == "98765432"
    assert form.cleaned_data["goals"] == "101,202"
    assert form.cleaned_data["base_url"] == "https://api-metrika.yandex.net"
    assert MetrikaSettingsForm({**FORM, "token": ""}).is_valid()
    assert TOKEN not in str(form["token"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("counter_id", "G-1"),
        ("counter_id", "١٢٣"),
        ("goals", "101, cart"),
        ("goals", ",".join(str(n) for n in range(100, 116))),
        ("currency", "XXX"),
        ("base_url", "https://me:secret@x.example"),
    ],
)
def test_the_form_refuses(field: str, value: str) -> None:
    form = MetrikaSettingsForm({**FORM, field: value})
    assert not form.is_valid()
    assert list(form.errors) == [field]
