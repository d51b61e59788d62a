"""VK: every fault ends in one class, in words, without a token and without a hole."""

from __future__ import annotations

import datetime as dt
import logging

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
from kpis.register.connectors.vk.connector import VkConnector
from kpis.register.connectors.vk.contract_server import VkPlay
from tests.register.connectors.helpers import NOW, TODAY
from tests.register.connectors.staged import Stage, Staged, only

FIRST, LAST = dt.date(2026, 3, 9), dt.date(2026, 3, 19)
STREAMS = ("followers", "wall", "posts", "stats")


@pytest.fixture
def vk(stage: Stage) -> Staged:
    return stage(VkConnector, VkPlay)


def window(stream: str) -> tuple[dt.date, dt.date]:
    return (TODAY, TODAY) if stream in ("followers", "wall") else (FIRST, LAST)


def keys(pages: list[Page]) -> set[str]:
    return {level.subject.key for page in pages for level in page.levels}


def number(key: str) -> int:
    return int(key.partition("_")[2])


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("rate_limit", WaitError),
        ("rate_limit_hint", WaitError),
        ("flood", WaitError),
        ("daily_limit", WaitError),
        ("unavailable", RetryError),
        ("error_body", RetryError),
        ("truncated_json", RetryError),
        ("empty_204", RetryError),
        ("token_expired", AuthError),
        ("captcha", AuthError),
        ("confirmation", AuthError),
        ("vk_id_token", AuthError),
        ("no_rights", SkipError),
        ("html_page", BugError),
        ("unknown_error", BugError),
    ],
)
def test_a_fault_has_one_class_in_every_stream(
    vk: Staged, caplog: pytest.LogCaptureFixture, stream: str, fault: str, error: type[SourceError]
) -> None:
    vk.fault(fault)
    with caplog.at_level(logging.DEBUG, logger="config.lib.http"), pytest.raises(error) as refused:
        vk.read(stream, *window(stream))
    assert type(refused.value) is error
    shown = f"{refused.value} {refused.value.detail} {refused.value.advice} {caplog.text}"
    shown += getattr(refused.value, "raw", b"").decode()
    assert str(refused.value)
    assert not any(secret in shown for secret in vk.secrets.values())
    assert "hash=secret" not in shown
    vk.calm()
    assert vk.read(stream, *window(stream))


def test_tokens_are_masked_in_what_is_kept(vk: Staged) -> None:
    for stream in STREAMS:
        for page in vk.read(stream, *window(stream)):
            kept = page.raw.decode() + page.request
            assert not any(secret in kept for secret in vk.secrets.values())


@pytest.mark.parametrize(
    ("fault", "until", "closed"),
    [
        ("rate_limit", NOW + dt.timedelta(seconds=1), "vk.user_token"),
        ("flood", NOW + dt.timedelta(minutes=5), "vk.stats.get"),
        ("daily_limit", dt.datetime(2026, 3, 20, 21, 0, tzinfo=dt.UTC), "vk.stats.get"),
    ],
)
def test_a_limit_closes_the_gate_as_long_as_vk_means(
    vk: Staged, fault: str, until: dt.datetime, closed: str
) -> None:
    told: list[tuple[str, str, dt.datetime]] = []

    class Gate(OpenGate):
        def closed_until(self, limit: Limit, until: dt.datetime) -> None:
            told.append((limit.name, limit.key, until))

    account = Account(settings=vk.settings, secrets=vk.secrets, gate=Gate())
    connector = VkConnector(account)
    connector.community()
    vk.fault(fault)
    with pytest.raises(WaitError) as refused:
        list(connector.read("stats", Window(FIRST, LAST)))
    connector.close()
    assert refused.value.until == until
    assert told == [(closed, "216543210", until)]


@pytest.mark.parametrize("stream", ["posts", "stats"])
def test_a_missing_token_stops_its_stream_only(vk: Staged, stream: str) -> None:
    vk.secrets = {"community_token": vk.secrets["community_token"]}
    with pytest.raises(ConfigError) as refused:
        vk.read(stream, FIRST, LAST)
    assert refused.value.field == "user_token"
    assert vk.read("followers", TODAY, TODAY)[0].levels


def test_a_new_post_meanwhile_is_not_counted_twice(vk: Staged) -> None:
    vk.fault("duplicated_row")
    pages = vk.read("wall", TODAY, TODAY)
    given = [(level.subject.key, level.metric) for page in pages for level in page.levels]
    assert len(given) == len(set(given))


