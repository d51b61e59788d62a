"""What is read equals what the shop's figures are, day by day and campaign by campaign."""

from __future__ import annotations

import datetime as dt
import json
import logging
from decimal import Decimal

import pytest

from kpis.register.connectors.base import Fact, Page, SubjectRef, Window
from kpis.register.connectors.errors import BugError, ConfigError
from kpis.register.connectors.matomo import MatomoConnector
from tests.register.connectors.helpers import TODAY, TOKEN, Connect, Play

MARCH = Window(dt.date(2026, 2, 14), dt.date(2026, 3, 16))
VISITS = ("sessions", "users", "bounces", "session_seconds", "page_actions")
ORDERS = ("orders", "revenue", "items_sold")


def only_page(connector: MatomoConnector, stream: str, window: Window) -> Page:
    (page,) = connector.read(stream, window)
    return page


def values(page: Page) -> dict[tuple[str, dt.date], Decimal]:
    found = {(fact.metric, fact.day): fact.value for fact in page.facts}
    assert len(found) == len(page.facts)
    return found


@pytest.mark.parametrize(("stream", "codes"), [("visits", VISITS), ("ecommerce", ORDERS)])
@pytest.mark.parametrize("site", [1, 2])
def test_it_reads_every_day_as_it_is(
    play: Play, connect: Connect, stream: str, codes: tuple[str, ...], site: int
) -> None:
    simulator = play()
    page = only_page(connect(simulator.url, site_id=site), stream, MARCH)
    truth = {
        (code, day): simulator.truth(site, day)[code] for day in MARCH.days() for code in codes
    }
    assert values(page) == truth
    assert page.received == page.announced == 31
    assert page.notices == ()


def test_it_reads_campaigns_below_their_site(play: Play, connect: Connect) -> None:
    simulator = play()
    window = Window(dt.date(2026, 2, 27), dt.date(2026, 3, 3))
    page = only_page(connect(simulator.url), "campaigns", window)
    found: dict[dt.date, dict[str, Decimal]] = {}
    for fact in page.facts:
        assert (fact.metric, fact.currency) == ("campaign_sessions", "")
        assert fact.subject.kind == "campaign"
        assert fact.subject.key == f"1:{fact.subject.label}"
        assert fact.subject.parent == SubjectRef(
            "site", "1", "Северный чай", "https://severny-chai.example"
        )
        found.setdefault(fact.day, {})[fact.subject.label] = fact.value
    assert found == {day: simulator.truth(1, day)["campaigns"] for day in window.days()}
    assert "весенняя коллекция" not in found[dt.date(2026, 2, 28)]
    assert "весенняя коллекция" in found[dt.date(2026, 3, 1)]


def test_it_gives_money_in_the_currency_of_the_site(play: Play, connect: Connect) -> None:
    page = only_page(connect(play().url), "ecommerce", MARCH)
    currencies = {(fact.metric, fact.currency) for fact in page.facts}
    assert currencies == {("orders", ""), ("revenue", "RUB"), ("items_sold", "")}


def test_it_reads_a_day_without_visits_as_zero(play: Play, connect: Connect) -> None:
    new_year = dt.date(2026, 1, 1)
    simulator = play()
    connector = connect(simulator.url, site_id=2)
    page = only_page(connector, "visits", Window(new_year, new_year))
    assert json.loads(page.raw)[1] == {"2026-01-01": []}
    assert values(page) == {(code, new_year): 0 for code in VISITS}
    assert page.received == 1


def test_it_reads_nothing_of_days_before_the_site_was_added(play: Play, connect: Connect) -> None:
    window = Window(dt.date(2023, 12, 18), dt.date(2023, 12, 21))
    page = only_page(connect(play().url), "visits", window)
    assert {fact.day for fact in page.facts} == {dt.date(2023, 12, 20), dt.date(2023, 12, 21)}
    assert page.received == page.announced == 4
    (notice,) = page.notices
    assert "2023-12-18, 2023-12-19" in str(notice)


def test_it_flags_the_days_that_may_still_change(play: Play, connect: Connect) -> None:
    window = Window(TODAY - dt.timedelta(days=6), TODAY - dt.timedelta(days=1))
    page = only_page(connect(play().url), "visits", window)
    flagged = {fact.day for fact in page.facts if "provisional" in fact.flags}
    assert flagged == {TODAY - dt.timedelta(days=n) for n in (1, 2, 3)}
    assert all(fact.flags <= {"provisional"} for fact in page.facts)


def test_it_refuses_to_read_today(play: Play, connect: Connect) -> None:
    with pytest.raises(BugError) as refused:
        only_page(connect(play().url), "visits", Window(TODAY - dt.timedelta(days=1), TODAY))
    assert refused.value.detail == TODAY.isoformat()


def test_it_reads_numbers_sent_as_strings(play: Play, connect: Connect) -> None:
    plain, strings = play(), play("string_numbers")
    for stream in ("visits", "ecommerce", "campaigns"):
        pages = [only_page(connect(sim.url), stream, MARCH) for sim in (plain, strings)]
        assert pages[0].facts == pages[1].facts


def test_it_reads_a_restated_day_anew(play: Play, connect: Connect) -> None:
    simulator = play("restated_day")
    connector = connect(simulator.url)
    first, second = (values(only_page(connector, "visits", MARCH)) for _ in range(2))
    changed = {day for metric, day in first if first[metric, day] != second[metric, day]}
    assert changed == {MARCH.last}
    assert second["sessions", MARCH.last] > first["sessions", MARCH.last]


def test_it_does_not_bring_back_a_campaign_that_vanished(play: Play, connect: Connect) -> None:
    connector = connect(play("vanished_campaign").url)

    def labels() -> set[str]:
        page = only_page(connector, "campaigns", Window(MARCH.last, MARCH.last))
        return {fact.subject.label for fact in page.facts}

    assert labels() - labels() == {"brand_search"}


def test_it_says_what_it_asked_and_never_shows_the_token(
    play: Play, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="config.lib.http")  # quieter than the rest by default
    connector = connect(play().url)
    page = only_page(connector, "ecommerce", MARCH)
    assert page.request == (
        "POST index.php API.getBulkRequest [SitesManager.getSiteFromId idSite=1; "
        "Goals.get idSite=1 period=day date=2026-02-14,2026-03-16 idGoal=ecommerceOrder]"
    )
    assert page.content_type == "application/json"
    assert "POST http://127.0.0.1" in caplog.text
    for shown in (repr(page), caplog.text, repr(Fact), repr(connector.__dict__["_settings"])):
        assert TOKEN not in shown


def test_it_offers_the_streams_the_settings_ask_for(connect: Connect) -> None:
    everything = connect("http://127.0.0.1").streams()
    assert [stream.name for stream in everything] == ["visits", "ecommerce", "campaigns"]
    assert {stream.lookback_days for stream in everything} == {3}
    little = connect("http://127.0.0.1", ecommerce=False, campaigns=False)
    assert [stream.name for stream in little.streams()] == ["visits"]
    assert little.streams()[0].metrics == VISITS
    with pytest.raises(ConfigError):
        only_page(little, "ecommerce", MARCH)


def test_it_knows_the_zone_of_the_site(play: Play, connect: Connect) -> None:
    assert connect(play().url).time_zone() == "Europe/Moscow"
