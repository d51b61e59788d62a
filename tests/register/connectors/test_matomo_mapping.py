"""Rows that are not shaped as agreed stop the slice; nothing is guessed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from kpis.register.connectors.base import Window
from kpis.register.connectors.errors import BugError, ConfigError
from kpis.register.connectors.matomo.mapping import CAMPAIGNS, ECOMMERCE, VISITS, Mapped, facts_of
from kpis.register.connectors.matomo.site import Site, site_of

DAY = dt.date(2026, 3, 2)
SITE = Site(1, "Shop", "https://shop.example", "Europe/Moscow", "RUB", True, dt.date(2024, 1, 1))
ORDER = {"nb_conversions": 2, "revenue": Decimal("10.50"), "items": 3}


def mapped(data: object, report: Any = VISITS) -> Mapped:
    window = Window(DAY, DAY)
    return facts_of(
        data, report=report, site=SITE, window=window, provisional=dt.date.max, raw=b"raw"
    )


@pytest.mark.parametrize(
    "value", ["12%", "1 234", "1,5", "abc", True, [], {}, "1e5", Decimal("NaN"), "９", "-"]
)
def test_a_figure_that_is_no_number_stops(value: object) -> None:
    with pytest.raises(BugError) as refused:
        mapped({DAY.isoformat(): {**ORDER, "revenue": value}}, ECOMMERCE)
    assert "revenue, 2026-03-02" in refused.value.detail
    assert refused.value.raw == b"raw"


@pytest.mark.parametrize("value", [-1, "-1", Decimal("2.5"), "0.1"])
def test_a_count_is_whole_and_not_negative(value: object) -> None:
    with pytest.raises(BugError):
        mapped({DAY.isoformat(): {**ORDER, "nb_conversions": value}}, ECOMMERCE)


@pytest.mark.parametrize(
    ("value", "number"),
    [(0, "0"), ("0", "0"), (Decimal("-5.25"), "-5.25"), ("1234.50", "1234.50"), ("7.0", "7.0")],
)
def test_money_may_be_negative_and_keeps_its_digits(value: object, number: str) -> None:
    found = mapped({DAY.isoformat(): {**ORDER, "revenue": value}}, ECOMMERCE)
    (revenue,) = (fact.value for fact in found.facts if fact.metric == "revenue")
    assert revenue == Decimal(number)


@pytest.mark.parametrize(
    "data", [[], {}, None, "text", {"2026-03-03": []}, {"2026-03-02": None}, {"2026-03-02": [1]}]
)
def test_a_report_without_the_day_stops(data: object) -> None:
    with pytest.raises(BugError):
        mapped(data)


def test_a_day_nobody_asked_for_stops() -> None:
    with pytest.raises(BugError) as refused:
        mapped({"2026-03-02": [], "2026-03-09": []})
    assert "2026-03-09" in refused.value.detail


def test_unique_visitors_may_be_switched_off_in_matomo() -> None:
    row = {"nb_visits": 1, "bounce_count": 0, "sum_visit_length": 5, "nb_actions": 2}
    found = mapped({DAY.isoformat(): row})
    metrics = {fact.metric for fact in found.facts}
    assert metrics == {"sessions", "bounces", "session_seconds", "page_actions"}
    assert "nb_uniq_visitors" in str(found.notices[0])


@pytest.mark.parametrize(
    "rows",
    [
        [{"nb_visits": 1}],
        [{"label": None, "nb_visits": 1}],
        ["text"],
        {"label": "a"},
        [{"label": "a", "nb_visits": 1}, {"label": "a ", "nb_visits": 2}],
    ],
)
def test_campaigns_without_a_name_or_with_the_same_one_stop(rows: object) -> None:
    with pytest.raises(BugError):
        mapped({DAY.isoformat(): rows}, CAMPAIGNS)


def test_a_very_long_campaign_name_keeps_a_key_of_its_own() -> None:
    names = ["x" * 400 + tail for tail in ("1", "2")]
    rows = [{"label": name, "nb_visits": 1} for name in names]
    found = mapped({DAY.isoformat(): rows}, CAMPAIGNS)
    keys = {fact.subject.key for fact in found.facts}
    assert len(keys) == 2
    assert all(len(key) <= 180 for key in keys)
    assert all(len(fact.subject.label) <= 200 for fact in found.facts)


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("Europe/Moscow", "Europe/Moscow"),
        ("UTC", "UTC"),
        ("UTC+3", "Etc/GMT-3"),
        ("UTC-11", "Etc/GMT+11"),
        ("UTC+0", "UTC"),
    ],
)
def test_the_zone_is_given_by_its_iana_name(zone: str, name: str) -> None:
    data = {"idsite": "1", "timezone": zone, "currency": "RUB", "ts_created": "2024-01-01 00:00:00"}
    assert site_of(data, number=1, raw=b"").time_zone() == name
    assert site_of([data], number=1, raw=b"").time_zone() == name


@pytest.mark.parametrize("zone", ["UTC+5.5", "Moscow", "../etc/passwd", "", "UTC+3:00"])
def test_a_zone_that_is_none_names_the_setting(zone: str) -> None:
    data = {"idsite": 1, "timezone": zone, "currency": "RUB"}
    with pytest.raises(ConfigError) as refused:
        site_of(data, number=1, raw=b"").time_zone()
    assert refused.value.field == "site_id"


@pytest.mark.parametrize("currency", ["", "rub", "РУБ", "RUBL"])
def test_a_site_without_a_currency_has_no_money(currency: str) -> None:
    data = {"idsite": 1, "timezone": "UTC", "currency": currency}
    with pytest.raises(ConfigError) as refused:
        site_of(data, number=1, raw=b"").money()
    assert refused.value.field == "ecommerce"


@pytest.mark.parametrize("data", [[], {}, {"idsite": 2}, {"idsite": 1, "timezone": "UTC"}, "x"])
def test_another_site_or_half_of_one_stops(data: object) -> None:
    with pytest.raises(BugError):
        site_of(data, number=1, raw=b"")
