"""listmonk against its contract server."""

from __future__ import annotations

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
from kpis.register.connectors.listmonk.connector import ListmonkConnector
from kpis.register.connectors.listmonk.contract_server import TOKEN, ListmonkPlay
from kpis.register.connectors.listmonk.mapping import METRICS
from kpis.register.connectors.listmonk.settings_form import ListmonkSettingsForm
from tests.register.connectors.helpers import NOW, TODAY
from tests.register.connectors.staged import Stage, Staged

FIRST, LAST = dt.date(2026, 2, 16), dt.date(2026, 3, 19)


@pytest.fixture
def listmonk(stage: Stage) -> Staged:
    return stage(ListmonkConnector, ListmonkPlay)


def checked(staged: Staged) -> list[CheckItem]:
    with closing(staged.connect()) as connector:
        return list(connector.check())


@pytest.mark.parametrize("size", [100, 13])
@pytest.mark.parametrize("fault", ["", "duplicated_row", "other_zone", "old_version"])
def test_every_mailing_stands_on_the_day_it_began(
    listmonk: Staged, monkeypatch: pytest.MonkeyPatch, size: int, fault: str
) -> None:
    monkeypatch.setattr(ListmonkConnector, "page_size", size)
    if fault:
        listmonk.fault(fault)
    facts = listmonk.facts("mailings", FIRST, LAST)
    assert facts == listmonk.play.truth(FIRST, LAST)
    assert len(facts) == 10 * len(METRICS)


def test_rows_are_compared_with_the_total(listmonk: Staged) -> None:
    pages = listmonk.read("mailings", FIRST, LAST)
    assert len(pages) > 1
    assert {sum(page.received for page in pages)} == {page.announced for page in pages}
    listmonk.fault("lost_row")
    pages = listmonk.read("mailings", FIRST, LAST)
    assert sum(page.received for page in pages) != pages[-1].announced


def test_what_is_not_sent_by_mail_is_left_out(listmonk: Staged) -> None:
    day = dt.date(2024, 1, 2)
    subjects = {key[1] for key in listmonk.facts("mailings", day, day)}
    assert len(subjects) == 2  # the text message of that day is not among them
    assert listmonk.facts("mailings", day, day) == listmonk.play.truth(day, day)


def test_a_mailing_at_night_belongs_to_the_day_of_the_account(listmonk: Staged) -> None:
    day = dt.date(2026, 3, 2)  # at 00:20 in Moscow
    assert len(listmonk.facts("mailings", day, day)) == len(METRICS)
    listmonk.settings["time_zone"] = "UTC"
    assert not listmonk.facts("mailings", day, day)
    assert listmonk.facts("mailings", day - dt.timedelta(days=1), day)


def test_what_grew_and_what_vanished_is_read_as_it_is_now(listmonk: Staged) -> None:
    before = listmonk.facts("mailings", FIRST, LAST)
    listmonk.fault("restated_day")
    after = listmonk.facts("mailings", FIRST, LAST)
    assert {key[0] for key in before if before[key] != after[key]} >= {"opens"}
    listmonk.calm()
    listmonk.fault("vanished_row")
    assert len(listmonk.facts("mailings", FIRST, LAST)) == len(before) - len(METRICS)


@pytest.mark.parametrize(
    ("fault", "error", "said"),
    [
        ("rate_limit", WaitError, "asks to wait"),
        ("rate_limit_hint", WaitError, "asks to wait"),
        ("unavailable", RetryError, "temporarily unavailable"),
        ("error_body", RetryError, "temporarily unavailable"),
        ("empty_204", RetryError, "empty answer"),
        ("truncated_json", RetryError, "cut off"),
        ("total_changes", RetryError, "changed while it was read"),
        ("html_page", BugError, "web page"),
        ("renamed_field", BugError, "agreed field is missing"),
        ("token_expired", AuthError, "does not let us in"),
    ],
)
def test_every_fault_has_its_class(
    listmonk: Staged, fault: str, error: type[SourceError], said: str
) -> None:
    listmonk.fault(fault)
    with pytest.raises(error, match=said):
        listmonk.read("mailings", FIRST, LAST)


