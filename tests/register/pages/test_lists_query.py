"""Lists cost the same with 1 and with 20 rows; filters, exports, search and the model audit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.shell.search import search
from departments.structure.audit_registry import State as Found
from kpis.register.model_audit import accounting_systems
from kpis.register.models import Source
from kpis.register.models.run import State
from staff.accounts.models import User
from tests.factories import Tree
from tests.register import rows
from tests.register.pages.helpers import SMALL, load, upload

pytestmark = pytest.mark.django_db
Open = Callable[[User], Client]
Day = dt.date


def queries(client: Client, url: str) -> int:
    client.get(url)  # what is kept for later is kept now
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_sources_cost_the_same(tree: Tree, head: User, client_of: Open) -> None:
    def add(number: int) -> None:
        source = rows.matomo_source(head, tree.department.scope, f"Site {number}")
        piece = ("visits", Day(2026, 1, 1), Day(2026, 1, 2), State.DONE, 2)
        rows.make_run(source, state=State.DONE, slices=[piece])
        rows.make_run(source, slices=[piece])

    client, url = client_of(head), reverse("register:source-list")
    add(0)
    one = queries(client, url)
    for number in range(1, 20):
        add(number)
    assert queries(client, url) == one


def test_imports_and_results_cost_the_same(files: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    load(client, upload(head, files, "Дата;Визиты\n01.02.2026;10\n".encode()))
    urls = [reverse("register:import-list"), reverse("register:results") + "?metric=sessions"]
    one = [queries(client, url) for url in urls]
    days = "".join(f"{day:02}.02.2026;10\n" for day in range(1, 25))
    load(client, upload(head, files, f"Дата;Визиты\n{days}".encode()))
    for number in range(18):
        upload(head, files, f"Дата;Визиты\n01.02.2026;{number}\n".encode())
    assert [queries(client, url) for url in urls] == one


def test_results_are_filtered_by_the_address(files: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    load(client, upload(head, files, SMALL.encode()))
    url = reverse("register:results")

    def found(**query: Any) -> list[tuple[str, str]]:
        table = client.get(url, query).context["table"]
        return [(str(row.record.day), row.record.metric.code) for row in table.rows]

    assert len(found()) == 4
    assert found(metric="sessions") == [("2026-02-02", "sessions"), ("2026-02-01", "sessions")]
    assert found(metric="sessions", first="2026-02-02") == [("2026-02-02", "sessions")]
    assert found(counted="no") == []
    assert len(found(source=files.uid, last="2026-02-01")) == 2
    assert found(scope=files.uid) == []
    page = client.get(url, {"metric": "sessions"}).content.decode()
    assert "In all, 2 days" in page
    assert "2,100" in page


def test_results_are_exported(files: Source, head: User, client_of: Open) -> None:
    client = client_of(head)
    load(client, upload(head, files, SMALL.encode()))
    answer = client.get(reverse("register:results"), {"metric": "sessions", "_export": "csv"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Day,Metric,Subject,Source,Value")
    assert lines[1].split(",")[4] == "900"


def test_results_of_others_are_not_there(
    files: Source, head: User, outsider: User, client_of: Open
) -> None:
    load(client_of(head), upload(head, files, SMALL.encode()))
    table = client_of(outsider).get(reverse("register:results")).context["table"]
    assert len(table.rows) == 0


def test_search_finds_sources_and_subjects_in_scope(
    files: Source, head: User, outsider: User, client_of: Open
) -> None:
    load(client_of(head), upload(head, files, SMALL.encode()))
    cache.clear()

    def kinds(user: User) -> set[str]:
        return {group.kind for group in search(user, "Repo", limit=5)}

    assert kinds(head) >= {"Source", "Subject"}
    assert not kinds(outsider) & {"Source", "Subject"}


def test_the_model_audit_reads_real_sources(
    tree: Tree, head: User, files: Source, client_of: Open
) -> None:
    found = accounting_systems(tree.department)
    assert found["A.R1"].state == Found.MISSING
    assert found["A.R1"].url == reverse("register:source-kinds")
    assert found["A.O11"].state == Found.EMPTY
    load(client_of(head), upload(head, files, SMALL.encode()))
    found = accounting_systems(tree.department)
    assert found["A.R2"].state == Found.PRESENT  # the file has costs of advertising
    assert found["A.R3"].state == Found.MISSING
    assert found["A.O11"].state == Found.PRESENT
    site = rows.matomo_source(head, tree.department.scope)
    Source.objects.filter(pk=site.pk).update(
        state=Source.State.ATTENTION, attention={"en": "Token expired", "ru": "Токен истёк"}
    )
    found = accounting_systems(tree.department)
    for code in ("A.R3", "B.R1", "C.R2"):
        assert found[code].state == Found.OVERDUE
        assert "Token expired" in str(found[code].detail)


def test_the_model_audit_does_not_see_other_departments(
    tree: Tree, other_tree: Tree, head: User, files: Source, client_of: Open
) -> None:
    load(client_of(head), upload(head, files, SMALL.encode()))
    assert accounting_systems(other_tree.department)["A.R2"].state == Found.MISSING