def test_a_new_post_meanwhile_leaves_the_count_whole(vk: Staged) -> None:
    vk.fault("duplicated_row")
    pages = vk.read("posts", dt.date(2024, 1, 1), dt.date(2024, 2, 1))
    assert {page.announced for page in pages} == {sum(page.received for page in pages)}


def test_a_post_removed_meanwhile_is_begun_anew(vk: Staged) -> None:
    vk.fault("total_changes")
    with pytest.raises(RetryError) as refused:
        vk.read("wall", TODAY, TODAY)
    assert "→" in refused.value.detail


def test_a_wall_that_ends_too_early_is_not_whole(vk: Staged) -> None:
    vk.fault("short_wall")
    pages = vk.read("posts", dt.date(2025, 3, 1), dt.date(2025, 3, 31))
    received = sum(page.received for page in pages)
    assert pages[-1].announced is not None
    assert received < pages[-1].announced


def test_a_token_that_runs_out_midway_gives_no_half(vk: Staged) -> None:
    vk.fault("token_expires_midway")
    with pytest.raises(AuthError):
        vk.read("wall", TODAY, TODAY)


def test_a_restated_day_is_read_as_it_is_now(vk: Staged) -> None:
    before = vk.facts("stats", FIRST, LAST)
    vk.fault("restated_day")
    after = vk.facts("stats", FIRST, LAST)
    changed = {key: value for key, value in after.items() if before[key] != value}
    assert changed == {("reach", "community:216543210", FIRST): 7}


def test_a_post_that_is_gone_is_not_read(vk: Staged) -> None:
    before = keys(vk.read("wall", TODAY, TODAY))
    vk.fault("vanished_row")
    assert before - keys(vk.read("wall", TODAY, TODAY)) == {max(before, key=number)}


def test_an_empty_figure_is_missing_with_a_remark(vk: Staged) -> None:
    whole = vk.facts("stats", FIRST, LAST)
    vk.fault("null_metric")
    (page,) = vk.read("stats", FIRST, LAST)
    lacking = ("reach", "community:216543210", LAST)
    assert {(f.metric, f"community:{f.subject.key}", f.day) for f in page.facts} == (
        whole.keys() - {lacking}
    )
    assert any("reach.reach" in str(notice) for notice in page.notices)
    said = " ".join(str(notice) for notice in vk.read("wall", TODAY, TODAY)[0].notices)
    assert "no value of likes" in said
    assert "no value of views" in said


def test_statistics_without_parts_are_missing_not_zero(vk: Staged) -> None:
    vk.fault("no_parts")
    (page,) = vk.read("stats", FIRST, LAST)
    assert {fact.metric for fact in page.facts} == {"users"}
    assert page.notices


@pytest.mark.parametrize("stream", ["wall", "posts", "stats"])
def test_a_new_field_is_a_remark(vk: Staged, stream: str) -> None:
    vk.fault("new_field")
    pages = vk.read(stream, *window(stream))
    assert any("mood" in str(notice) for page in pages for notice in page.notices)


@pytest.mark.parametrize("stream", ["wall", "posts", "stats"])
def test_a_renamed_field_stops_the_stream(vk: Staged, stream: str) -> None:
    vk.fault("renamed_field")
    with pytest.raises(BugError) as refused:
        vk.read(stream, *window(stream))
    assert refused.value.raw


@pytest.mark.parametrize("fault", ["quoted_moment", "extra_day"])
def test_other_ways_to_name_a_day_give_the_same_days(vk: Staged, fault: str) -> None:
    vk.fault(fault)
    truth = only(vk.play.truth(FIRST, LAST), "users", "reach", "follows", "unfollows")
    assert vk.facts("stats", FIRST, LAST) == truth


def test_another_character_set_is_read_with_a_remark(vk: Staged) -> None:
    vk.fault("cp1251")
    pages = vk.read("wall", TODAY, TODAY)
    assert any("windows-1251" in str(notice) for notice in pages[0].notices)
    assert pages[0].levels[0].subject.parent
    assert pages[0].levels[0].subject.parent.label == "Северный чай"


def test_a_page_is_kept_as_it_came(vk: Staged) -> None:
    page = vk.read("wall", TODAY, TODAY)[0]
    assert page.raw.startswith(b'{"response"')
    assert page.request.startswith("wall.get owner_id=-216543210 count=100 offset=0")
    assert page.content_type == "application/json"
