"""Unisender against its contract server."""

from __future__ import annotations

import datetime as dt
from contextlib import closing
from decimal import Decimal

import pytest

from kpis.register.connectors.base import CheckItem, Mode
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SourceError,
    WaitError,
)
from kpis.register.connectors.unisender.connector import UnisenderConnector
from kpis.register.connectors.unisender.contract_server import API_KEY, UnisenderPlay
from kpis.register.connectors.unisender.mapping import METRICS
from kpis.register.connectors.unisender.settings_form import UnisenderSettingsForm
from tests.register.connectors.helpers import NOW, TODAY
from tests.register.connectors.staged import Stage, Staged

FIRST, LAST = dt.date(2026, 2, 16), dt.date(2026, 3, 19)


@pytest.fixture
def unisender(stage: Stage) -> Staged:
    return stage(UnisenderConnector, UnisenderPlay)


def checked(staged: Staged) -> list[CheckItem]:
    with closing(staged.connect()) as connector:
        return list(connector.check())


def test_the_totals_of_every_mailing_stand_on_the_day_it_was_sent(unisender: Staged) -> None:
    facts = unisender.facts("mailings", FIRST, LAST)
    assert facts == unisender.play.truth(FIRST, LAST)
    assert {metric for metric, _subject, _day in facts} == set(METRICS)
    assert len(facts) == 10 * len(METRICS)  # two a week and one at night


