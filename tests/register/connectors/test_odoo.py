"""Odoo: leads and orders as records, by both protocols, their pages and days."""

from __future__ import annotations

import datetime as dt
from contextlib import closing
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from kpis.register.connectors.base import Mode, Page
from kpis.register.connectors.errors import ConfigError
from kpis.register.connectors.odoo.connector import OdooConnector
from kpis.register.connectors.odoo.contract_server import OdooPlay
from kpis.register.connectors.records import EnquiryStatus, OrderStatus, TouchKind
from tests.register.connectors.deals import enquiries_in, orders_in, present_in, summed
from tests.register.connectors.staged import Stage, Staged, only

FIRST, LAST = dt.date(2026, 3, 1), dt.date(2026, 3, 7)
TODAY = dt.date(2026, 3, 20)
MOSCOW = ZoneInfo("Europe/Moscow")
PROTOCOLS = ("json2", "xmlrpc")


class Small(OdooConnector):
    """Asks for few rows at a time."""

    page_size = 30


@pytest.fixture
def odoo(stage: Stage) -> Staged:
    return stage(Small, OdooPlay)


def balanced(pages: list[Page]) -> bool:
    return pages[-1].announced == sum(page.received for page in pages)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_leads_are_enquiries_and_orders(odoo: Staged, protocol: str) -> None:
    odoo.settings["protocol"] = protocol
    pages = odoo.read("leads", FIRST, TODAY)
    assert len(pages) > 3
    assert balanced(pages)
    truth = odoo.play.truth(FIRST, LAST)
    assert {key[0] for key in truth} == {
        "leads",
        "qualified_leads",
        "junk_leads",
        "orders",
        "revenue",
        "cancelled_orders",
    }
    assert summed(pages, FIRST, LAST) == truth
    assert not any(page.notices for page in pages)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_sales_orders_are_the_orders_where_they_are_chosen(odoo: Staged, protocol: str) -> None:
    odoo.settings |= {"orders_from": "sales", "protocol": protocol}
    leads, sales = odoo.read("leads", FIRST, TODAY), odoo.read("sales", FIRST, TODAY)
    assert not orders_in(leads)
    assert isinstance(odoo.play, OdooPlay)
    truth = odoo.play.sales_truth(FIRST, LAST)
    assert summed([*leads, *sales], FIRST, LAST) == truth
    order = next(deal for deal in orders_in(sales) if deal.status is OrderStatus.PLACED)
    assert (order.number[0], order.margin) == ("S", (order.amount / 4).quantize(Decimal("0.01")))
    assert order.enquiry in {lead.key for lead in enquiries_in(leads)}


def test_both_protocols_give_the_same_records(odoo: Staged) -> None:
    one = [page.records for page in odoo.read("leads", FIRST, TODAY)]
    odoo.settings["protocol"] = "xmlrpc"
    assert [page.records for page in odoo.read("leads", FIRST, TODAY)] == one


def test_a_record_has_its_person_and_its_traces(odoo: Staged) -> None:
    pages = odoo.read("leads", FIRST, TODAY)
    won = next(deal for deal in orders_in(pages) if deal.paid_at and deal.channel)
    lead = next(lead for lead in enquiries_in(pages) if lead.key == won.enquiry)
    assert lead.status is EnquiryStatus.WON
    assert lead.responsible.startswith("Менеджер")
    assert won.customer.startswith("partner:")
    assert [contact[:2] for contact in won.contacts] == ["+7", "bu"]
    assert [touch.kind for touch in won.touches] == [TouchKind.UTM]
    assert won.subject.label in {"Розница", "Опт"}
    assert won.subject.parent is not None
    assert won.subject.parent.label == "Северный чай"
    kinds = {touch.kind for lead in enquiries_in(pages) for touch in lead.touches}
    assert kinds == {TouchKind.UTM, TouchKind.SURVEY}


def test_moments_are_utc_and_days_are_those_of_the_zone(odoo: Staged) -> None:
    pages = odoo.read("leads", FIRST, TODAY)
    leads = enquiries_in(pages)
    assert {lead.at.utcoffset() for lead in leads} == {dt.timedelta()}
    assert any(lead.at.date() < lead.day for lead in leads)
    assert all(lead.day == lead.at.astimezone(MOSCOW).date() for lead in leads)
    assert '"2026-02-28 21:00:00"' in pages[0].request


