"""The list of figures: metrics, periods, subjects with what is in them, quality, history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from kpis.register.models import Source
from kpis.register.models.result import Flag
from kpis.register.periods import named_span
from staff.accounts.models import User
from tests.register.pages.figures import put, subject
from tests.register.pages.helpers import load, upload

pytestmark = pytest.mark.django_db
Open = Callable[[User], Client]
DAY = dt.date(2026, 3, 31)


def found(client: Client, **query: Any) -> list[tuple[str, str, str]]:
    page = client.get(reverse("register:results"), query)
    return sorted(
        (str(row.record.day), row.record.metric.code, row.record.subject.label)
        for row in page.context["table"].rows
    )


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("yesterday", "2026-03-30", "2026-03-30"),
        ("7days", "2026-03-24", "2026-03-30"),
        ("month", "2026-03-01", "2026-03-31"),
        ("prev_month", "2026-02-01", "2026-02-28"),
        ("year", "2026-01-01", "2026-03-31"),
    ],
)
def test_a_period_is_named(name: str, first: str, last: str) -> None:
    span = named_span(name, DAY)
    assert span is not None
    assert [str(day) for day in span] == [first, last]


def test_several_metrics_and_a_period(
    files: Source, head: User, client_of: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = subject(files, "A")
    put(
        files,
        ("clicks", dt.date(2026, 3, 1), about, "1"),
        ("impressions", dt.date(2026, 3, 30), about, "1"),
        ("leads", dt.date(2026, 3, 30), about, "1"),
        ("clicks", dt.date(2026, 2, 3), about, "1"),
    )
    client = client_of(head)
    two = {"metric": ["clicks", "impressions"]}
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: DAY)
    assert [row[1] for row in found(client, period="yesterday", **two)] == ["impressions"]
    assert [row[0] for row in found(client, period="prev_month", **two)] == ["2026-02-03"]
    assert len(found(client, period="year", **two)) == 3
    # Nothing asked for: the last 31 days with figures; dates without a name are own dates.
    assert len(found(client, **two)) == 2
    assert len(found(client, first="2026-02-01", last="2026-02-28")) == 1
    assert found(client, period="own", first="2026-03-02", metric="clicks") == []


def test_subjects_come_with_what_is_in_them(files: Source, head: User, client_of: Open) -> None:
    top = subject(files, "Radio")
    put(
        files,
        ("clicks", DAY, top, "1"),
        ("clicks", DAY, subject(files, "Morning", top, "placement"), "1"),
        ("clicks", DAY, subject(files, "Board"), "1"),
    )
    client = client_of(head)
    assert [row[2] for row in found(client, q="radio")] == ["Morning", "Radio"]
    assert [row[2] for row in found(client, q="radio", parts="no")] == ["Radio"]
    assert [row[2] for row in found(client, kind="placement")] == ["Morning"]
    assert [row[2] for row in found(client, subject=top.uid)] == ["Morning", "Radio"]
    page = client.get(reverse("register:results"), {"subject": str(top.uid)}).content.decode()
    assert "Channel: Radio" in page


def test_quality_narrows(files: Source, head: User, client_of: Open) -> None:
    about = subject(files, "A")
    put(files, ("clicks", DAY, about, "1"), flags=int(Flag.PROVISIONAL | Flag.MANUAL))
    put(files, ("leads", DAY, about, "1"))
    client = client_of(head)
    assert [row[1] for row in found(client, flag="provisional")] == ["clicks"]
    assert [row[1] for row in found(client, flag="manual")] == ["clicks"]
    assert found(client, flag="sampled") == []


def test_a_changed_row_leads_to_its_history(files: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    for visits in (10, 12):
        load(client, upload(head, files, f"Дата;Визиты\n01.02.2026;{visits}\n".encode()))
    load(client, upload(head, files, "Дата;Визиты\n02.02.2026;5\n".encode()))
    page = client.get(reverse("register:results"))
    assert [row.record.is_restated for row in page.context["table"].rows] == [False, True]
    (link,) = [
        part.split('"')[1]
        for part in page.content.decode().split("href=")
        if part.startswith('"' + reverse("register:revisions") + "?metric=")
    ]
    query = parse_qs(urlsplit(link.replace("&amp;", "&")).query)
    assert query["first"] == query["last"] == ["2026-02-01"]
    history = client.get(link.replace("&amp;", "&")).context["table"]
    assert [(row.record.old_value, row.record.new_value) for row in history.rows] == [(10, 12)]


def test_an_htmx_request_gets_the_list_alone(files: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    for name in ("results", "pivot", "revisions"):
        part = client.get(
            reverse(f"register:{name}"), headers={"HX-Request": "true", "HX-Target": "list"}
        ).content.decode()
        assert 'id="list"' in part, name
        assert "<html" not in part, name
