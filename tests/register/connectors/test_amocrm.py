"""amoCRM: leads as enquiries and orders, their pages, tokens, deletions and faults."""

from __future__ import annotations

import datetime as dt
import logging
from contextlib import closing
from zoneinfo import ZoneInfo

import pytest

from kpis.register.connectors.amocrm.connector import AmocrmConnector
from kpis.register.connectors.amocrm.contract_server import CLIENT_KEY, LONG_TOKEN, AmocrmPlay
from kpis.register.connectors.base import Mode
from kpis.register.connectors.errors import (
    AuthError,
    BugError,
    ConfigError,
    RetryError,
    SourceError,
    WaitError,
)
from kpis.register.connectors.records import (
    EnquiryStatus,
    Gone,
    OrderRecord,
    OrderStatus,
    TouchKind,
)
from tests.register.connectors.deals import enquiries_in, orders_in, present_in, summed
from tests.register.connectors.helpers import NOW
from tests.register.connectors.staged import Stage, Staged

FIRST, LAST = dt.date(2026, 3, 1), dt.date(2026, 3, 7)
TODAY = dt.date(2026, 3, 20)
MOSCOW = ZoneInfo("Europe/Moscow")


class Small(AmocrmConnector):
    """Asks for few leads at a time."""

    page_size = 20


@pytest.fixture
def account(stage: Stage) -> Staged:
    return stage(Small, AmocrmPlay)


def test_leads_are_those_of_the_account(account: Staged) -> None:
    pages = account.read("leads", FIRST, TODAY)
    assert len(pages) > 4
    truth = account.play.truth(FIRST, LAST)
    assert {key[0] for key in truth} == {
        "leads",
        "qualified_leads",
        "junk_leads",
        "orders",
        "revenue",
        "cancelled_orders",
    }
    assert summed(pages, FIRST, LAST) == truth
    assert sum(page.received for page in pages) == len(enquiries_in(pages))
    assert not any(page.notices for page in pages)


@pytest.mark.parametrize("fault", ["mass_change", "duplicated_row", "total_changes"])
def test_what_moves_while_it_is_read_hides_no_other(account: Staged, fault: str) -> None:
    if fault == "mass_change":
        account.fault(fault)
    account.connector = AmocrmConnector
    plain = {lead.key for lead in enquiries_in(account.read("leads", FIRST, TODAY))}
    account.connector = Small
    account.play.asked = 0  # type: ignore[attr-defined]
    account.fault(fault)
    found = {lead.key for lead in enquiries_in(account.read("leads", FIRST, TODAY))}
    assert len(found) > 20
    assert found == plain


def test_one_lead_is_an_enquiry_and_an_order(account: Staged) -> None:
    pages = account.read("leads", FIRST, TODAY)
    enquiries = {lead.key: lead for lead in enquiries_in(pages)}
    orders = {deal.key: deal for deal in orders_in(pages)}
    assert enquiries.keys() == orders.keys()
    won = next(deal for deal in orders.values() if deal.paid_at and len(deal.touches) > 1)
    lead = enquiries[won.enquiry]
    assert lead.status is EnquiryStatus.WON
    assert lead.at == won.at
    assert won.paid_at is not None
    assert won.day == won.paid_at.astimezone(MOSCOW).date()
    assert [contact[:2] for contact in lead.contacts] == ["+7", "bu"]
    assert [touch.kind for touch in won.touches] == [TouchKind.UTM, TouchKind.CLIENT_ID]
    assert won.subject.parent is not None
    assert (won.currency, won.subject.parent.label) == ("RUB", "Северный чай")


def test_rubbish_is_no_order(account: Staged) -> None:
    pages = account.read("leads", FIRST, TODAY)
    status = {lead.key: lead.status for lead in enquiries_in(pages)}
    junk = [d for d in orders_in(pages) if status[d.key] is EnquiryStatus.JUNK]
    lost = [d for d in orders_in(pages) if status[d.key] is EnquiryStatus.LOST]
    assert {deal.status for deal in junk} == {OrderStatus.OPEN}
    assert {deal.status for deal in lost} == {OrderStatus.CANCELLED}


def test_settings_change_the_day_and_the_people(account: Staged) -> None:
    account.settings |= {"deal_day": "created", "contacts": False, "zone": "Asia/Vladivostok"}
    pages = account.read("leads", FIRST, TODAY)
    days = {lead.key: lead.day for lead in enquiries_in(pages)}
    assert all(deal.day == days[deal.key] for deal in orders_in(pages))
    assert not any(lead.contacts for lead in enquiries_in(pages))
    moved = [lead for lead in enquiries_in(pages) if lead.at.astimezone(MOSCOW).date() < lead.day]
    assert moved


def test_an_empty_list_has_no_body(account: Staged) -> None:
    account.fault("no_leads")
    pages = account.read("leads", FIRST, LAST)
    assert [(page.received, page.announced, page.raw) for page in pages] == [(0, None, b"")]


