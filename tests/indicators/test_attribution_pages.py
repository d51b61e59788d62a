"""The pages of attribution: who sees them, what they say, what they cost."""

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
from django.utils import timezone

from kpis.indicators.models import (
    AttributionJob,
    AttributionRule,
    ChannelRule,
    MonthlyReport,
    OrderCredit,
    PublicCode,
)
from kpis.indicators.selectors.attribution import order_url
from kpis.register.connectors.records import Touch, TouchKind
from kpis.register.models import Source
from staff.accounts.models import User
from tests.factories import Tree
from tests.indicators.orders import (
    NOON,
    TODAY,
    attribute,
    bought,
    credits,
    names_channel,
    settle,
    utm,
)
from tests.register.pages.told import refund, tell

Open = Callable[[User], Client]
DAYS = {"first": "2026-11-01", "last": "2026-11-30"}
URL = "indicators:attribution"


def page(client: Client, name: str = URL, *args: object, **query: str) -> Any:
    return client.get(reverse(name, args=args), query)


@pytest.fixture
def told(source: Source, morning: dt.date) -> Source:
    word = Touch(TouchKind.CRM_SOURCE, value="сарафан")
    tell(
        source,
        bought("A-1", utm("VK", 14), utm("email", 3), utm("(direct)", 0), word),
        bought("A-2", utm("VK", 40), amount="500.50"),
        refund("r", "1000", day=TODAY, order="A-1"),
    )
    attribute(source)
    return source


def test_channels_with_their_sums(told: Source, opened: Client) -> None:
    answer = page(opened, **DAYS)
    table = answer.context["table"]
    lines = {line.channel: line for line in table.lines}
    assert set(lines) == {"email", "VK", "(direct)", ""}
    email = lines["email"]
    assert (email.orders, email.revenue, email.refunds, email.net) == (1, 10000, 1000, 9000)
    assert (lines["VK"].orders, lines["VK"].assists, lines["VK"].net) == (0, 1, 0)
    assert (lines[""].orders, lines[""].net) == (1, Decimal("500.50"))
    assert lines["(direct)"].assists == 0  # a direct visit brings nobody
    assert table.agrees
    text = answer.content.decode()
    assert "unknown source" in text
    assert "comes to the register's total" in text


def test_another_model_beside_comes_to_the_same(told: Source, opened: Client) -> None:
    table = page(opened, other="first", **DAYS).context["table"]
    lines = {line.channel: line for line in table.lines}
    assert (lines["VK"].other, lines["VK"].difference) == (9000, 9000)
    assert (lines["email"].other, lines["email"].difference) == (0, -9000)
    assert table.total.other == table.total.net == Decimal("9500.50")
    assert table.total.difference == 0


def test_the_month_is_the_last_full_day_s_by_default(told: Source, opened: Client) -> None:
    form = page(opened).context["form"]
    assert (form.cleaned_data["first"], form.cleaned_data["last"]) == (
        dt.date(2026, 11, 1),
        dt.date(2026, 11, 23),
    )


@pytest.mark.parametrize(
    "query",
    [
        {"first": "yesterday", "last": "2026-11-30"},
        {"first": "2026-11-30", "last": "2026-11-01"},
        {"first": "2020-01-01", "last": "2026-11-01"},
        {**DAYS, "other": "guess"},
    ],
)
def test_a_wrong_period_is_said_and_nothing_shown(
    query: dict[str, str], told: Source, opened: Client
) -> None:
    answer = page(opened, **query)
    assert answer.status_code == 200
    assert answer.context["table"] is None
    assert answer.context["form"].errors


def test_an_order_that_waits_is_said(told: Source, opened: Client) -> None:
    tell(told, bought("A-3"))
    answer = page(opened, **DAYS)
    assert answer.context["table"].waiting == 1
    assert "1 order has no channel yet" in answer.content.decode()


def test_a_failed_job_is_said(told: Source, opened: Client) -> None:
    AttributionJob.objects.update(state="failed", error={"en": "It stopped.", "ru": "Встало."})
    assert "It stopped." in page(opened, **DAYS).content.decode()