def test_years_are_read_page_by_page(unisender: Staged, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(UnisenderConnector, "page_size", 4)
    pages = unisender.read("mailings", FIRST, LAST)
    lists = [page for page in pages if page.announced is None]
    totals = [page for page in pages if page.announced is not None]
    assert len(lists) == 4  # 4 rows, then three new ones a page, then none
    assert sum(page.received for page in pages) == 10
    assert {page.announced for page in totals} == {10}
    assert unisender.facts("mailings", FIRST, LAST) == unisender.play.truth(FIRST, LAST)


def test_a_row_that_comes_twice_counts_once(
    unisender: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(UnisenderConnector, "page_size", 4)
    unisender.fault("duplicated_row")
    assert unisender.facts("mailings", FIRST, LAST) == unisender.play.truth(FIRST, LAST)


def test_a_list_that_moves_while_it_is_read_is_read_again(
    unisender: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(UnisenderConnector, "page_size", 4)
    unisender.fault("list_moves")
    with pytest.raises(RetryError, match="changed while it was read"):
        unisender.read("mailings", FIRST, LAST)


def test_a_mailing_at_night_belongs_to_the_day_of_the_account(unisender: Staged) -> None:
    day = dt.date(2026, 3, 2)  # at 00:20 in Moscow
    here = unisender.facts("mailings", day, day)
    assert len(here) == len(METRICS)
    unisender.settings["time_zone"] = "UTC"
    assert not unisender.facts("mailings", day, day)
    there = unisender.facts("mailings", day - dt.timedelta(days=1), day)
    assert {found for _metric, _subject, found in there} == {dt.date(2026, 3, 1)}


def test_the_last_days_are_provisional(unisender: Staged) -> None:
    facts = [fact for page in unisender.read("mailings", FIRST, LAST) for fact in page.facts]
    flagged = {fact.day for fact in facts if fact.flags == {"provisional"}}
    assert flagged == {dt.date(2026, 3, 17)}
    assert all(fact.subject.kind == "mailing" and fact.subject.url for fact in facts)


def test_what_grew_and_what_vanished_is_read_as_it_is_now(unisender: Staged) -> None:
    before = unisender.facts("mailings", FIRST, LAST)
    unisender.fault("restated_day")
    after = unisender.facts("mailings", FIRST, LAST)
    grown = {metric for metric, *_rest in {key for key in before if before[key] != after[key]}}
    assert {"opens", "unique_opens"} <= grown
    assert "sends" not in grown
    unisender.calm()
    unisender.fault("vanished_row")
    left = unisender.facts("mailings", FIRST, LAST)
    assert {subject for _metric, subject, _day in before} - {s for _m, s, _d in left}


def test_a_day_that_has_not_come_is_not_read(unisender: Staged) -> None:
    with pytest.raises(BugError, match="has not come"):
        unisender.read("mailings", TODAY, TODAY + dt.timedelta(days=1))


def test_days_without_mailings_are_an_answer(unisender: Staged) -> None:
    pages = unisender.read("mailings", dt.date(2026, 3, 14), dt.date(2026, 3, 15))
    assert len(pages) == 1
    assert not pages[0].facts


@pytest.mark.parametrize(
    ("fault", "error", "said"),
    [
        ("rate_limit", WaitError, "asks to wait"),
        ("rate_limit_hint", WaitError, "asks to wait"),
        ("address_limit", WaitError, "asks to wait"),
        ("unavailable", RetryError, "temporarily unavailable"),
        ("error_body", RetryError, "temporarily unavailable"),
        ("empty_204", RetryError, "empty answer"),
        ("truncated_json", RetryError, "cut off"),
        ("html_page", BugError, "web page"),
        ("token_expired", AuthError, "does not let us in"),
        ("no_money", ConfigError, "refused the request"),
        ("all_totals_refused", ConfigError, "refused the request"),
        ("renamed_field", BugError, "agreed field is missing"),
        ("unknown_error", BugError, "refused the request"),
    ],
)
def test_every_fault_has_its_class(
    unisender: Staged, fault: str, error: type[SourceError], said: str
) -> None:
    unisender.fault(fault)
    with pytest.raises(error, match=said):
        unisender.read("mailings", FIRST, LAST)


@pytest.mark.parametrize(("fault", "seconds"), [("rate_limit", 60), ("rate_limit_hint", 120)])
def test_it_waits_a_minute_or_as_told(unisender: Staged, fault: str, seconds: int) -> None:
    unisender.fault(fault)
    with pytest.raises(WaitError) as caught:
        unisender.read("mailings", FIRST, LAST)
    assert caught.value.until == NOW + dt.timedelta(seconds=seconds)


def test_a_figure_without_a_value_is_missing_not_zero(unisender: Staged) -> None:
    unisender.fault("null_metric")
    pages = unisender.read("mailings", FIRST, LAST)
    assert not [f for page in pages for f in page.facts if f.metric == "unique_opens"]
    assert "gave no value of read_unique" in str(pages[-1].notices)
    unisender.calm()
    unisender.fault("missing_metric")
    facts = unisender.facts("mailings", FIRST, LAST)
    assert not [key for key in facts if key[0] == "complaints"]
    assert [key for key in facts if key[0] == "unsubscribes"]


def test_an_unknown_field_is_a_remark(unisender: Staged) -> None:
    unisender.fault("new_field")
    pages = unisender.read("mailings", FIRST, LAST)
    assert "segment_id" in str(pages[0].notices[0])


def test_one_mailing_without_totals_does_not_hide_the_others(unisender: Staged) -> None:
    unisender.fault("totals_refused")
    pages = unisender.read("mailings", FIRST, LAST)
    assert sum(page.received for page in pages) == 10
    assert len({fact.subject.key for page in pages for fact in page.facts}) == 9
    assert any("gives no totals of mailing" in str(note) for p in pages for note in p.notices)


def test_the_sizes_of_lists_are_levels(unisender: Staged) -> None:
    (stream,) = [s for s in unisender.connect().streams() if s.name == "lists"]
    assert stream.mode == Mode.LEVELS
    levels = [level for page in unisender.read("lists", TODAY, TODAY) for level in page.levels]
    assert [(level.subject.kind, level.subject.key) for level in levels] == [
        ("list", "101"), ("list", "102"), ("list", "103"),
    ]  # fmt: skip
    assert all(level.metric == "list_size" and level.value > 900 for level in levels)
    assert all(level.taken_at == NOW and level.day == TODAY for level in levels)
    assert all(type(level.value) is Decimal for level in levels)


def test_lists_that_are_not_wanted_are_not_read(unisender: Staged) -> None:
    unisender.settings["lists"] = False
    assert [stream.name for stream in unisender.connect().streams()] == ["mailings"]
    with pytest.raises(ConfigError, match="switched off"):
        unisender.read("lists", TODAY, TODAY)


def test_the_check_tries_every_right(unisender: Staged) -> None:
    items = checked(unisender)
    assert [(item.name, item.ok) for item in items] == [
        ("key", True), ("mailings", True), ("lists", True),
    ]  # fmt: skip


def test_the_check_says_what_is_wrong(unisender: Staged) -> None:
    unisender.fault("totals_refused")
    unisender.fault("all_totals_refused")
    items = {item.name: item for item in checked(unisender)}
    assert items["key"].ok
    assert not items["mailings"].ok
    unisender.calm()
    unisender.secrets["api_key"] = "wrong-key-of-someone"
    (item,) = checked(unisender)
    assert (item.name, item.ok) == ("key", False)
    assert item.advice


def test_the_key_is_never_shown(unisender: Staged, caplog: pytest.LogCaptureFixture) -> None:
    secret = "wrong-key-of-someone"
    unisender.secrets["api_key"] = secret
    with caplog.at_level("DEBUG"), pytest.raises(AuthError) as caught:
        unisender.read("mailings", FIRST, LAST)
    assert secret not in f"{caught.value} {caught.value.detail} {caplog.text}"
    unisender.secrets["api_key"] = API_KEY
    pages = unisender.read("mailings", FIRST, LAST)
    assert all(API_KEY not in page.request and API_KEY.encode() not in page.raw for page in pages)


def test_the_settings_are_checked() -> None:
    good = {"base_url": "api.unisender.com/ru/api/", "time_zone": "Asia/Omsk", "lists": True}
    form = UnisenderSettingsForm(data=good)
    assert form.is_valid()
    assert form.cleaned_data["base_url"] == "https://api.unisender.com/ru/api"
    bad = UnisenderSettingsForm(data={"base_url": "ftp://x", "time_zone": "Mars/Base"})
    assert set(bad.errors) == {"base_url", "time_zone"}


def test_an_unknown_zone_is_said(unisender: Staged) -> None:
    unisender.settings["time_zone"] = "Mars/Base"
    with pytest.raises(ConfigError, match="no such time zone"):
        unisender.connect().time_zone()
