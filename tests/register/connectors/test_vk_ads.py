"""VK Ads against its contract server: figures, paging, tokens, every fault as one class."""

from __future__ import annotations

import datetime as dt
import logging
from decimal import Decimal
from typing import cast

import pytest

from kpis.register.connectors.base import Account, Page, Window
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    RetryError,
    SkipError,
    SourceError,
    WaitError,
)
from kpis.register.connectors.limits import Limit, OpenGate
from kpis.register.connectors.tokens import MemoryTokens
from kpis.register.connectors.vk_ads.connector import VkAdsConnector
from kpis.register.connectors.vk_ads.contract_server import CLIENT_SECRET, VkAdsPlay
from tests.register.connectors.helpers import NOW, TODAY
from tests.register.connectors.staged import Stage, Staged

FIRST, LAST = dt.date(2026, 3, 9), dt.date(2026, 3, 19)
ISSUED = "tea-shop-access-token"


class Small(VkAdsConnector):
    """Asks about few campaigns at a time."""

    page_size = 4
    ids_at_once = 3


@pytest.fixture
def ads(stage: Stage) -> Staged:
    return stage(VkAdsConnector, VkAdsPlay)


@pytest.fixture
def small(stage: Stage) -> Staged:
    return stage(Small, VkAdsPlay)


def said(pages: list[Page]) -> str:
    return " ".join(str(notice) for page in pages for notice in page.notices)


def test_figures_are_what_the_account_has(ads: Staged) -> None:
    truth = ads.play.truth(FIRST, LAST)
    assert ads.facts("campaigns", FIRST, LAST) == truth
    assert {metric for metric, _key, _day in truth} == {
        "impressions", "clicks", "media_cost", "goal_completions"
    }  # fmt: skip
    assert any(truth.values())


def test_lists_and_portions_are_read_to_the_end(small: Staged) -> None:
    pages = small.read("campaigns", FIRST, LAST)
    campaigns = len(cast("VkAdsPlay", small.play).plans())
    assert len(pages) == -(-campaigns // 3)
    assert {page.announced for page in pages} == {campaigns}
    assert sum(page.received for page in pages) == campaigns
    assert small.facts("campaigns", FIRST, LAST) == small.play.truth(FIRST, LAST)


def test_money_is_exact_and_has_the_currency_of_the_settings(ads: Staged) -> None:
    ads.settings["currency"] = "KZT"
    facts = [fact for page in ads.read("campaigns", FIRST, LAST) for fact in page.facts]
    costs = [fact for fact in facts if fact.metric == "media_cost"]
    assert {fact.currency for fact in costs} == {"KZT"}
    assert {fact.currency for fact in facts if fact.metric != "media_cost"} == {""}
    assert any(fact.value % 1 for fact in costs)
    assert all(fact.value == fact.value.quantize(Decimal("0.01")) for fact in costs)


def test_the_past_cost_of_a_deleted_campaign_stays(ads: Staged) -> None:
    plans = cast("VkAdsPlay", ads.play).plans()
    deleted = next(plan for plan in plans if plan.status == "deleted")
    facts = ads.facts("campaigns", deleted.first, deleted.first + dt.timedelta(days=5))
    assert facts["media_cost", f"campaign:{deleted.number}", deleted.first] > 0
    today = ads.facts("campaigns", FIRST, LAST)
    assert not any(key == f"campaign:{deleted.number}" for _metric, key, _day in today)


def test_the_last_week_is_provisional(ads: Staged) -> None:
    facts = [fact for page in ads.read("campaigns", FIRST, LAST) for fact in page.facts]
    assert {fact.day for fact in facts if fact.flags} == set(
        Window(TODAY - dt.timedelta(days=7), LAST).days()
    )


def test_today_is_never_read(ads: Staged) -> None:
    with pytest.raises(BugError):
        ads.read("campaigns", FIRST, TODAY)


def test_one_token_serves_all_runs_of_a_day(ads: Staged) -> None:
    tokens = MemoryTokens(ads.secrets)
    for _run in range(3):
        connector = VkAdsConnector(Account(ads.settings, ads.secrets, tokens=tokens))
        assert list(connector.read("campaigns", Window(FIRST, LAST)))
        connector.close()
    assert cast("VkAdsPlay", ads.play).minted == 1


def test_a_token_that_runs_out_midway_is_obtained_anew(ads: Staged) -> None:
    ads.fault("token_expires_midway")
    assert ads.facts("campaigns", FIRST, LAST) == ads.play.truth(FIRST, LAST)
    assert cast("VkAdsPlay", ads.play).minted == 2


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("rate_limit", WaitError),
        ("rate_limit_hint", WaitError),
        ("hourly_limit", WaitError),
        ("token_limit", WaitError),
        ("unavailable", RetryError),
        ("error_body", RetryError),
        ("truncated_json", RetryError),
        ("empty_204", RetryError),
        ("total_changes", RetryError),
        ("missing_day", RetryError),
        ("token_expired", AuthError),
        ("token_revoked", AuthError),
        ("no_rights", AuthError),
        ("wrong_plan", SkipError),
        ("html_page", BugError),
        ("token_renamed", BugError),
        ("renamed_field", BugError),
        ("other_zone", BugError),
    ],
)
def test_a_fault_has_one_class(
    ads: Staged, caplog: pytest.LogCaptureFixture, fault: str, error: type[SourceError]
) -> None:
    ads.fault(fault)
    with caplog.at_level(logging.DEBUG, logger="config.lib.http"), pytest.raises(error) as refused:
        ads.read("campaigns", FIRST, LAST)
    assert type(refused.value) is error
    assert str(refused.value)
    shown = f"{refused.value} {refused.value.detail} {refused.value.advice} {caplog.text}"
    shown += getattr(refused.value, "raw", b"").decode()
    assert CLIENT_SECRET not in shown
    assert ISSUED not in shown
    assert "tea-shop-refresh" not in shown
    ads.calm()
    assert ads.facts("campaigns", FIRST, LAST) == ads.play.truth(FIRST, LAST)