def test_the_hint_of_a_limit_is_kept_and_the_words_too(listmonk: Staged) -> None:
    listmonk.fault("rate_limit_hint")
    with pytest.raises(WaitError) as caught:
        listmonk.read("mailings", FIRST, LAST)
    assert caught.value.until == NOW + dt.timedelta(seconds=120)
    listmonk.calm()
    listmonk.fault("error_body")
    with pytest.raises(RetryError) as broken:
        listmonk.read("mailings", FIRST, LAST)
    assert "database system is starting up" in broken.value.detail


def test_a_figure_without_a_value_is_missing_and_an_unknown_field_a_remark(
    listmonk: Staged,
) -> None:
    listmonk.fault("null_metric")
    listmonk.fault("new_field")
    pages = listmonk.read("mailings", FIRST, LAST)
    assert {fact.metric for page in pages for fact in page.facts} == {"sends", "opens"}
    said = [str(notice) for notice in pages[0].notices]
    assert "ab_variant" in said[0]
    assert "gave no value of clicks" in said[1]


def test_an_answer_in_another_encoding_is_read_with_a_remark(listmonk: Staged) -> None:
    listmonk.fault("cp1251")
    pages = listmonk.read("mailings", FIRST, LAST)
    assert "windows-1251" in str(pages[0].notices[0])
    assert listmonk.facts("mailings", FIRST, LAST) == listmonk.play.truth(FIRST, LAST)


@pytest.mark.parametrize(("fault", "more"), [("", 0), ("old_version", 40)])
def test_those_who_left_a_list_are_not_counted_where_they_are_known(
    listmonk: Staged, fault: str, more: int
) -> None:
    if fault:
        listmonk.fault(fault)
    (page,) = listmonk.read("lists", TODAY, TODAY)
    assert [level.value - more for level in page.levels] == [10627, 3909, 2558]
    assert page.received == page.announced == 3
    assert {(level.subject.kind, level.metric, level.day) for level in page.levels} == {
        ("list", "list_size", TODAY)
    }


def test_the_check_tries_every_right(listmonk: Staged) -> None:
    assert [(item.name, item.ok) for item in checked(listmonk)] == [
        ("mailings", True),
        ("lists", True),
    ]
    listmonk.fault("no_lists")
    mailings, lists = checked(listmonk)
    assert mailings.ok
    assert not lists.ok
    assert "permission denied" in str(lists.detail)
    listmonk.calm()
    listmonk.secrets["access_token"] = "of-another-user"
    (item,) = checked(listmonk)
    assert (item.ok, bool(item.advice)) == (False, True)
    listmonk.settings["base_url"] = f"{listmonk.settings['base_url']}/deeper"
    listmonk.secrets["access_token"] = TOKEN
    (item,) = checked(listmonk)
    assert "does not know this address" in str(item.detail)


def test_the_token_is_never_shown(listmonk: Staged, caplog: pytest.LogCaptureFixture) -> None:
    secret = "another-token-of-someone"
    listmonk.secrets["access_token"] = secret
    with caplog.at_level("DEBUG"), pytest.raises(AuthError) as caught:
        listmonk.read("mailings", FIRST, LAST)
    assert "credentials" in caught.value.detail
    assert secret not in f"{caught.value} {caught.value.detail} {caplog.text}"


def test_the_settings_are_checked(listmonk: Staged) -> None:
    form = ListmonkSettingsForm(
        data={"base_url": "mail.example.com/admin/", "username": "api", "time_zone": "UTC"}
    )
    assert form.is_valid()
    assert form.cleaned_data["base_url"] == "https://mail.example.com"
    bad = ListmonkSettingsForm(data={"base_url": "http://u:p@mail.example.com"})
    assert set(bad.errors) == {"base_url", "username", "time_zone"}
    listmonk.settings["lists"] = False
    with pytest.raises(ConfigError, match="switched off"):
        listmonk.read("lists", TODAY, TODAY)
    with pytest.raises(BugError, match="has not come"):
        listmonk.read("mailings", LAST, TODAY + dt.timedelta(days=1))
