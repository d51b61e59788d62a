"""Bitrix24: leads, deals and calls as records, their pages, the days they count on."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from kpis.register.connectors.base import Mode, Page
from kpis.register.connectors.bitrix24.connector import Bitrix24Connector
from kpis.register.connectors.bitrix24.contract_rows import SHIFT
from kpis.register.connectors.bitrix24.contract_server import CLIENT_KEY, Bitrix24Play
from kpis.register.connectors.crm import settled
from kpis.register.connectors.errors import AuthError, ConfigError
from kpis.register.connectors.records import EnquiryKind, OrderStatus, TouchKind
from tests.register.connectors import calls
from tests.register.connectors.deals import enquiries_in, orders_in, present_in, summed
from tests.register.connectors.staged import Stage, Staged, only

FIRST, LAST = dt.date(2026, 3, 1), dt.date(2026, 3, 7)
TODAY = dt.date(2026, 3, 20)
MOSCOW = ZoneInfo("Europe/Moscow")
DEALS = ("orders", "revenue", "cancelled_orders")
LEADS = ("leads", "form_leads", "qualified_leads", "junk_leads")


@pytest.fixture
def portal(stage: Stage) -> Staged:
    return stage(Bitrix24Connector, Bitrix24Play)


def balanced(pages: list[Page]) -> bool:
    return pages[-1].announced == sum(page.received for page in pages)


def test_leads_are_those_of_the_portal(portal: Staged) -> None:
    pages = portal.read("leads", FIRST, TODAY)
    assert len(pages) > 2
    assert balanced(pages)
    assert summed(pages, FIRST, LAST) == only(portal.play.truth(FIRST, LAST), *LEADS)
    assert not any(page.notices for page in pages)


def test_deals_count_on_the_day_they_were_closed(portal: Staged) -> None:
    pages = portal.read("deals", FIRST, TODAY)
    assert len(pages) > 2
    assert balanced(pages)
    truth = only(portal.play.truth(FIRST, LAST), *DEALS)
    assert {key[0] for key in truth} == set(DEALS)
    assert summed(pages, FIRST, LAST) == truth
    assert not any(page.notices for page in pages)


def test_calls_are_the_incoming_ones(portal: Staged) -> None:
    pages = portal.read("calls", FIRST, LAST)
    assert len(pages) > 2
    truth = only(portal.play.truth(FIRST, LAST), "calls", "missed_calls", "call_seconds")
    assert calls.summed(pages) == truth
    assert {page.announced for page in pages} == {sum(page.received for page in pages)}


def test_the_setting_moves_deals_to_the_day_they_were_created(portal: Staged) -> None:
    portal.settings["deal_day"] = "created"
    deals = orders_in(portal.read("deals", FIRST, TODAY))
    assert all(deal.at and deal.day == deal.at.astimezone(MOSCOW).date() for deal in deals)
    assert any(deal.paid_at and deal.paid_at.astimezone(MOSCOW).date() > deal.day for deal in deals)


def test_a_deal_knows_its_lead_its_person_and_its_traces(portal: Staged) -> None:
    deals = orders_in(portal.read("deals", FIRST, TODAY))
    deal = next(deal for deal in deals if deal.status is OrderStatus.PAID and deal.touches[1:])
    assert int(deal.key) == int(deal.enquiry) + SHIFT
    assert deal.customer.startswith("contact:")
    assert [contact[:2] for contact in deal.contacts] == ["+7", "bu"]
    assert [touch.kind for touch in deal.touches] == [TouchKind.UTM, TouchKind.CRM_SOURCE]
    assert deal.touches[0].campaign in {"spring-tea", "recipes", "friday"}
    assert (deal.channel, deal.currency) == ("Веб-сайт", "RUB")
    assert deal.subject.label in {"Розница", "Опт"}
    assert deal.subject.parent is not None


def test_a_form_is_told_from_a_lead_and_people_are_not_asked_for_when_unwanted(
    portal: Staged,
) -> None:
    portal.settings["contacts"] = False
    leads = enquiries_in(portal.read("leads", FIRST, TODAY))
    assert {lead.kind for lead in leads} == {EnquiryKind.LEAD, EnquiryKind.FORM}
    assert not any(lead.contacts for lead in leads)
    assert not any(deal.contacts for deal in orders_in(portal.read("deals", FIRST, LAST)))


def test_a_lead_stays_on_its_day_around_midnight(portal: Staged) -> None:
    plain = {lead.key: lead.day for lead in enquiries_in(portal.read("leads", FIRST, LAST))}
    portal.fault("other_zone")
    other = enquiries_in(portal.read("leads", FIRST, LAST))
    assert {lead.key: lead.day for lead in other} == plain
    assert {lead.at.utcoffset() for lead in other} == {dt.timedelta()}
    assert any(lead.at.date() != lead.day for lead in other)
    portal.settings["zone"] = "Asia/Vladivostok"
    east = {lead.key: lead.day for lead in enquiries_in(portal.read("leads", FIRST, TODAY))}
    assert any(east[key] > day for key, day in plain.items() if key in east)


def test_an_empty_window_is_an_answer(portal: Staged) -> None:
    pages = portal.read("deals", dt.date(2023, 5, 1), dt.date(2023, 5, 2))
    assert [(page.received, page.announced, page.records) for page in pages] == [(0, 0, ())]


@pytest.mark.parametrize(
    ("announced", "received", "now", "total"),
    [(5, 5, 9, 5), (5, 4, 4, 4), (5, 4, 5, 5), (5, 7, 6, 7), (5, 3, 4, 4), (5, 6, 9, 6)],
)
def test_only_what_stayed_all_the_time_must_have_been_received(
    announced: int, received: int, now: int, total: int
) -> None:
    assert settled(received, announced, lambda: now) == total


@pytest.mark.parametrize("fault", ["duplicated_row", "total_changes", "string_numbers"])
def test_what_does_not_matter_changes_nothing(portal: Staged, fault: str) -> None:
    portal.fault(fault)
    pages = portal.read("deals", FIRST, TODAY)
    assert balanced(pages)
    assert summed(pages, FIRST, LAST) == only(portal.play.truth(FIRST, LAST), *DEALS)


def test_a_row_that_is_kept_back_is_a_shortfall(portal: Staged) -> None:
    portal.fault("lost_row")
    pages = portal.read("deals", FIRST, LAST)
    announced = pages[-1].announced
    assert announced is not None
    assert announced > sum(page.received for page in pages)


def test_a_restated_amount_is_exact(portal: Staged) -> None:
    before = {deal.key: deal.amount for deal in orders_in(portal.read("deals", FIRST, LAST))}
    portal.fault("restated_day")
    after = {deal.key: deal.amount for deal in orders_in(portal.read("deals", FIRST, LAST))}
    cent = Decimal("0.01")
    assert after == {key: (value * 109 / 100).quantize(cent) for key, value in before.items()}


@pytest.mark.parametrize("stream", ["leads", "deals"])
def test_a_roll_call_names_who_is_left(portal: Staged, stream: str) -> None:
    records = [row for page in portal.read(stream, FIRST, TODAY) for row in page.records]
    mine = {row.key for row in records if hasattr(row, "day") and FIRST <= row.day <= LAST}
    assert mine <= present_in(portal.read(f"{stream}_present", FIRST, LAST))
    portal.fault("vanished_row")
    left = present_in(portal.read(f"{stream}_present", FIRST, LAST))
    assert mine - left == {key for key in mine if int(key) % 5 == 0}


def test_a_roll_call_by_the_day_of_creation_asks_once(portal: Staged) -> None:
    portal.settings["deal_day"] = "created"
    assert len(portal.read("deals_present", FIRST, FIRST)) == 1


def test_money_of_another_currency_stands_apart(portal: Staged) -> None:
    portal.settings["currency"] = "EUR"
    subjects = {deal.subject.key for deal in orders_in(portal.read("deals", FIRST, LAST))}
    assert subjects == {"1:RUB", "2:RUB"}


def test_a_stage_that_was_removed_still_has_its_meaning(portal: Staged) -> None:
    portal.fault("removed_stage")
    pages = portal.read("deals", FIRST, TODAY)
    assert summed(pages, FIRST, LAST) == only(portal.play.truth(FIRST, LAST), *DEALS)


def as_application(portal: Staged) -> Bitrix24Play:
    assert isinstance(portal.play, Bitrix24Play)
    portal.secrets.clear()
    portal.secrets |= {"client_secret": CLIENT_KEY, "refresh_token": portal.play.refresh_token}
    return portal.play


def test_an_application_reads_the_same(portal: Staged) -> None:
    plain = summed(portal.read("deals", FIRST, LAST), FIRST, LAST)
    play = as_application(portal)
    pages = portal.read("deals", FIRST, LAST)
    assert summed(pages, FIRST, LAST) == plain
    assert play.refreshed == 1
    assert not any(play.access_token.encode() in page.raw for page in pages)
    assert not any(play.access_token in page.request for page in pages)


def test_a_token_that_runs_out_between_pages_is_renewed(portal: Staged) -> None:
    play = as_application(portal)
    portal.fault("token_expires_midway")
    pages = portal.read("deals", FIRST, TODAY)
    assert summed(pages, FIRST, LAST) == only(play.truth(FIRST, LAST), *DEALS)
    assert (play.dead, play.refreshed) == ("access-1-of-the-tea-shop", 2)


def test_a_spent_refresh_token_needs_a_person(portal: Staged) -> None:
    play = as_application(portal)
    play.refreshed += 1
    with pytest.raises(AuthError) as caught:
        portal.read("deals", FIRST, LAST)
    assert "invalid_grant" in caught.value.detail


def test_streams_follow_the_settings(portal: Staged) -> None:
    portal.settings |= {"leads": False, "calls": False}
    streams = portal.connect().streams()
    assert [stream.name for stream in streams] == ["deals", "deals_present"]
    assert [stream.mode for stream in streams] == [Mode.CHANGES, Mode.ROLL_CALL]
    assert streams[1].of == "deals"
    with pytest.raises(ConfigError):
        portal.connect().read("visits", None)  # type: ignore[arg-type]
