"""Every fault of Ozon ends in one class, and its limits reach the gate."""

from __future__ import annotations

import datetime as dt
import logging

import pytest
from pytest_django.fixtures import Settings

from kpis.register.connectors.base import Account, Window
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SourceError,
    WaitError,
)
from kpis.register.connectors.limits import Limit, OpenGate
from kpis.register.connectors.ozon.connector import OzonConnector
from kpis.register.connectors.ozon.contract_ads import PERFORMANCE_SECRET
from kpis.register.connectors.ozon.contract_server import API_KEY, OzonPlay
from tests.register.connectors.helpers import NOW
from tests.register.connectors.staged import Stage, Staged

FIRST, LAST = dt.date(2026, 3, 2), dt.date(2026, 3, 8)
STREAMS = ("postings", "finance", "analytics", "ads")


@pytest.fixture
def ozon(stage: Stage) -> Staged:
    staged = stage(OzonConnector, OzonPlay)
    staged.settings["analytics"] = "views"
    return staged


def refused(ozon: Staged, stream: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        ozon.read(stream, FIRST, LAST)
    return caught.value


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("unavailable", RetryError),
        ("error_body", RetryError),
        ("token_expired", AuthError),
        ("truncated_json", RetryError),
        ("html_page", BugError),
        ("empty_204", RetryError),
        ("rate_limit", WaitError),
        ("renamed_field", BugError),
    ],
)
def test_a_fault_has_one_class_in_every_stream(
    ozon: Staged,
    stream: str,
    fault: str,
    error: type[SourceError],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    ozon.fault(fault)
    caught = refused(ozon, stream)
    assert type(caught) is error
    assert str(caught)
    raw = caught.raw.decode(errors="replace") if isinstance(caught, BugError) else ""
    shown = f"{caught} {caught.detail} {caught.advice} {raw} {caplog.text}"
    assert API_KEY not in shown
    assert PERFORMANCE_SECRET not in shown
    ozon.calm()
    assert ozon.read(stream, FIRST, LAST)


@pytest.mark.parametrize(
    ("stream", "fault", "error"),
    [
        ("postings", "blocked", WaitError),
        ("postings", "no_role", ConfigError),
        ("postings", "list_moves", RetryError),
        ("postings", "null_metric", BugError),
        ("finance", "blocked", WaitError),
        ("finance", "no_role", ConfigError),
        ("finance", "null_metric", BugError),
        ("analytics", "no_premium", ConfigError),
        ("ads", "too_many_reports", WaitError),
        ("ads", "report_queued", WaitError),
        ("ads", "report_error", RetryError),
        ("ads", "report_lost", RetryError),
        ("ads", "zip_bomb", BugError),
    ],
)
def test_a_fault_of_ozon_s_own(
    ozon: Staged,
    stream: str,
    fault: str,
    error: type[SourceError],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if stream == "postings":
        monkeypatch.setattr(OzonConnector, "page_size", 5)
    ozon.fault(fault)
    assert type(refused(ozon, stream)) is error


def test_a_missing_role_stops_its_part_only(ozon: Staged) -> None:
    ozon.fault("no_role")
    error = refused(ozon, "finance")
    assert isinstance(error, ConfigError)
    assert error.field == "api_key"
    assert str(error.advice)


class Watched(OpenGate):
    """Remembers which limits the vendor closed."""

    def __init__(self) -> None:
        self.closed: dict[str, float] = {}

    def closed_until(self, limit: Limit, until: dt.datetime) -> None:
        self.closed[limit.name] = (until - NOW).total_seconds()


@pytest.mark.parametrize(
    ("stream", "fault", "limit", "seconds"),
    [
        ("postings", "rate_limit", "ozon.client", 10),
        ("postings", "rate_limit_hint", "ozon.client", 120),
        ("postings", "blocked", "ozon.client", 300),
        ("analytics", "rate_limit", "ozon.analytics", 60),
        ("analytics", "blocked", "ozon.analytics", 300),
        ("ads", "too_many_reports", "ozon.reports", 60),
    ],
)
def test_the_gate_learns_what_ozon_says(
    ozon: Staged, stream: str, fault: str, limit: str, seconds: int
) -> None:
    gate = Watched()
    ozon.fault(fault)
    connector = OzonConnector(Account(ozon.settings, ozon.secrets, gate))
    with pytest.raises(WaitError) as caught:
        list(connector.read(stream, Window(FIRST, LAST)))
    connector.close()
    assert (caught.value.until - NOW).total_seconds() == seconds
    assert gate.closed[limit] >= seconds


@pytest.mark.parametrize("stream", ["postings", "ads"])
def test_a_slow_body_is_given_up(ozon: Staged, stream: str, settings: Settings) -> None:
    settings.HTTP_LIMITS = {"total": 0.4}
    ozon.fault("slow_body")
    assert isinstance(refused(ozon, stream), RetryError)