@pytest.mark.parametrize(
    ("fault", "until"),
    [
        ("rate_limit", NOW + dt.timedelta(minutes=5)),
        ("rate_limit_hint", NOW + dt.timedelta(seconds=120)),
        ("hourly_limit", NOW + dt.timedelta(hours=1)),
        ("token_limit", NOW + dt.timedelta(hours=1)),
    ],
)
def test_the_wait_is_as_long_as_told(ads: Staged, fault: str, until: dt.datetime) -> None:
    ads.fault(fault)
    with pytest.raises(WaitError) as refused:
        ads.read("campaigns", FIRST, LAST)
    assert refused.value.until == until


def test_the_gate_is_told_what_is_left(ads: Staged) -> None:
    told: dict[str, tuple[int, int | None, dt.datetime | None]] = {}

    class Gate(OpenGate):
        def left(
            self, limit: Limit, *, remaining: int, of: int | None = None, until: dt.datetime | None
        ) -> None:
            assert limit.key == "TeaShopReader"
            told[limit.name] = (remaining, of, until)

    account = Account(ads.settings, ads.secrets, gate=Gate(), tokens=MemoryTokens(ads.secrets))
    connector = VkAdsConnector(account)
    list(connector.read("campaigns", Window(FIRST, LAST)))
    connector.close()
    assert told == {
        "vk_ads.hourly": (1990, 2000, NOW + dt.timedelta(hours=1)),
        "vk_ads.daily": (9800, 10000, dt.datetime(2026, 3, 20, 21, 0, tzinfo=dt.UTC)),
    }


def test_no_token_is_kept_with_the_answers(ads: Staged) -> None:
    for page in ads.read("campaigns", FIRST, LAST):
        assert CLIENT_SECRET.encode() not in page.raw
        assert ISSUED not in page.raw.decode() + page.request
        assert page.request.startswith("v2/statistics/ad_plans/day.json id=")


def test_a_campaign_on_two_pages_counts_once(small: Staged) -> None:
    small.fault("duplicated_row")
    assert small.facts("campaigns", FIRST, LAST) == small.play.truth(FIRST, LAST)


def test_short_pages_are_read_on(ads: Staged) -> None:
    ads.fault("small_pages")
    assert ads.facts("campaigns", FIRST, LAST) == ads.play.truth(FIRST, LAST)


def test_a_campaign_left_out_once_is_asked_for_again(ads: Staged) -> None:
    connector = ads.connect()
    assert isinstance(connector, VkAdsConnector)
    connector.plans()
    ads.fault("missing_item", times=1)
    pages = list(connector.read("campaigns", Window(FIRST, LAST)))
    connector.close()
    given = {(f.metric, f"campaign:{f.subject.key}", f.day) for page in pages for f in page.facts}
    assert given == ads.play.truth(FIRST, LAST).keys()
    assert sum(page.received for page in pages) == pages[0].announced
    assert said(pages) == ""


def test_a_campaign_left_out_twice_is_told(ads: Staged) -> None:
    ads.fault("missing_item")
    pages = ads.read("campaigns", FIRST, LAST)
    first = cast("VkAdsPlay", ads.play).plans()[0]
    assert first.name in said(pages)
    assert sum(page.received for page in pages) == pages[0].announced


def test_a_restated_day_is_read_as_it_is_now(ads: Staged) -> None:
    before = ads.facts("campaigns", FIRST, LAST)
    ads.fault("restated_day")
    after = ads.facts("campaigns", FIRST, LAST)
    changed = {key: after[key] - value for key, value in before.items() if after[key] != value}
    assert {(metric, day) for metric, _key, day in changed} == {("media_cost", LAST)}
    assert set(changed.values()) == {Decimal("0.01")}


def test_days_that_vanish_are_not_given(ads: Staged) -> None:
    plan = cast("VkAdsPlay", ads.play).plans()[0]
    window = plan.first, plan.first + dt.timedelta(days=3)
    before = ads.facts("campaigns", *window)
    ads.fault("vanished_row")
    gone = before.keys() - ads.facts("campaigns", *window).keys()
    assert {key for _metric, key, _day in gone} == {f"campaign:{plan.number}"}


def test_an_empty_figure_is_missing_with_a_remark(ads: Staged) -> None:
    ads.fault("null_metric")
    pages = ads.read("campaigns", FIRST, LAST)
    assert "goal_completions" not in {fact.metric for page in pages for fact in page.facts}
    assert "no value of goals" in said(pages)


def test_a_new_field_is_a_remark(ads: Staged) -> None:
    assert said(ads.read("campaigns", FIRST, LAST)) == ""
    ads.fault("new_field")
    pages = ads.read("campaigns", FIRST, LAST)
    assert said(pages).count("mood") == 2
    assert "cpm" not in said(pages)
