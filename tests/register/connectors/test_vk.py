"""VK: posts, counters, followers and statistics of a community, against its contract server."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from kpis.register.connectors.base import CheckItem, Mode, Page
from kpis.register.connectors.errors import BugError
from kpis.register.connectors.vk.connector import VkConnector
from kpis.register.connectors.vk.contract_server import VkPlay
from kpis.register.connectors.vk.mapping import statistics_of
from kpis.register.connectors.vk.settings_form import VkSettingsForm
from tests.register.connectors.helpers import NOW, TODAY
from tests.register.connectors.staged import Stage, Staged, only

FIRST, LAST = dt.date(2026, 3, 9), dt.date(2026, 3, 19)
USER, SERVICE, COMMUNITY = "user_token", "service_token", "community_token"
STATISTICS = ("users", "reach", "follows", "unfollows")


@pytest.fixture
def vk(stage: Stage) -> Staged:
    return stage(VkConnector, VkPlay)


def played(vk: Staged) -> VkPlay:
    return cast("VkPlay", vk.play)


def levels(pages: list[Page]) -> dict[tuple[str, str], Decimal]:
    return {
        (level.metric, f"{level.subject.kind}:{level.subject.key}"): level.value
        for page in pages
        for level in page.levels
    }


def outcome(items: list[CheckItem]) -> dict[str, bool]:
    return {item.name: item.ok for item in items}


def test_statistics_are_what_the_community_had(vk: Staged) -> None:
    assert vk.facts("stats", FIRST, LAST) == only(vk.play.truth(FIRST, LAST), *STATISTICS)


def test_posts_are_counted_on_their_days(vk: Staged) -> None:
    assert vk.facts("posts", FIRST, LAST) == only(vk.play.truth(FIRST, LAST), "posts_published")


def test_the_oldest_posts_are_reached_and_nothing_is_said_of_days_before(vk: Staged) -> None:
    first, last = dt.date(2023, 12, 1), dt.date(2024, 1, 20)
    pages = vk.read("posts", first, last)
    total = len(played(vk).wall.posts())
    assert {page.announced for page in pages} == {total}
    assert sum(page.received for page in pages) == total
    facts = {(fact.day): fact.value for page in pages for fact in page.facts}
    truth = only(vk.play.truth(first, last), "posts_published")
    assert facts == {day: value for (_metric, _key, day), value in truth.items()}
    assert min(facts) >= vk.play.first_day


def test_posts_around_midnight_in_moscow_stay_on_their_days(vk: Staged) -> None:
    posts = [post for post in played(vk).wall.posts() if FIRST <= post.day <= LAST]
    early = next(post for post in posts if post.at.astimezone(ZoneInfo("Europe/Moscow")).hour == 0)
    assert early.at.astimezone(dt.UTC).date() < early.day
    assert (
        vk.facts("posts", early.day, early.day)["posts_published", "community:216543210", early.day]
        == [post.day for post in posts].count(early.day)
    )  # fmt: skip


def test_counters_are_read_daily_for_a_month_then_weekly(vk: Staged) -> None:
    pages = vk.read("wall", TODAY, TODAY)
    assert len(pages) > 1
    assert levels(pages) == played(vk).levels()
    taken = [level for page in pages for level in page.levels]
    ages = {(TODAY - level.since).days for level in taken if level.since}
    assert set(range(28)) & ages
    assert {age % 7 for age in ages if age > 30} == {0}
    assert max(ages) <= 90
    assert {(level.taken_at, level.day) for level in taken} == {(NOW, TODAY)}


def test_a_post_stands_below_its_community_and_has_a_link(vk: Staged) -> None:
    level = vk.read("wall", TODAY, TODAY)[0].levels[0]
    assert level.subject.kind == "placement"
    assert level.subject.url == f"https://vk.com/wall{level.subject.key}"
    assert level.subject.parent is not None
    assert (level.subject.parent.kind, level.subject.parent.label) == ("community", "Северный чай")


def test_a_post_without_views_has_none(vk: Staged) -> None:
    found = levels(vk.read("wall", TODAY, TODAY))
    bare = [key for metric, key in found if ("post_views", key) not in found and metric == "likes"]
    assert bare


def test_the_truth_of_today_is_young_posts_and_followers(vk: Staged) -> None:
    truth = vk.play.truth(TODAY, TODAY)
    found = {**levels(vk.read("wall", TODAY, TODAY)), **levels(vk.read("followers", TODAY, TODAY))}
    assert truth
    assert all(found[metric, key] == value for (metric, key, _day), value in truth.items())


def test_followers_are_a_level(vk: Staged) -> None:
    (page,) = vk.read("followers", TODAY, TODAY)
    (level,) = page.levels
    assert (level.metric, level.subject.key) == ("followers", "216543210")
    assert level.value > 5000


def test_streams_follow_the_settings(vk: Staged) -> None:
    modes = {stream.name: stream.mode for stream in vk.connect().streams()}
    assert modes == {
        "followers": Mode.LEVELS,
        "wall": Mode.LEVELS,
        "posts": Mode.DAYS,
        "stats": Mode.DAYS,
    }
    metrics = [metric for stream in vk.connect().streams() for metric in stream.metrics]
    assert len(metrics) == len(set(metrics))
    vk.settings |= {"posts": False, "stats": False}
    assert [stream.name for stream in vk.connect().streams()] == ["followers"]


@pytest.mark.parametrize("stream", ["posts", "stats"])
def test_today_is_never_read(vk: Staged, stream: str) -> None:
    with pytest.raises(BugError):
        vk.read(stream, TODAY, TODAY)


def test_yesterday_is_provisional(vk: Staged) -> None:
    facts = vk.read("stats", FIRST, LAST)[0].facts
    assert {fact.day for fact in facts if fact.flags} == {LAST}


def test_older_shapes_of_statistics_are_read(vk: Staged) -> None:
    community = vk.read("wall", TODAY, TODAY)[0].levels[0].subject
    facts, rows, _notices = statistics_of(
        [{"period_from": "2013-09-08", "visitors": {"visitors": 5, "views": 9}}],
        b"",
        community=community,
        zone=ZoneInfo("Europe/Moscow"),
        provisional=TODAY,
    )
    assert rows == 1
    assert [(fact.metric, fact.day, fact.value) for fact in facts] == [
        ("users", dt.date(2013, 9, 8), Decimal(5))
    ]


def test_the_check_tries_every_token_and_right(vk: Staged) -> None:
    items = vk.check()
    assert [item.name for item in items] == [
        "reach", USER, SERVICE, COMMUNITY, "community", "posts", "stats"
    ]  # fmt: skip
    assert all(item.ok for item in items)
    assert str(items[4].detail) == "216543210: Северный чай"


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        ((), {"tokens": False, "posts": False, "stats": False}),
        ((SERVICE,), {"reach": True, SERVICE: True, "community": True, "posts": True,
                      "stats": False}),
        ((COMMUNITY,), {"reach": True, COMMUNITY: True, "community": True, "posts": False,
                        "stats": False}),
        ((USER,), {"reach": True, USER: True, "community": True, "posts": True, "stats": True}),
    ],
)  # fmt: skip
def test_the_check_says_which_right_has_no_token(
    vk: Staged, kept: tuple[str, ...], expected: dict[str, bool]
) -> None:
    vk.secrets = {name: value for name, value in vk.secrets.items() if name in kept}
    items = vk.check()
    assert outcome(items) == expected
    missing = {item.name: str(item.detail) for item in items if not item.ok}
    assert all("entered" in words for words in missing.values())


def test_a_community_token_in_the_place_of_a_user_token_is_told(vk: Staged) -> None:
    vk.secrets = {USER: vk.secrets[COMMUNITY]}
    items = vk.check()
    assert outcome(items)["posts"] is outcome(items)["stats"] is False
    assert {str(item.detail).partition(".")[0] for item in items if not item.ok} == {
        "A community token may not do this"
    }


def test_a_wrong_token_is_told_and_not_shown(vk: Staged) -> None:
    vk.secrets = {**vk.secrets, USER: "vk1.a.not-the-token"}
    items = vk.check()
    assert outcome(items)[USER] is False
    assert outcome(items)[SERVICE] is outcome(items)["community"] is True
    assert "not-the-token" not in " ".join(f"{item.detail} {item.advice}" for item in items)


def test_another_community_is_told(vk: Staged) -> None:
    vk.settings["group_id"] = "99"
    items = vk.check()
    assert outcome(items)["community"] is False
    assert "100" in str(next(item.detail for item in items if item.name == "community"))


@pytest.mark.parametrize(
    ("fault", "failing"),
    [("html_page", {"reach"}), ("rate_limit", {"limit"}), ("unavailable", {"reach"})],
)
def test_the_check_tells_a_fault_from_a_wrong_token(
    vk: Staged, fault: str, failing: set[str]
) -> None:
    vk.fault(fault)
    assert {item.name for item in vk.check() if not item.ok} == failing


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("216543210", "216543210"),
        ("-216543210", "216543210"),
        ("https://vk.com/club216543210", "216543210"),
        ("vk.ru/public0042/", "42"),
        ("severny_chai", None),
        ("club0", None),
        ("https://example.com/club1", None),
    ],
)
def test_the_form_takes_the_number_from_whatever_was_copied(typed: str, kept: str | None) -> None:
    form = VkSettingsForm({"base_url": "https://api.vk.com", "group_id": typed})
    assert form.is_valid() is (kept is not None)
    assert form.cleaned_data.get("group_id") == kept


def test_the_form_refuses_one_token_in_two_fields() -> None:
    data = {"base_url": "https://api.vk.com", "group_id": "1", USER: "vk1.a.x", SERVICE: "vk1.a.x"}
    form = VkSettingsForm(data)
    assert not form.is_valid()
    assert "vk1.a.x" not in str(form)
