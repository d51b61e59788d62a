"""What Direct reports is what the register holds: levels, money, goals, days, the queue."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from kpis.register.connectors.base import Account, Page, Window
from kpis.register.connectors.direct.connector import DirectConnector
from kpis.register.connectors.direct.contract_server import DirectPlay
from kpis.register.connectors.errors import (
    BugError,
    SourceError,
    WaitError,
)
from tests.register.connectors.helpers import NOW
from tests.register.connectors.staged import Stage, Staged, only

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


def test_the_register_gets_exactly_what_direct_has(direct: Staged) -> None:
    truth = direct.play.truth(FIRST, LAST)
    assert direct.facts("ads", FIRST, LAST) == truth
    assert {key[0] for key in truth} == set(direct.connect().streams()[0].metrics)
    found = page(direct)
    assert found.received == found.announced == len(only(truth, "clicks"))
    assert found.notices == ()


def test_by_ad_group_only_the_groups_have_figures(direct: Staged) -> None:
    direct.settings["level"] = "group"
    assert isinstance(direct.play, DirectPlay)
    assert direct.facts("ads", FIRST, LAST) == direct.play.truth_of(FIRST, LAST, by_group=True)
    for fact in page(direct).facts:
        assert fact.subject.kind == "placement"
        assert fact.subject.label
        assert fact.subject.parent is not None
        assert fact.subject.parent.kind == "campaign"


def test_groups_add_up_to_campaigns(direct: Staged) -> None:
    whole = direct.facts("ads", FIRST, LAST)
    direct.settings["level"] = "group"
    parts = direct.facts("ads", FIRST, LAST)
    for metric in ("impressions", "clicks", "media_cost", "goal_completions"):
        assert sum(only(whole, metric).values()) == sum(only(parts, metric).values())


def test_an_empty_value_is_missing_and_no_zero(direct: Staged) -> None:
    shown = {key[1] for key in only(direct.facts("ads", FIRST, LAST), "goal_completions")}
    assert shown == {"campaign:70010", "campaign:70020", "campaign:70030"}


def test_money_is_exact_and_says_its_currency(direct: Staged) -> None:
    money = [fact for fact in page(direct).facts if fact.metric == "media_cost"]
    assert {fact.currency for fact in money} == {"RUB"}
    assert all(isinstance(fact.value, Decimal) for fact in money)
    assert all(int(fact.value.as_tuple().exponent) >= -2 for fact in money)
    direct.settings["include_vat"] = True
    dearer = only(direct.facts("ads", FIRST, LAST), "media_cost")
    for fact in money:
        key = (fact.metric, f"campaign:{fact.subject.key}", fact.day)
        assert dearer[key] == (fact.value * Decimal("1.22")).quantize(Decimal("0.01"))


def test_named_goals_come_in_columns_of_their_own(direct: Staged) -> None:
    truth = only(direct.play.truth(FIRST, LAST), "goal_completions")
    direct.settings["goals"] = "3001,3002"
    assert only(direct.facts("ads", FIRST, LAST), "goal_completions") == truth
    direct.settings["goals"] = "3001"
    assert only(direct.facts("ads", FIRST, LAST), "goal_completions") == truth
    assert page(direct).notices == ()


def test_the_last_days_are_provisional(direct: Staged) -> None:
    (found,) = direct.read("ads", dt.date(2026, 3, 15), dt.date(2026, 3, 19))
    flagged = {fact.day for fact in found.facts if "provisional" in fact.flags}
    assert flagged == {dt.date(2026, 3, day) for day in (17, 18, 19)}


def test_a_day_that_is_not_over_is_not_read(
    direct: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 22:30 UTC is already the next day in Moscow.
    late = dt.datetime(2026, 3, 20, 22, 30, tzinfo=dt.UTC)
    with pytest.raises(BugError):
        direct.read("ads", NOW.date(), NOW.date())
    monkeypatch.setattr(timezone, "now", lambda: late)
    direct.read("ads", NOW.date(), NOW.date())


def test_a_queued_report_frees_the_worker_and_is_fetched_by_the_same_order(direct: Staged) -> None:
    direct.fault("queued")
    for _step in range(2):
        error = refused(direct)  # every try by a connector of its own, as a run resumes
        assert isinstance(error, WaitError)
        assert error.until == NOW + dt.timedelta(seconds=20)
    assert direct.facts("ads", FIRST, LAST) == direct.play.truth(FIRST, LAST)


def test_no_two_orders_share_a_name(direct: Staged) -> None:
    by_group = {**direct.settings, "level": "group"}
    askers = [
        DirectConnector(Account(settings, direct.secrets, uid=uid)).wanted
        for settings in (direct.settings, by_group)
        for uid in ("a", "b")
    ]
    windows = (WEEK, Window(FIRST, FIRST))
    names = {str(one.params(days)["ReportName"]) for one in askers for days in windows}
    assert len(names) == 8
    assert askers[0].params(WEEK) == askers[0].params(WEEK)