def test_no_orders_yet(opened: Client, tree: Tree, morning: dt.date) -> None:
    assert "No orders on these days" in page(opened).content.decode()


@pytest.mark.parametrize("name", [URL, "indicators:attribution-orders", "indicators:channels"])
def test_the_number_of_queries_does_not_grow(
    name: str,
    source: Source,
    tree: Tree,
    opened: Client,
    morning: dt.date,
) -> None:
    def add(first: int, last: int) -> None:
        for number in range(first, last):
            names_channel(tree.department.scope, "utm", f"s{number}", f"c{number}")
        tell(source, *(bought(str(one), utm(f"s{one}", 1)) for one in range(first, last)))
        attribute(source)
        page(opened, name)

    add(0, 1)
    with CaptureQueriesContext(connection) as few:
        page(opened, name)
    add(1, 20)
    with CaptureQueriesContext(connection) as many:
        table = page(opened, name).context["table"]
    assert len(table.lines if name == URL else table.rows) == 20
    assert len(many) <= len(few) <= 40


def test_orders_of_a_channel(told: Source, opened: Client) -> None:
    def keys(**query: str) -> set[tuple[str, str]]:
        table = page(opened, "indicators:attribution-orders", **query).context["table"]
        return {(row.record.key, row.record.channel) for row in table.rows}

    assert keys(channel="email") == {("A-1", "email"), ("r", "email")}
    assert keys(channel="-") == {("A-2", "")}
    assert keys(role="primary", kind="order") == {("A-1", "email"), ("A-2", "")}
    assert keys(first="2026-11-21") == set()
    assert keys(q="A-2") == {("A-2", "")}


def test_an_order_tells_why(told: Source, opened: Client) -> None:
    stream = OrderCredit.objects.all()[0].stream_id
    answer = opened.get(order_url(stream, "A-1"))
    fates = {step.trace.channel: step.verdict for step in answer.context["story"].steps}
    assert fates == {"VK": "assist", "email": "won", "(direct)": "assist", "сарафан": "note"}
    text = answer.content.decode()
    for words in ("primary source by the evidence", "4. tagged link", "Another source", "booked"):
        assert words in text
    late = opened.get(order_url(stream, "A-2"))
    assert [step.verdict for step in late.context["story"].steps] == ["outside"]
    assert opened.get(order_url(stream, "nothing")).status_code == 404


def test_a_word_against_the_evidence(told: Source, opened: Client, tree: Tree) -> None:
    stream = OrderCredit.objects.all()[0].stream_id
    url = f"{reverse('indicators:attribution-override', args=[stream])}?key=A-1"
    bare = opened.post(url, {"channel": "сарафан", "reason": ""})
    assert bare.status_code == 422
    answer = opened.post(
        url, {"channel": "сарафан", "direction": tree.b.pk, "reason": "she said so"}, follow=True
    )
    assert answer.status_code == 200
    assert "she said so" in answer.content.decode()
    assert credits("A-1") == {"сарафан": Decimal(10000)}
    assert credits("r", "refund") == {"сарафан": Decimal(-1000)}


def test_a_closed_order_offers_no_other_source(
    told: Source, opened: Client, tree: Tree, head: User
) -> None:
    MonthlyReport.objects.create(
        scope=tree.department.scope,
        month=dt.date(2026, 11, 1),
        achieved="so",
        approved_by=head,
        approved_at=timezone.now(),
    )
    stream = OrderCredit.objects.all()[0].stream_id
    text = opened.get(order_url(stream, "A-1")).content.decode()
    assert "Another source" not in text
    assert "the month is closed" in text
    url = f"{reverse('indicators:attribution-override', args=[stream])}?key=A-1"
    refused = opened.post(url, {"channel": "x", "reason": "y"})
    assert refused.status_code == 422


