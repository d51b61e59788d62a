"""Google Analytics 4: what is read, page by page, and what is said about it."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import closing
from decimal import Decimal
from typing import ClassVar

import pytest

from kpis.register.connectors.base import SubjectRef
from kpis.register.connectors.errors import BugError, ConfigError
from kpis.register.connectors.ga4.connector import LOOKBACK_DAYS, Ga4Connector
from kpis.register.connectors.ga4.contract_server import PROPERTY, Ga4Play
from kpis.register.connectors.ga4.mapping import CAMPAIGNS, Field, Report, campaign, table_of
from tests.register.connectors.staged import Stage, Staged, only

FIRST, LAST = dt.date(2026, 3, 9), dt.date(2026, 3, 19)
METRICS = {
    "totals": (
        "sessions",
        "users",
        "new_users",
        "engaged_sessions",
        "page_actions",
        "goal_completions",
    ),
    "ecommerce": ("orders", "revenue", "refunds"),
    "campaigns": ("campaign_sessions",),
}


class SmallPages(Ga4Connector):
    page_rows: ClassVar[int] = 4


@pytest.fixture
def ga4(stage: Stage) -> Staged:
    return stage(Ga4Connector, Ga4Play)


@pytest.mark.parametrize("pages", [Ga4Connector, SmallPages])
@pytest.mark.parametrize("stream", METRICS)
def test_the_register_holds_the_truth(stage: Stage, stream: str, pages: type[Ga4Connector]) -> None:
    staged = stage(pages, Ga4Play)
    facts = staged.facts(stream, FIRST, LAST)
    assert facts == only(staged.play.truth(FIRST, LAST), *METRICS[stream])
    assert facts


def test_every_page_announces_the_rows_of_the_slice(stage: Stage) -> None:
    pages = stage(SmallPages, Ga4Play).read("campaigns", FIRST, LAST)
    assert len(pages) > 5
    assert {page.announced for page in pages} == {sum(page.received for page in pages)}
    assert "offset=4" in pages[1].request


def test_money_keeps_its_kopecks_and_its_currency(ga4: Staged) -> None:
    facts = [f for page in ga4.read("ecommerce", FIRST, LAST) for f in page.facts]
    money = [fact for fact in facts if fact.metric in ("revenue", "refunds")]
    assert {fact.currency for fact in money} == {"RUB"}
    assert {fact.currency for fact in facts if fact.metric == "orders"} == {""}
    assert all(fact.value == fact.value.quantize(Decimal("0.01")) for fact in money)
    assert any(fact.value != fact.value.to_integral_value() for fact in money)


def test_recent_days_are_provisional_and_users_an_estimate(ga4: Staged) -> None:
    facts = [f for page in ga4.read("totals", FIRST, LAST) for f in page.facts]
    late = {fact.day for fact in facts if "provisional" in fact.flags}
    assert late == {LAST - dt.timedelta(days=n) for n in range(LOOKBACK_DAYS)}
    assert {fact.metric for fact in facts if "estimated" in fact.flags} == {"users"}


def test_campaigns_hang_below_their_site(ga4: Staged) -> None:
    facts = [f for page in ga4.read("campaigns", FIRST, LAST) for f in page.facts]
    newsletter = next(f.subject for f in facts if f.subject.key.endswith("/newsletter"))
    assert newsletter.label == "newsletter (sendsay / email)"
    assert newsletter.parent == SubjectRef("site", PROPERTY, "Северный чай")
    assert not [fact for fact in facts if "(direct)" in fact.subject.key]


def test_campaigns_are_told_apart_however_they_are_named() -> None:
    site = SubjectRef("site", "1", "shop")
    named = [
        campaign(site, "a/b", "c", "d"),
        campaign(site, "a", "b/c", "d"),
        campaign(site, "a%2Fb", "c", "d"),
        campaign(site, "a", "b", "x" * 300),
        campaign(site, "a", "b", "x" * 301),
    ]
    keys = [subject.key for subject in named if subject]
    assert len(set(keys)) == 5
    assert all(len(key) <= 180 for key in keys)
    assert campaign(site, "google", "organic", "(Not Set)") is None


def test_streams_follow_the_settings(ga4: Staged) -> None:
    assert [stream.name for stream in ga4.connect().streams()] == list(METRICS)
    ga4.settings |= {"ecommerce": False, "campaigns": False}
    assert [stream.name for stream in ga4.connect().streams()] == ["totals"]
    with pytest.raises(ConfigError):
        ga4.read("ecommerce", FIRST, LAST)


@pytest.mark.parametrize(
    ("fault", "flag", "said"),
    [
        ("sampled", "sampled", "500000 of 2100000"),
        ("thresholded", "thresholded", "hid small groups"),
        ("other_row", "", "(other)"),
    ],
)
def test_what_google_admits_is_kept(ga4: Staged, fault: str, flag: str, said: str) -> None:
    ga4.fault(fault)
    (page,) = ga4.read("campaigns", FIRST, LAST)
    assert said in " ".join(map(str, page.notices))
    assert all((flag in fact.flags) is bool(flag) for fact in page.facts)


def test_a_metric_the_account_may_not_see_is_not_a_zero(ga4: Staged) -> None:
    ga4.fault("restricted")
    (page,) = ga4.read("ecommerce", FIRST, LAST)
    assert {fact.metric for fact in page.facts} == {"orders"}
    assert "grossPurchaseRevenue" in str(page.notices[0])


def test_a_missing_value_is_a_remark_and_no_fact(ga4: Staged) -> None:
    ga4.fault("null_metric")
    (page,) = ga4.read("totals", FIRST, LAST)
    assert next(f.metric for f in page.facts if f.day == LAST) == "users"
    assert "sessions" in str(page.notices[0])
    assert "2026-03-19" in str(page.notices[0])


def test_an_unknown_column_is_a_remark(ga4: Staged) -> None:
    ga4.fault("new_field")
    facts = ga4.facts("totals", FIRST, LAST)
    assert facts == only(ga4.play.truth(FIRST, LAST), *METRICS["totals"])
    (page,) = ga4.read("totals", FIRST, LAST)
    assert "advertiserAdCost" in str(page.notices[0])


def test_an_empty_table_is_no_zero(ga4: Staged) -> None:
    ga4.fault("empty_table")
    (page,) = ga4.read("totals", FIRST, LAST)
    assert (page.facts, page.received, page.announced) == ((), 0, 0)
    assert "2026-03-09" in str(page.notices[0])


def test_a_restated_day_and_a_vanished_row_are_seen_on_the_second_read(ga4: Staged) -> None:
    ga4.fault("restated_day")
    before, after = (ga4.facts("totals", FIRST, LAST) for _read in range(2))
    assert {day for (_m, _s, day), v in after.items() if v != before[_m, _s, day]} == {LAST}
    ga4.calm()
    ga4.fault("vanished_row")
    again = ga4.facts("totals", FIRST, LAST)
    assert {day for *_rest, day in before} - {day for *_rest, day in again} == {LAST}


def zone(ga4: Staged) -> str:
    with closing(ga4.connect()) as connector:
        return connector.time_zone()


def test_days_are_cut_where_the_property_is(ga4: Staged) -> None:
    assert zone(ga4) == "Europe/Moscow"
    ga4.fault("other_zone")
    assert zone(ga4) == "Pacific/Honolulu"
    # There it is still the evening of the 19th.
    with pytest.raises(BugError, match="not over"):
        ga4.read("totals", FIRST, LAST)
    assert ga4.read("totals", FIRST, LAST - dt.timedelta(days=1))


ANSWER = {
    "dimensionHeaders": [{"name": "date"}, {"name": "hour"}],
    "metricHeaders": [{"name": "sessions", "type": "TYPE_INTEGER"}, {"name": "totalUsers"}],
    "rows": [
        {
            "dimensionValues": [{"value": "20170130", "oneValue": "value"}, {"value": "00"}],
            "metricValues": [{"value": "100", "oneValue": "value"}, {"value": "97"}],
        }
    ],
    "totals": [],
    "rowCount": 1,
    "metadata": {"currencyCode": "USD", "timeZone": "America/New_York"},
    "propertyQuota": None,
}


def test_a_recorded_table_with_extras_inside_is_read() -> None:
    report = Report(("date", "hour"), (Field("sessions", "sessions"), Field("totalUsers", "users")))
    table = table_of(ANSWER, report, b"")
    assert table.rows == ((("20170130", "00"), {"sessions": "100", "totalUsers": "97"}),)
    assert (table.total, table.zone, table.currency) == (1, "America/New_York", "USD")
    assert table.notices == ()


@pytest.mark.parametrize(
    "broken",
    [
        {"rows": [{"dimensionValues": [{"value": "20170130"}], "metricValues": []}]},
        {"rows": "none"},
        {"rowCount": None},
        {"rowCount": "many"},
        {"dimensionHeaders": [{"name": "date"}, {"name": "minute"}]},
        {"dimensionHeaders": [{"name": "date"}, {"name": "hour"}, {"name": "city"}]},
        {"metricHeaders": [{"name": "sessions"}]},
    ],
)
def test_a_table_of_another_shape_is_refused(broken: dict[str, object]) -> None:
    report = Report(("date", "hour"), (Field("sessions", "sessions"), Field("totalUsers", "users")))
    changed = {k: v for k, v in {**ANSWER, **broken}.items() if v is not None}
    with pytest.raises(BugError):
        table_of(changed, report, json.dumps(changed).encode())


def test_the_question_is_ordered_by_every_dimension() -> None:
    body = CAMPAIGNS.body(FIRST, LAST, limit=10, offset=20)
    assert len(body["orderBys"]) == len(CAMPAIGNS.dimensions)  # type: ignore[arg-type]
    assert (body["limit"], body["offset"]) == ("10", "20")
