"""Yandex Metrika: what is read from its reports, page by page, and what is said about it."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import closing
from decimal import Decimal
from typing import Any, ClassVar

import pytest

from kpis.register.connectors.base import SubjectRef, Window
from kpis.register.connectors.errors import BugError, ConfigError
from kpis.register.connectors.metrika.connector import LOOKBACK_DAYS, MetrikaConnector
from kpis.register.connectors.metrika.contract_server import COUNTER, MetrikaPlay
from kpis.register.connectors.metrika.mapping import (
    BOUNCES,
    CAMPAIGNS,
    campaign,
    facts_of,
    table_of,
    visits,
)
from tests.register.connectors.staged import Stage, Staged, only

FIRST, LAST = dt.date(2026, 3, 9), dt.date(2026, 3, 19)
METRICS = {
    "visits": ("sessions", "users", "new_users", "page_actions", "goal_completions"),
    "bounces": ("bounces",),
    "ecommerce": ("orders", "revenue", "items_sold"),
    "campaigns": ("campaign_sessions",),
}
SITE = SubjectRef("site", COUNTER, "Северный чай", "https://severny-chai.example")


class SmallPages(MetrikaConnector):
    page_rows: ClassVar[int] = 4


@pytest.fixture
def metrika(stage: Stage) -> Staged:
    return stage(MetrikaConnector, MetrikaPlay)


@pytest.mark.parametrize("pages", [MetrikaConnector, SmallPages])
@pytest.mark.parametrize("stream", METRICS)
def test_the_register_holds_the_truth(
    stage: Stage, stream: str, pages: type[MetrikaConnector]
) -> None:
    staged = stage(pages, MetrikaPlay)
    facts = staged.facts(stream, FIRST, LAST)
    assert facts == only(staged.play.truth(FIRST, LAST), *METRICS[stream])
    assert facts


def test_every_page_announces_the_rows_of_the_slice(stage: Stage) -> None:
    pages = stage(SmallPages, MetrikaPlay).read("campaigns", FIRST, LAST)
    assert len(pages) > 5
    assert {page.announced for page in pages} == {sum(page.received for page in pages)}
    assert pages[1].request.endswith("offset=5")


@pytest.mark.parametrize("stream", METRICS)
def test_a_range_too_large_is_asked_for_in_parts(metrika: Staged, stream: str) -> None:
    metrika.fault("too_much_rows")
    facts = metrika.facts(stream, FIRST, LAST)
    assert facts == only(metrika.play.truth(FIRST, LAST), *METRICS[stream])
    pages = metrika.read(stream, FIRST, LAST)
    assert len(pages) > 3
    assert pages[-1].announced == sum(page.received for page in pages)


def test_a_day_too_large_is_a_setting(metrika: Staged) -> None:
    metrika.fault("always_too_much_rows")
    with pytest.raises(ConfigError) as refused:
        metrika.read("campaigns", FIRST, LAST)
    assert type(refused.value) is ConfigError


def test_money_keeps_its_kopecks_and_its_currency(metrika: Staged) -> None:
    facts = [f for page in metrika.read("ecommerce", FIRST, LAST) for f in page.facts]
    money = [fact for fact in facts if fact.metric == "revenue"]
    assert {fact.currency for fact in money} == {"RUB"}
    assert {fact.currency for fact in facts if fact.metric != "revenue"} == {""}
    assert all(fact.value == fact.value.quantize(Decimal("0.01")) for fact in money)
    assert any(fact.value != fact.value.to_integral_value() for fact in money)


def test_recent_days_are_provisional(metrika: Staged) -> None:
    facts = [f for page in metrika.read("visits", FIRST, LAST) for f in page.facts]
    late = {fact.day for fact in facts if "provisional" in fact.flags}
    assert late == {LAST - dt.timedelta(days=n) for n in range(LOOKBACK_DAYS)}


def test_campaigns_hang_below_their_site(metrika: Staged) -> None:
    facts = [f for page in metrika.read("campaigns", FIRST, LAST) for f in page.facts]
    newsletter = next(f.subject for f in facts if f.subject.key.endswith("/newsletter"))
    assert newsletter == SubjectRef(
        "campaign",
        f"{COUNTER}/sendsay/email/newsletter",
        "newsletter (sendsay / email)",
        parent=SITE,
    )


def test_campaigns_are_told_apart_however_they_are_named() -> None:
    named = [
        campaign(SITE, "a/b", "c", "d"),
        campaign(SITE, "a", "b/c", "d"),
        campaign(SITE, "", "", "d"),
        campaign(SITE, "a", "b", "x" * 300),
        campaign(SITE, "a", "b", "x" * 301),
    ]
    keys = [subject.key for subject in named if subject]
    assert len(set(keys)) == 5
    assert all(len(key) <= 180 for key in keys)
    assert campaign(SITE, "google", "cpc", " ") is None


def test_streams_follow_the_settings(metrika: Staged) -> None:
    with closing(metrika.connect()) as connector:
        assert [stream.name for stream in connector.streams()] == [*METRICS, "logs"]
        codes = [code for stream in connector.streams() for code in stream.metrics]
    assert len(codes) == len(set(codes))
    metrika.settings |= {"ecommerce": False, "campaigns": False, "logs": False, "goals": ""}
    with closing(metrika.connect()) as connector:
        assert [stream.name for stream in connector.streams()] == ["visits", "bounces"]
        assert "goal_completions" not in connector.streams()[0].metrics
    with pytest.raises(ConfigError):
        metrika.read("logs", FIRST, LAST)


def test_the_question_is_unsampled_whole_and_ordered() -> None:
    params = CAMPAIGNS.params("1", Window(FIRST, LAST), limit=10, offset=11)
    assert (params["accuracy"], params["include_undefined"]) == ("full", "true")
    assert params["sort"] == params["dimensions"]
    assert "filters" not in params
    assert "bounce" in BOUNCES.params("1", Window(FIRST, LAST), limit=10, offset=1)["filters"]


@pytest.mark.parametrize(
    ("fault", "flag", "said"),
    [("sampled", "sampled", "0.1"), ("sensitive", "thresholded", "fewer than ten")],
)
def test_what_metrika_admits_is_kept(metrika: Staged, fault: str, flag: str, said: str) -> None:
    metrika.fault(fault)
    (page,) = metrika.read("visits", FIRST, LAST)
    assert said in " ".join(map(str, page.notices))
    assert all(flag in fact.flags for fact in page.facts)


@pytest.mark.parametrize("pages", [MetrikaConnector, SmallPages])
def test_a_rounded_total_is_not_taken_for_a_promise(
    stage: Stage, pages: type[MetrikaConnector]
) -> None:
    staged = stage(pages, MetrikaPlay)
    staged.fault("rounded_total")
    assert staged.facts("campaigns", FIRST, LAST) == only(
        staged.play.truth(FIRST, LAST), "campaign_sessions"
    )
    assert {page.announced for page in staged.read("campaigns", FIRST, LAST)} == {None}


def test_a_missing_value_is_a_remark_and_no_fact(metrika: Staged) -> None:
    metrika.fault("null_metric")
    (page,) = metrika.read("visits", FIRST, LAST)
    assert "sessions" not in {f.metric for f in page.facts if f.day == LAST}
    assert "2026-03-19" in str(page.notices[0])


def test_a_sum_of_some_goals_is_not_written() -> None:
    row = {"dimensions": [{"name": "2026-03-09"}], "metrics": [1, 1, 1, 1, 5, None]}
    report = visits(("1", "2"))
    table = table_of({"data": [row], "total_rows": 1}, report, b"")
    facts, notices = facts_of(
        table, table.rows, report=report, site=SITE, provisional=LAST, raw=b""
    )
    assert "goal_completions" not in {fact.metric for fact in facts}
    assert "goal2reaches" in str(notices[0])


def test_an_unknown_field_is_a_remark(metrika: Staged) -> None:
    metrika.fault("new_field")
    assert metrika.facts("visits", FIRST, LAST) == only(
        metrika.play.truth(FIRST, LAST), *METRICS["visits"]
    )
    (page,) = metrika.read("visits", FIRST, LAST)
    assert "comment" in str(page.notices[0])


def test_an_empty_table_is_no_zero(metrika: Staged) -> None:
    metrika.fault("empty_table")
    (page,) = metrika.read("visits", FIRST, LAST)
    assert (page.facts, page.received, page.announced) == ((), 0, 0)
    assert "2026-03-09" in str(page.notices[0])


def test_a_restated_day_and_a_vanished_row_are_seen_on_the_second_read(metrika: Staged) -> None:
    metrika.fault("restated_day")
    before, after = (metrika.facts("visits", FIRST, LAST) for _read in range(2))
    assert {day for (_m, _s, day), v in after.items() if v != before[_m, _s, day]} == {LAST}
    metrika.calm()
    metrika.fault("vanished_row")
    again = metrika.facts("visits", FIRST, LAST)
    assert {day for *_rest, day in before} - {day for *_rest, day in again} == {LAST}


def test_days_are_cut_where_the_counter_is(metrika: Staged) -> None:
    with closing(metrika.connect()) as connector:
        assert connector.time_zone() == "Europe/Moscow"
    metrika.fault("other_zone")
    with closing(metrika.connect()) as connector:
        assert connector.time_zone() == "Pacific/Honolulu"
    # There it is still the evening of the 19th.
    with pytest.raises(BugError, match="not over"):
        metrika.read("visits", FIRST, LAST)
    assert metrika.read("visits", FIRST, LAST - dt.timedelta(days=1))


ANSWER: dict[str, Any] = {
    "query": {"ids": [1], "dimensions": ["ym:s:date"], "metrics": ["ym:s:visits"], "limit": 100},
    "data": [
        {"dimensions": [{"name": "2026-03-01"}], "metrics": [1204.0]},
        {"dimensions": [{"name": "2026-03-02", "id": "x", "favicon": "y"}], "metrics": [1320]},
    ],
    "total_rows": 2,
    "total_rows_rounded": False,
    "sampled": False,
    "contains_sensitive_data": False,
    "totals": [2524.0],
}


def test_a_table_as_documented_is_read() -> None:
    data = json.loads(json.dumps(ANSWER), parse_float=Decimal)
    table = table_of(data, BOUNCES, b"")
    facts, notices = facts_of(
        table, table.rows, report=BOUNCES, site=SITE, provisional=LAST, raw=b""
    )
    assert [(str(fact.day), int(fact.value)) for fact in facts] == [
        ("2026-03-01", 1204),
        ("2026-03-02", 1320),
    ]
    assert (table.total, table.flags, notices) == (2, frozenset(), ())


@pytest.mark.parametrize(
    "broken",
    [
        {"data": None},
        {"data": [{"dimensions": [], "metrics": [1]}]},
        {"data": [{"dimensions": [{"name": "2026-03-01"}], "metrics": [1, 2]}]},
        {"data": [{"dimensions": ["2026-03-01"], "metrics": [1]}]},
        {"data": [{"dimensions": [{"name": "2026-03-01"}], "metrics": 5}]},
        {"total_rows": None},
        {"query": {"metrics": ["ym:s:users"]}},
    ],
)
def test_a_table_of_another_shape_is_refused(broken: dict[str, Any]) -> None:
    changed = {k: v for k, v in {**ANSWER, **broken}.items() if v is not None}
    with pytest.raises(BugError):
        table_of(changed, BOUNCES, b"{}")