def test_a_deleted_lead_is_gone_unless_it_came_back(account: Staged) -> None:
    whole = {lead.key for lead in enquiries_in(account.read("leads", FIRST, TODAY))}
    account.fault("vanished_row")
    pages = account.read("leads", FIRST, TODAY)
    gone = {row.key for page in pages for row in page.records if isinstance(row, Gone)}
    assert gone
    assert not gone & {lead.key for lead in enquiries_in(pages)}
    assert {key for key in whole if int(key) % 5 == 0} >= gone & whole
    account.calm()
    account.fault("returned_row")
    back = account.read("leads", FIRST, TODAY)
    assert not any(isinstance(row, Gone) for page in back for row in page.records)


def test_a_roll_call_names_who_is_left(account: Staged) -> None:
    orders = orders_in(account.read("leads", FIRST, TODAY))
    mine = {deal.key for deal in orders if FIRST <= deal.day <= LAST}
    assert mine <= present_in(account.read("leads_present", FIRST, LAST))
    account.fault("vanished_row")
    left = present_in(account.read("leads_present", FIRST, LAST))
    assert mine - left == {key for key in mine if int(key) % 5 == 0}
    account.settings["deal_day"] = "created"
    assert len(account.read("leads_present", FIRST, FIRST)) == 1


def test_a_restated_budget_is_read(account: Staged) -> None:
    before = {deal.key: deal.amount for deal in orders_in(account.read("leads", FIRST, LAST))}
    account.fault("restated_day")
    after = {deal.key: deal.amount for deal in orders_in(account.read("leads", FIRST, LAST))}
    assert after == {key: int(value) * 109 // 100 for key, value in before.items()}


def with_a_pair(account: Staged) -> AmocrmPlay:
    assert isinstance(account.play, AmocrmPlay)
    account.secrets.clear()
    account.secrets |= {"client_secret": CLIENT_KEY, "refresh_token": account.play.refresh_token}
    return account.play


def test_a_token_that_runs_out_between_pages_is_renewed(account: Staged) -> None:
    play = with_a_pair(account)
    account.fault("token_expires_midway")
    pages = account.read("leads", FIRST, TODAY)
    assert summed(pages, FIRST, LAST) == play.truth(FIRST, LAST)
    assert (play.refreshed, play.dead) == (2, "access-1-of-the-tea-shop")
    assert not any("-of-the-tea-shop" in page.request for page in pages)


def test_a_spent_refresh_token_needs_a_person(account: Staged) -> None:
    play = with_a_pair(account)
    play.refreshed += 1
    with pytest.raises(AuthError) as caught:
        account.read("leads", FIRST, LAST)
    assert "revoked" in caught.value.detail
    assert "refresh-0" not in caught.value.detail


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("rate_limit", WaitError),
        ("rate_limit_hint", WaitError),
        ("unavailable", RetryError),
        ("error_body", RetryError),
        ("token_expired", AuthError),
        ("blocked", AuthError),
        ("not_paid", AuthError),
        ("wrong_filter", ConfigError),
        ("truncated_json", RetryError),
        ("html_page", BugError),
        ("empty_204", BugError),
        ("renamed_field", BugError),
    ],
)
def test_every_fault_has_its_class(account: Staged, fault: str, kind: type[SourceError]) -> None:
    account.fault(fault)
    with pytest.raises(SourceError) as caught:
        account.read("leads", FIRST, LAST)
    assert type(caught.value) is kind
    assert LONG_TOKEN not in f"{caught.value} {caught.value.detail} {caught.value.advice}"


@pytest.mark.parametrize(("fault", "seconds"), [("rate_limit", 300), ("rate_limit_hint", 120)])
def test_a_limit_names_its_moment(account: Staged, fault: str, seconds: int) -> None:
    account.fault(fault)
    with pytest.raises(WaitError) as caught:
        account.read("leads", FIRST, LAST)
    assert caught.value.until == NOW + dt.timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("fault", "word"),
    [("null_metric", "price"), ("new_field", "ai_score"), ("cp1251", "windows-1251")],
)
def test_what_is_odd_is_said(account: Staged, fault: str, word: str) -> None:
    account.fault(fault)
    pages = account.read("leads", FIRST, LAST)
    assert any(isinstance(row, OrderRecord) for row in pages[0].records)
    assert any(word in str(notice) for page in pages for notice in page.notices)


def test_the_token_is_in_nothing_that_is_kept(
    account: Staged, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="config.lib.http")
    for page in account.read("leads", FIRST, LAST):
        assert LONG_TOKEN.encode() not in page.raw
        assert LONG_TOKEN not in page.request
    assert "api/v4/leads" in caplog.text
    assert LONG_TOKEN not in caplog.text


def test_streams(account: Staged) -> None:
    with closing(account.connect()) as connector:
        assert [stream.mode for stream in connector.streams()] == [Mode.CHANGES, Mode.ROLL_CALL]
        with pytest.raises(ConfigError):
            connector.read("visits", None)  # type: ignore[arg-type]
