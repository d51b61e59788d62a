"""The journal of restatements: what was, what became of it, by whom; only of one's own sources."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kpis.register.models import Source
from staff.accounts.models import User
from tests.register.pages.helpers import load, upload

pytestmark = pytest.mark.django_db
Open = Callable[[User], Client]
HEADER = "Дата;Визиты;Расход, руб.\n"


@pytest.fixture
def restated(files: Source, head: User, client_of: Open) -> Client:
    """Visits of the 1st grow by 10 %, those of the 2nd from nothing; the cost of the 3rd goes."""
    client = client_of(head)
    first = "01.02.2026;100;10\n02.02.2026;0;20\n03.02.2026;5;30\n"
    second = "01.02.2026;110;10\n02.02.2026;3;20\n03.02.2026;5;\n"
    for text in (first, second):
        load(client, upload(head, files, (HEADER + text).encode()))
    return client


def days(client: Client, **query: Any) -> list[str]:
    table = client.get(reverse("register:revisions"), query).context["table"]
    return sorted(str(row.record.day) for row in table.rows)


def test_it_shows_both_figures(restated: Client, files: Source) -> None:
    page = restated.get(reverse("register:revisions"))
    lines = {
        str(row.record.day): (
            row.get_cell("old_value"),
            row.get_cell("new_value"),
            row.get_cell("difference"),
            row.get_cell("ratio"),
        )
        for row in page.context["table"].rows
    }
    assert lines["2026-02-01"] == ("100", "110", "+10", "+10.0%")
    assert lines["2026-02-02"] == ("0", "3", "+3", "—")
    assert lines["2026-02-03"][1:3] == ("withdrawn", "−30")
    assert f'href="{files.runs.latest("pk").get_absolute_url()}"' in page.content.decode()


def test_it_is_narrowed(restated: Client, files: Source) -> None:
    assert len(days(restated)) == 3
    assert days(restated, size="25") == ["2026-02-02", "2026-02-03"]
    assert days(restated, size="10") == ["2026-02-01", "2026-02-02", "2026-02-03"]
    assert days(restated, withdrawn="yes") == ["2026-02-03"]
    assert days(restated, withdrawn="no", metric="sessions", last="2026-02-01") == ["2026-02-01"]
    assert len(days(restated, source=files.uid, q="repo")) == 3
    assert days(restated, q="nothing") == []
    assert days(restated, size="x", first="y")  # nonsense is said beside its field


def test_it_is_exported(restated: Client) -> None:
    answer = restated.get(reverse("register:revisions"), {"_export": "csv", "sort": "day"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Day,Metric,Subject,Source,Was,Became,Difference")
    assert lines[1].split(",")[4:8] == ["100", "110", "10", "10.0"]
    assert lines[3].split(",")[5] == "withdrawn"


def test_others_do_not_see_it(restated: Client, outsider: User, client_of: Open) -> None:
    assert days(client_of(outsider)) == []


def test_it_costs_the_same(restated: Client, files: Source, head: User) -> None:
    def cost() -> int:
        restated.get(reverse("register:revisions"))
        with CaptureQueriesContext(connection) as seen:
            restated.get(reverse("register:revisions"))
        return len(seen)

    three = cost()
    for value in (1, 2):
        text = "".join(f"{day:02}.03.2026;{value};\n" for day in range(1, 20))
        load(restated, upload(head, files, (HEADER + text).encode()))
    assert len(days(restated)) == 22
    assert cost() == three
