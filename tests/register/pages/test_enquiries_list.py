"""Lists and pages of enquiries: filters, totals that agree, the same person without the hash."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kpis.register.connectors.base import SubjectRef
from kpis.register.connectors.records import EnquiryKind, EnquiryStatus, Touch, TouchKind
from kpis.register.models import Enquiry, RawAnswer, Source, Stream, Subject
from kpis.register.selectors.records import enquiries_visible, record_url
from kpis.register.services.persons import person_key
from staff.accounts.models import User
from tests.register import rows
from tests.register.pages.told import DAY, enquiry, order, tell

pytestmark = pytest.mark.django_db
Open = Callable[[User], Client]
URL = "register:enquiry-list"
PHONE = "+7 900 123-45-67"


def at(hour: int, day: dt.date = DAY) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, hour, tzinfo=dt.UTC)


@pytest.fixture
def told(matomo: Source) -> Source:
    """A lead with touches, a missed call called back, a lost call, junk."""
    call = EnquiryKind.CALL
    lead = enquiry(
        "L-1",
        status=EnquiryStatus.QUALIFIED,
        responsible="Ann Frost",
        channel="Site form",
        contacts=(PHONE,),
        touches=(
            Touch(TouchKind.PROMO_CODE, "TEA10"),
            Touch(TouchKind.UTM, at=at(8), source="yandex", medium="cpc", campaign="spring"),
            Touch(TouchKind.REFERRER, "https://news.example.com", at=at(7)),
        ),
    )
    tell(
        matomo,
        lead,
        enquiry("C-1", kind=call, at=at(9), answered=False, line="74950001", contacts=(PHONE,)),
        enquiry("C-2", kind=call, at=at(11), answered=True, seconds=65, contacts=(PHONE,)),
        enquiry("C-3", kind=call, at=at(12), answered=False, contacts=("+79005550000",)),
        enquiry("J-1", status=EnquiryStatus.JUNK),
        order("D-1", "500", enquiry="L-1"),
    )
    return matomo


def found(client: Client, **query: Any) -> set[str]:
    table = client.get(reverse(URL), query).context["table"]
    return {row.record.key for row in table.rows}


FILTERS: dict[str, tuple[dict[str, str], set[str]]] = {
    "nothing": ({}, {"L-1", "C-1", "C-2", "C-3", "J-1"}),
    "kind": ({"kind": "call"}, {"C-1", "C-2", "C-3"}),
    "state": ({"status": "junk"}, {"J-1"}),
    "missed": ({"calls": "missed"}, {"C-1", "C-3"}),
    "not called back": ({"calls": "lost"}, {"C-3"}),
    "answered": ({"calls": "answered"}, {"C-2"}),
    "touches": ({"touches": "yes"}, {"L-1"}),
    "no touches": ({"touches": "no"}, {"C-1", "C-2", "C-3", "J-1"}),
    "channel": ({"channel": "form"}, {"L-1"}),
    "line": ({"q": "7495"}, {"C-1"}),
    "who": ({"q": "frost"}, {"L-1"}),
    "number": ({"q": "c-3"}, {"C-3"}),
    "other days": ({"first": "2026-03-11"}, set()),
}


@pytest.mark.parametrize("case", list(FILTERS))
def test_filters_and_totals_agree(case: str, told: Source, head: User, client_of: Open) -> None:
    query, keys = FILTERS[case]
    client = client_of(head)
    assert found(client, **query) == keys
    page = client.get(reverse(URL), query)
    assert page.context["totals"]["all"] == len(keys)
    calls = Enquiry.objects.filter(key__in=keys, kind="call")
    assert page.context["totals"]["calls"] == calls.count()
    assert page.context["totals"]["missed"] == calls.filter(answered=False).count()


def test_totals_travel_with_the_refreshed_table(told: Source, head: User, client_of: Open) -> None:
    headers = {"HX-Request": "true", "HX-Target": "list"}
    answer = client_of(head).get(reverse(URL), {"kind": "call"}, headers=headers)
    text = answer.content.decode()
    assert "<html" not in text
    assert "called back: 1" in text


def test_without_a_period_the_last_days_with_records_are_shown(
    told: Source, head: User, client_of: Open
) -> None:
    old = DAY - dt.timedelta(days=40)
    tell(told, enquiry("OLD", at=at(9, old), day=old))
    client = client_of(head)
    assert "OLD" not in found(client)
    assert found(client, last=str(old)) == {"OLD"}


def test_the_page_shows_touches_in_order_and_leads_down(
    told: Source, head: User, client_of: Open
) -> None:
    client = client_of(head)
    lead = Enquiry.objects.select_related("stream").get(key="L-1")
    page = client.get(record_url("enquiry", lead))
    kinds = [touch.kind for touch in page.context["touches"]]
    assert kinds == ["referrer", "utm", "promo_code"]
    text = page.content.decode()
    answer = RawAnswer.objects.get()
    run = answer.slice.run
    for link in (told.get_absolute_url(), run.get_absolute_url()):
        assert f'href="{link}"' in text
    assert reverse("register:raw-answer", args=[answer.uid]) in text
    subject = Subject.objects.get(key="shop")
    assert reverse("register:subject-detail", args=[subject.uid]) in text
    assert "D-1" in text, "the deal it became"


def test_the_same_person_is_counted_and_never_shown(
    told: Source, head: User, client_of: Open
) -> None:
    client = client_of(head)
    lead = Enquiry.objects.select_related("stream").get(key="L-1")
    page = client.get(record_url("enquiry", lead))
    text = page.content.decode()
    assert "2 more enquiries of this person" in text
    listed = client.get(page.context["others_url"])
    keys = {row.record.key for row in listed.context["table"].rows}
    assert keys == {"L-1", "C-1", "C-2"}
    person = person_key((PHONE,))
    assert person
    for shown in (text, listed.content.decode()):
        assert person not in shown
        assert "1234567" not in shown


def test_another_companys_enquiries_do_not_exist(
    told: Source, outsider: User, head: User, client_of: Open
) -> None:
    lead = Enquiry.objects.select_related("stream").get(key="L-1")
    client = client_of(outsider)
    assert client.get(record_url("enquiry", lead)).status_code == 404
    assert found(client) == set()
    assert found(client, person=f"{lead.stream_id}:L-1") == set()
    # Nor are they counted for people of that company who know the same person.
    theirs = rows.matomo_source(outsider, outsider.grants.get().scope, "Theirs")
    tell(theirs, enquiry("X-1", contacts=(PHONE,)))
    own = Enquiry.objects.select_related("stream").get(key="X-1")
    page = client.get(record_url("enquiry", own))
    assert page.context["others"] == 0
    assert found(client, person=f"{lead.stream_id}:L-1") == set()
    assert found(client_of(head), person=f"{own.stream_id}:X-1") == set()


@pytest.mark.parametrize("text", ["", "x", "1", "99999999999999999999:1", "١:1", "1:nothing"])
def test_an_odd_person_finds_nothing(text: str, told: Source, head: User, client_of: Open) -> None:
    assert found(client_of(head), person=text) == (
        {"L-1", "C-1", "C-2", "C-3", "J-1"} if not text else set()
    )


def test_without_the_right_it_is_refused(told: Source, nobody: User, client_of: Open) -> None:
    client = client_of(nobody)
    lead = Enquiry.objects.select_related("stream").get(key="L-1")
    assert client.get(reverse(URL)).status_code == 403
    assert client.get(record_url("enquiry", lead)).status_code == 403


def test_any_key_has_a_page(matomo: Source, head: User, client_of: Open) -> None:
    tell(matomo, enquiry("../a b?c#d&e/«ключ»"))
    record = Enquiry.objects.select_related("stream").get()
    assert client_of(head).get(record_url("enquiry", record)).status_code == 200
    unknown = reverse("register:enquiry-detail", args=[record.stream_id])
    assert client_of(head).get(unknown).status_code == 404


def test_the_export_is_of_the_filtered_rows_and_safe(
    told: Source, head: User, client_of: Open
) -> None:
    tell(told, enquiry("=1+1", responsible="@SUM(A1)"))
    answer = client_of(head).get(reverse(URL), {"kind": "lead", "_export": "csv"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert any("'=1+1" in line and "'@SUM(A1)" in line for line in lines)
    assert "person" not in lines[0].casefold()


def test_the_empty_list_says_what_to_do(head: User, client_of: Open) -> None:
    assert "No enquiries yet" in client_of(head).get(reverse(URL)).content.decode()


def test_lists_and_pages_cost_the_same(told: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    lead = Enquiry.objects.select_related("stream").get(key="L-1")

    def cost(url: str) -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    before = [cost(reverse(URL)), cost(record_url("enquiry", lead))]
    tell(
        told,
        *(
            enquiry(
                f"N-{number}",
                contacts=(PHONE,),
                subject=SubjectRef("channel", f"c{number}", f"Channel {number}"),
                touches=(Touch(TouchKind.QR, "poster"),),
            )
            for number in range(20)
        ),
    )
    assert [cost(reverse(URL)), cost(record_url("enquiry", lead))] == before
    assert max(before) <= 25


def test_streams_without_enquiries_are_not_looked_into(told: Source, head: User) -> None:
    Stream.objects.create(source=told, name="visits")
    streams = {row.stream_id for row in enquiries_visible(head)}
    sql = str(enquiries_visible(head).query)
    assert f"IN ({', '.join(map(str, streams))})" in sql
