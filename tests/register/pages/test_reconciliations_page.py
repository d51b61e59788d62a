"""Comparing with the cabinet by the pages: live total, verdict, signing, what has changed since."""

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

from kpis.register.models import Metric, Reconciliation, Source
from kpis.register.services.reconciliations import reconciliation_add
from staff.accounts.models import User
from tests.factories import Tree, make_user
from tests.register.pages.figures import put, subject

pytestmark = pytest.mark.django_db
Open = Callable[[User], Client]
DAYS = {"first_day": "2026-02-01", "last_day": "2026-02-28"}
LIST, NEW = "/register/comparisons/", "/register/comparisons/new/"


@pytest.fixture
def figures(files: Source) -> Source:
    about = subject(files, "A")
    put(
        files,
        ("clicks", dt.date(2026, 2, 1), about, "600"),
        ("clicks", dt.date(2026, 2, 2), about, "400"),
        ("users", dt.date(2026, 2, 1), about, "5"),
    )
    return files


def typed(source: Source, cabinet: str = "1005", **more: Any) -> dict[str, Any]:
    base = {"source": str(source.uid), "metric": "clicks", "cabinet": cabinet, "tolerance": "1"}
    return base | DAYS | more


def compare(head: User, source: Source, cabinet: str, note: str = "") -> Reconciliation:
    return reconciliation_add(
        actor=head,
        source=source,
        metric=Metric.objects.get(code="clicks"),
        first=dt.date(2026, 2, 1),
        last=dt.date(2026, 2, 28),
        cabinet=Decimal(cabinet),
        note=note,
    )


def test_ours_is_told_while_typing(figures: Source, head: User, client_of: Open) -> None:
    client, url = client_of(head), reverse("register:reconciliation-ours")

    def said(**query: Any) -> str:
        return client.get(url, query).content.decode()

    assert "Choose a source" in said()
    assert "Choose a source" in said(source="nonsense", metric="x", first_day="y")
    text = said(**typed(figures, "1 005,5"))
    assert "1,000" in text
    assert "−5.5" in text
    assert "agrees" in text
    assert "beyond the tolerance" in said(**typed(figures, "1100"))
    assert "1,000" in said(**typed(figures, "")), "without the cabinet's figure, too"
    assert "does not add up over days" in said(**typed(figures, metric="users"))
    assert "no figures" in said(**typed(figures, first_day="2026-02-10"))
    assert "end is before" in said(**typed(figures, last_day="2026-01-01"))


def test_it_is_compared_and_signed(figures: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    answer = client.post(NEW, typed(figures, "1 005"))
    row = Reconciliation.objects.get()
    assert answer["Location"] == row.get_absolute_url()
    assert [row.ours, row.cabinet, row.tolerance] == [1000, 1005, 100]
    page = client.get(row.get_absolute_url())
    assert page.context["may_sign"]
    assert client.post(row.get_absolute_url(), {"note": ""}).status_code == 302
    row.refresh_from_db()
    assert row.signed_by == head
    page = client.get(row.get_absolute_url())
    assert not page.context["may_sign"]
    again = client.post(row.get_absolute_url(), {"note": "x"})
    assert again.status_code == 422
    assert "signed already" in again.content.decode()


def test_beyond_the_tolerance_it_asks_why(figures: Source, head: User, client_of: Open) -> None:
    client, row = client_of(head), compare(head, figures, "2000")
    page = client.post(row.get_absolute_url(), {"note": " "})
    assert page.status_code == 422
    assert page.context["form"].errors["note"] == ["Beyond the tolerance: explain the difference."]
    assert client.post(row.get_absolute_url(), {"note": "VAT"}).status_code == 302
    page = client.get(LIST)
    assert [line.record.verdict for line in page.context["table"].rows] == ["explained"]


def test_what_has_changed_since_is_offered_anew(
    figures: Source, head: User, client_of: Open
) -> None:
    client, row = client_of(head), compare(head, figures, "1000")
    put(figures, ("clicks", dt.date(2026, 2, 3), subject(figures, "B"), "7"))
    page = client.get(row.get_absolute_url())
    text = page.content.decode()
    assert "The register has changed since." in text
    assert "1,007" in text
    assert not page.context["may_sign"]
    assert client.post(row.get_absolute_url(), {"note": "x"}).status_code == 422
    anew = client.get(page.context["anew_url"])
    form = anew.context["form"]
    assert [form[name].value() for name in ("metric", "first_day", "cabinet")] == [
        "clicks",
        "2026-02-01",
        "1000",
    ]
    assert "1,007" in anew.content.decode()


def test_wrong_values_stay_in_the_form(figures: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    for more in ({"metric": "users"}, {"last_day": "2026-01-01"}, {"tolerance": "-1"}):
        page = client.post(NEW, typed(figures, **more))
        assert page.status_code == 422, more
        assert page.context["form"]["cabinet"].value() == "1005"
    assert not Reconciliation.objects.exists()


def test_the_list_is_narrowed_and_exported(figures: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    compare(head, figures, "1000", note="=DANGER")
    compare(head, figures, "2000")

    def verdicts(**query: str) -> list[str]:
        return sorted(row.record.verdict for row in client.get(LIST, query).context["table"].rows)

    assert verdicts() == ["agrees", "differs"]
    assert verdicts(verdict="differs") == ["differs"]
    assert verdicts(signed="yes") == []
    assert verdicts(metric="clicks", source=str(figures.uid), signed="no") == ["agrees", "differs"]
    answer = client.get(LIST, {"_export": "csv", "sort": "cabinet"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[1].split(",")[1:10] == [
        "Reports",
        "Clicks",
        "1000",
        "1000",
        "0",
        "0.00",
        "1",
        "agrees",
        "",
    ]


def test_the_list_costs_the_same(figures: Source, head: User, client_of: Open) -> None:
    client = client_of(head)

    def cost() -> int:
        client.get(LIST)
        with CaptureQueriesContext(connection) as seen:
            client.get(LIST)
        return len(seen)

    compare(head, figures, "1000")
    one = cost()
    for number in range(19):
        compare(head, figures, str(number + 1))
    assert cost() == one


def test_rights(tree: Tree, figures: Source, head: User, outsider: User, client_of: Open) -> None:
    url = compare(head, figures, "1000").get_absolute_url()
    auditor = client_of(make_user("auditor", tree.department.scope))
    assert auditor.get(url).status_code == 200
    assert not auditor.get(url).context["may_sign"]
    assert auditor.post(url, {"note": ""}).status_code == 403
    assert auditor.get(NEW).status_code == 403
    assert auditor.get(reverse("register:reconciliation-ours")).status_code == 403
    stranger = client_of(outsider)
    assert stranger.get(url).status_code == 404
    assert stranger.post(url, {"note": ""}).status_code == 404
    assert stranger.post(NEW, typed(figures)).status_code == 422, "no such source for them"
    assert not Reconciliation.objects.exclude(signed_at=None).exists()
