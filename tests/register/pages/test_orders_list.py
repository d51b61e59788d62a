"""Lists and pages of orders: totals by currency, refunds, what they grew from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kpis.register.connectors.records import OrderStatus, Touch, TouchKind
from kpis.register.models import Order, Source
from kpis.register.selectors.records import record_url
from staff.accounts.models import User
from tests.register.pages.helpers import load, upload
from tests.register.pages.told import DAY, enquiry, order, refund, tell

pytestmark = pytest.mark.django_db
Open = Callable[[User], Client]
URL = "register:order-list"


@pytest.fixture
def told(matomo: Source) -> Source:
    """Two sold, one cancelled, one in work, money given back."""
    first = order(
        "1",
        "1200.50",
        number="A-17",
        status=OrderStatus.PAID,
        channel="Site",
        promo_code="TEA10",
        customer="c7",
        contacts=("a@example.com",),
        enquiry="L-1",
        touches=(Touch(TouchKind.PROMO_CODE, "TEA10"),),
    )
    tell(
        matomo,
        first,
        order("2", "300", customer="c7"),
        order("3", "50", status=OrderStatus.CANCELLED),
        order("4", "9000", status=OrderStatus.OPEN),
        refund("R-1", "200", order="1", day=DAY + dt.timedelta(days=1)),
        enquiry("L-1", contacts=("a@example.com",)),
    )
    return matomo


def found(client: Client, **query: Any) -> set[str]:
    table = client.get(reverse(URL), query).context["table"]
    return {row.record.key for row in table.rows}


FILTERS: dict[str, tuple[dict[str, str], set[str]]] = {
    "nothing": ({}, {"1", "2", "3", "4"}),
    "state": ({"status": "cancelled"}, {"3"}),
    "touches": ({"touches": "yes"}, {"1"}),
    "channel": ({"channel": "SITE"}, {"1"}),
    "number": ({"q": "a-17"}, {"1"}),
    "promo": ({"q": "tea"}, {"1"}),
    "days": ({"last": "2026-03-09"}, set()),
}


@pytest.mark.parametrize("case", list(FILTERS))
def test_filters_and_totals_agree(case: str, told: Source, head: User, client_of: Open) -> None:
    query, keys = FILTERS[case]
    client = client_of(head)
    assert found(client, **query) == keys
    totals = client.get(reverse(URL), query).context["totals"]
    sold = Order.objects.filter(key__in=keys, status__in=["placed", "paid"])
    assert (totals.all, totals.sold) == (len(keys), sold.count())
    assert sum(value for _currency, value in totals.revenue) == sum(o.amount for o in sold)


def test_refunds_are_told_only_where_they_agree(told: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    period = {"first": str(DAY), "last": str(DAY + dt.timedelta(days=5))}
    assert client.get(reverse(URL), period).context["totals"].refunds == [("RUB", Decimal(200))]
    narrowed = client.get(reverse(URL), period | {"status": "paid"}).context["totals"]
    assert narrowed.refunds == []
    assert client.get(reverse(URL), period | {"q": "17"}).context["totals"].refunds == []
    early = {"first": str(DAY), "last": str(DAY)}
    assert client.get(reverse(URL), early).context["totals"].refunds == []
    source = period | {"source": str(told.uid)}
    assert client.get(reverse(URL), source).context["totals"].refunds == [("RUB", Decimal(200))]


def test_two_currencies_are_not_added(told: Source, head: User, client_of: Open) -> None:
    tell(told, order("5", "10", currency="USD"))
    totals = client_of(head).get(reverse(URL)).context["totals"]
    assert sorted(totals.revenue) == [("RUB", Decimal("1500.50")), ("USD", Decimal(10))]


def test_the_page_leads_to_the_enquiry_the_refund_and_the_answer(
    told: Source, head: User, client_of: Open
) -> None:
    record = Order.objects.select_related("stream").get(key="1")
    page = client_of(head).get(record_url("order", record))
    text = page.content.decode()
    assert page.context["enquiry"].key == "L-1"
    assert [refund.key for refund in page.context["refunds"]] == ["R-1"]
    assert "1 more order of this customer in this source." in text
    assert "1 enquiry of this person" in text
    assert "example.com" not in text
    assert record.person not in text
    assert page.context["trace"].answer_url in text


def test_an_order_of_a_file_leads_to_its_rows(files: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    content = "Дата;Покупатель;Сумма\n01.02.2026;c1;100\n02.02.2026;c2;50\n".encode()
    load(client, upload(head, files, content))
    record = Order.objects.select_related("stream").filter(day="2026-02-01").get()
    trace = client.get(record_url("order", record)).context["trace"]
    assert trace.file_name == "report.csv"
    rows = client.get(trace.file_url).content.decode()
    assert "c1" in rows
    assert "c2" not in rows


def test_others_orders_do_not_exist(
    told: Source, outsider: User, nobody: User, client_of: Open
) -> None:
    record = Order.objects.select_related("stream").get(key="1")
    assert client_of(outsider).get(record_url("order", record)).status_code == 404
    assert found(client_of(outsider)) == set()
    assert client_of(nobody).get(record_url("order", record)).status_code == 403


def test_the_export_has_plain_amounts_and_no_person(
    told: Source, head: User, client_of: Open
) -> None:
    answer = client_of(head).get(reverse(URL), {"status": "paid", "_export": "csv"})
    _heading, line = answer.content.decode("utf-8-sig").splitlines()
    assert "1200.5" in line
    assert "RUB" in line
    assert Order.objects.get(key="1").person not in line


def test_lists_and_pages_cost_the_same(told: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    record = Order.objects.select_related("stream").get(key="1")

    def cost(url: str) -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    before = [cost(reverse(URL)), cost(record_url("order", record))]
    tell(told, *(order(f"N-{number}", customer="c7") for number in range(20)))
    assert [cost(reverse(URL)), cost(record_url("order", record))] == before
