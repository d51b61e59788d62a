"""Every refusal of Direct ends in one class, and no odd report leaves a hole."""

from __future__ import annotations

import datetime as dt
import logging
from contextlib import closing
from decimal import Decimal

import pytest
from pytest_django.fixtures import Settings

from kpis.register.connectors.base import Account, Page, Window
from kpis.register.connectors.direct.connector import DirectConnector
from kpis.register.connectors.direct.contract_server import TOKEN, DirectPlay
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SourceError,
    WaitError,
)
from kpis.register.connectors.limits import Limit, OpenGate
from tests.register.connectors.helpers import NOW, Serve
from tests.register.connectors.staged import Stage, Staged

FIRST, LAST = dt.date(2026, 3, 9), dt.date(2026, 3, 15)
WEEK = Window(FIRST, LAST)


@pytest.fixture
def direct(stage: Stage) -> Staged:
    return stage(DirectConnector, DirectPlay)


def page(direct: Staged) -> Page:
    (found,) = direct.read("ads", FIRST, LAST)
    return found


def refused(direct: Staged) -> SourceError:
    with pytest.raises(SourceError) as caught:
        direct.read("ads", FIRST, LAST)
    return caught.value


class Watched(OpenGate):
    """Remembers what the vendor said of its limits."""

    def __init__(self) -> None:
        self.closed: dict[str, dt.datetime] = {}
        self.counts: dict[str, int] = {}

    def closed_until(self, limit: Limit, until: dt.datetime) -> None:
        self.closed[limit.name] = until

    def left(
        self, limit: Limit, *, remaining: int, of: int | None = None, until: dt.datetime | None
    ) -> None:
        self.counts[limit.name] = remaining


@pytest.mark.parametrize(
    ("fault", "limit", "seconds"),
    [
        ("queue_full", "direct.queue", 300),
        ("rate_limit_hint", "direct.queue", 120),
        ("rate_limit", "direct.user", 60),
        ("units_spent", "direct.user", 3600),
    ],
)
def test_the_gate_learns_what_direct_says(
    direct: Staged, fault: str, limit: str, seconds: int
) -> None:
    gate = Watched()
    direct.fault(fault)
    connector = DirectConnector(Account(direct.settings, direct.secrets, gate))
    with closing(connector), pytest.raises(WaitError) as caught:
        list(connector.read("ads", WEEK))
    assert caught.value.until == NOW + dt.timedelta(seconds=seconds)
    assert gate.closed == {limit: caught.value.until}