def test_settings_change_the_day_and_the_people(odoo: Staged) -> None:
    odoo.settings |= {"deal_day": "created", "contacts": False}
    pages = odoo.read("leads", FIRST, TODAY)
    days = {lead.key: lead.day for lead in enquiries_in(pages)}
    assert all(deal.day == days[deal.key] for deal in orders_in(pages))
    assert not any(lead.contacts for lead in enquiries_in(pages))
    assert b"+7916" not in pages[0].raw


def test_money_of_another_currency_stands_apart(odoo: Staged) -> None:
    odoo.settings["currency"] = "EUR"
    pages = odoo.read("leads", FIRST, LAST)
    assert {deal.subject.key for deal in orders_in(pages)} == {"1:RUB", "2:RUB"}
    assert {lead.subject.key for lead in enquiries_in(pages)} == {"1", "2"}


def test_an_empty_window_is_an_answer(odoo: Staged) -> None:
    pages = odoo.read("leads", dt.date(2023, 5, 1), dt.date(2023, 5, 2))
    assert [(page.received, page.announced, page.records) for page in pages] == [(0, 0, ())]


@pytest.mark.parametrize("fault", ["duplicated_row", "total_changes", "old_version"])
def test_what_does_not_matter_changes_nothing(odoo: Staged, fault: str) -> None:
    odoo.fault(fault)
    pages = odoo.read("leads", FIRST, TODAY)
    assert balanced(pages)
    assert summed(pages, FIRST, LAST) == odoo.play.truth(FIRST, LAST)


def test_an_older_sales_module_gives_no_margin(odoo: Staged) -> None:
    odoo.settings["orders_from"] = "sales"
    odoo.fault("old_version")
    assert {deal.margin for deal in orders_in(odoo.read("sales", FIRST, LAST))} == {None}


def test_a_row_that_is_kept_back_is_a_shortfall(odoo: Staged) -> None:
    odoo.fault("lost_row")
    pages = odoo.read("leads", FIRST, LAST)
    announced = pages[-1].announced
    assert announced is not None
    assert announced > sum(page.received for page in pages)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_restated_amount_is_exact(odoo: Staged, protocol: str) -> None:
    odoo.settings["protocol"] = protocol
    before = {deal.key: deal.amount for deal in orders_in(odoo.read("leads", FIRST, LAST))}
    odoo.fault("restated_day")
    after = {deal.key: deal.amount for deal in orders_in(odoo.read("leads", FIRST, LAST))}
    cent = Decimal("0.01")
    assert after == {key: (value * 109 / 100).quantize(cent) for key, value in before.items()}


@pytest.mark.parametrize("orders", ["leads", "sales"])
def test_a_roll_call_names_who_is_left(odoo: Staged, orders: str) -> None:
    odoo.settings["orders_from"] = orders
    mine = {
        deal.key for deal in orders_in(odoo.read(orders, FIRST, TODAY)) if FIRST <= deal.day <= LAST
    }
    assert mine <= present_in(odoo.read(f"{orders}_present", FIRST, LAST))
    odoo.fault("vanished_row")
    left = present_in(odoo.read(f"{orders}_present", FIRST, LAST))
    assert mine - left == {key for key in mine if int(key) % 5 == 0}


def test_streams_follow_the_settings(odoo: Staged) -> None:
    with closing(odoo.connect()) as connector:
        assert [stream.mode for stream in connector.streams()] == [Mode.CHANGES, Mode.ROLL_CALL]
        assert connector.time_zone() == "Europe/Moscow"
        assert connector.expires_on() == dt.date(2026, 5, 1)  # type: ignore[attr-defined]
        with pytest.raises(ConfigError):
            connector.read("sales", None)  # type: ignore[arg-type]
    odoo.settings |= {"orders_from": "sales", "key_expires": ""}
    with closing(odoo.connect()) as connector:
        names = [stream.name for stream in connector.streams()]
        assert names == ["leads", "leads_present", "sales", "sales_present"]
        assert "orders" not in connector.streams()[0].metrics
        assert connector.expires_on() is None  # type: ignore[attr-defined]


def test_the_truth_of_a_week_is_lively(odoo: Staged) -> None:
    assert len(only(odoo.play.truth(FIRST, LAST), "revenue")) > 7