def test_a_new_version_from_its_form(told: Source, opened: Client) -> None:
    url = reverse("indicators:attribution-rule")
    assert opened.get(url).context["form"].initial["valid_from"] == dt.date(2026, 11, 1)
    values = {
        "valid_from": "2026-11",
        "model": "first",
        "window_hours": "720",
        "half_life_days": "7",
        "leak_uses": "10",
        "assist_only": "retargeting*\n",
        "reason": "agreed",
    }
    assert opened.post(url, values | {"reason": ""}).status_code == 422
    answer = opened.post(url, values, follow=True)
    assert "agreed" in answer.content.decode()
    rule = AttributionRule.objects.get()
    assert (rule.valid_from, rule.assist_only) == (dt.date(2026, 11, 1), ["retargeting*"])
    settle()
    assert credits("A-1") == {"VK": Decimal(10000)}


def test_a_channel_is_added_changed_and_deleted(told: Source, opened: Client, tree: Tree) -> None:
    values = {
        "kind": "utm",
        "pattern": "VK",
        "channel": "ВКонтакте",
        "is_channel": "on",
        "direction": tree.a.pk,
    }
    url = reverse("indicators:channel-new")
    assert opened.post(url, values | {"channel": ""}).status_code == 422
    assert opened.post(url, values).status_code == 302
    row = ChannelRule.objects.get()
    assert (row.channel, row.direction, row.is_single) == ("ВКонтакте", tree.a, False)
    opened.post(row.get_absolute_url(), values | {"channel": "VK Реклама"})
    row.refresh_from_db()
    assert row.channel == "VK Реклама"
    assert "VK Реклама" in page(opened, "indicators:channels").content.decode()
    opened.post(reverse("indicators:channel-delete", args=[row.uid]))
    assert not ChannelRule.objects.exists()


def test_a_code_is_called_public(told: Source, opened: Client) -> None:
    values = {"code": "VESNA10", "state": "public", "reason": "on a site of codes"}
    assert opened.post(reverse("indicators:code-new"), values).status_code == 302
    row = PublicCode.objects.get()
    again = opened.post(reverse("indicators:code-new"), values | {"code": "vesna10"})
    assert again.status_code == 422
    opened.post(row.get_absolute_url(), values | {"state": "cleared"})
    row.refresh_from_db()
    assert row.state == "cleared"
    assert "VESNA10" in page(opened, "indicators:codes", q="vesna").content.decode()


WRITES = ["attribution-rule", "channel-new", "code-new"]


def test_readers_read_and_do_not_write(told: Source, director: User, client_of: Open) -> None:
    client = client_of(director)
    for name in ("attribution", "attribution-orders", "attribution-rules", "channels", "codes"):
        assert page(client, f"indicators:{name}").status_code == 200
    for name in WRITES:
        assert page(client, f"indicators:{name}").status_code == 403
    stream = OrderCredit.objects.all()[0].stream_id
    story = client.get(order_url(stream, "A-1"))
    assert story.status_code == 200
    assert "Another source" not in story.content.decode()


def test_a_specialist_has_no_right(told: Source, specialist: User, client_of: Open) -> None:
    assert page(client_of(specialist)).status_code == 403


def test_others_see_nothing_of_ours(told: Source, outsider: User, client_of: Open) -> None:
    client = client_of(outsider)
    stream = OrderCredit.objects.all()[0].stream_id
    assert client.get(order_url(stream, "A-1")).status_code == 404
    assert page(client, **DAYS).context["table"].lines == ()
    rows = page(client, "indicators:attribution-orders").context["table"].rows
    assert len(rows) == 0
    row = names_channel(told.scope, "utm", "a", "b")
    assert client.get(row.get_absolute_url()).status_code == 404
    assert client.post(reverse("indicators:channel-delete", args=[row.uid])).status_code == 404


def test_an_order_of_other_money_is_counted_and_not_added(
    source: Source, opened: Client, morning: dt.date
) -> None:
    tell(source, bought("1", utm("VK", 1)), bought("2", utm("VK", 1), currency="USD"))
    attribute(source)
    answer = page(opened, **DAYS)
    table = answer.context["table"]
    assert (table.total.orders, table.total.net, table.foreign) == (2, 10000, 1)
    assert "not in RUB" in answer.content.decode()
    assert NOON.tzinfo is dt.UTC