def test_the_gate_learns_how_full_the_queue_is(direct: Staged) -> None:
    gate = Watched()
    direct.fault("queued")
    connector = DirectConnector(Account(direct.settings, direct.secrets, gate))
    with closing(connector), pytest.raises(WaitError):
        list(connector.read("ads", WEEK))
    assert gate.counts == {"direct.queue": 4}


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("unavailable", RetryError),
        ("error_body", RetryError),
        ("token_expired", AuthError),
        ("no_rights", AuthError),
        ("wrong_goal", ConfigError),
        ("truncated_json", RetryError),
        ("html_page", BugError),
        ("empty_204", RetryError),
        ("renamed_field", BugError),
        ("rate_limit", WaitError),
        ("rate_limit_hint", WaitError),
        ("queue_full", WaitError),
        ("units_spent", WaitError),
        ("queued", WaitError),
    ],
)
def test_a_fault_has_one_class(
    direct: Staged, fault: str, error: type[SourceError], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    direct.fault(fault)
    caught = refused(direct)
    assert type(caught) is error
    assert str(caught)
    raw = caught.raw if isinstance(caught, BugError) else b""
    shown = f"{caught} {caught.detail} {caught.advice} {caplog.text}"
    assert TOKEN not in shown
    assert TOKEN.encode() not in raw
    direct.calm()
    assert page(direct).facts


def test_a_wrong_goal_names_the_setting(direct: Staged) -> None:
    direct.settings["goals"] = "999"
    error = refused(direct)
    assert isinstance(error, ConfigError)
    assert error.field == "goals"
    assert "4001" in error.detail


def test_a_slow_report_is_given_up(direct: Staged, settings: Settings) -> None:
    settings.HTTP_LIMITS = {"total": 0.4}
    direct.fault("slow_body")
    assert isinstance(refused(direct), RetryError)


def test_windows_1251_is_read_with_a_remark(direct: Staged) -> None:
    direct.fault("cp1251")
    found = page(direct)
    assert len(found.notices) == 1
    assert "Поиск: бренд" in {fact.subject.label for fact in found.facts}


def test_a_short_report_is_told_from_a_whole_one(direct: Staged) -> None:
    direct.fault("short_report")
    found = page(direct)
    assert found.announced == found.received + 1


def test_a_row_given_twice_counts_once(direct: Staged) -> None:
    truth = direct.play.truth(FIRST, LAST)
    direct.fault("duplicated_row")
    assert direct.facts("ads", FIRST, LAST) == truth
    found = page(direct)
    assert found.announced == found.received


def test_an_empty_cost_is_a_remark_and_a_new_column_too(direct: Staged) -> None:
    direct.fault("null_metric")
    direct.fault("new_field")
    found = page(direct)
    days = {fact.day for fact in found.facts if fact.metric == "media_cost"}
    assert days == set(WEEK.days()) - {LAST}
    said = " ".join(map(str, found.notices))
    assert "Profit" in said
    assert "Cost" in said


def test_a_second_read_gives_the_restated_day_and_loses_the_vanished_row(direct: Staged) -> None:
    before = direct.facts("ads", FIRST, LAST)
    direct.fault("restated_day")
    direct.fault("vanished_row")
    after = direct.facts("ads", FIRST, LAST)
    gone = {key for key in before if key not in after}
    assert {(key[1], key[2]) for key in gone} == {("campaign:70010", LAST)}
    changed = {key for key in after if after[key] != before[key]}
    assert {(key[0], key[2]) for key in changed} == {("clicks", LAST)}


HEAD = "Date\tCampaignId\tCampaignName\tImpressions\tClicks\tCost\tConversions\n"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (HEAD + "2026-03-09\t1\tA\t10\t1\t1.50\t--", RetryError),
        (HEAD + "2026-03-09\t1\tA\t10\t1\n", BugError),
        (HEAD + "2026-04-09\t1\tA\t10\t1\t1.50\t--\nTotal rows: 1\n", BugError),
        (HEAD + "2026-03-09\t1\tA\t10\t1.5\t1.50\t--\nTotal rows: 1\n", BugError),
        (HEAD + "2026-03-09\t1\tA\t10\t1\t-1.50\t--\nTotal rows: 1\n", BugError),
        (HEAD + "2026-03-09\tx\tA\t10\t1\t1.50\t--\nTotal rows: 1\n", BugError),
        (HEAD + "2026-03-09\t1\tA\t10\t1\t1.5\t-\nTotal rows: 1\n", BugError),
        (HEAD + "2026-03-09\t1\tA\t9\t1\t1\t--\n2026-03-09\t1\tA\t8\t1\t1\t--\n", BugError),
        ('{"result": {}}', BugError),
        ('{"error": {"error_code": "nonsense"}}', BugError),
    ],
)
def test_a_report_that_is_not_as_agreed_is_refused(
    direct: Staged, serve: Serve, body: str, error: type[SourceError]
) -> None:
    direct.settings["base_url"] = serve(200, body.encode())
    assert type(refused(direct)) is error


@pytest.mark.parametrize("total", ["Total rows: 1\n", "Total rows: 1", "", "Всего строк: 1\n"])
def test_a_report_is_read_with_and_without_its_count(
    direct: Staged, serve: Serve, total: str
) -> None:
    body = "reg-1\n" * (total == "") + HEAD + "2026-03-09\t1\tA\t10\t1\t0.10\t2\n" + total
    direct.settings["base_url"] = serve(200, body.encode())
    found = page(direct)
    assert [fact.value for fact in found.facts] == [10, 1, Decimal("0.10"), 2]
    assert found.announced == (1 if total else None)
    assert bool(found.notices) == (not total)


def test_an_advertiser_without_shows_is_an_empty_report(direct: Staged, serve: Serve) -> None:
    direct.settings["base_url"] = serve(200, (HEAD + "Total rows: 0\n").encode())
    found = page(direct)
    assert (found.facts, found.announced, found.received) == ((), 0, 0)
