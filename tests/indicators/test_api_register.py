"""The register over the API: the vocabulary and rows, page by page."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from kpis.register.models import Metric, Result, Source, Subject
from staff.accounts.models import User
from tests.api import assert_described, code_of, program
from tests.factories import Tree
from tests.indicators.register import daily, fill, make_source

ROWS = "/api/v1/results/"
FIGURES = {
    "orders": daily(6, "01.11.2026", "05.11.2026"),
    "revenue": daily(900, "01.11.2026", "05.11.2026"),
}


def cursor(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


@pytest.fixture
def bi(head: User, source: Source) -> Client:
    """A program of the head; 5 days × 2 metrics × 3 subjects lie in the register."""
    fill(source, FIGURES, subjects=3)
    return program(head)


def listed(client: Client, **asked: str) -> Any:
    answer = client.get(ROWS, asked)
    assert answer.status_code == 200, answer.content
    assert_described(answer.json(), "results_list")
    return answer.json()


def test_the_vocabulary_says_how_a_metric_adds_up(bi: Client) -> None:
    body = bi.get("/api/v1/metrics/", {"page_size": "1000"}).json()
    assert_described(body, "metrics_list")
    assert {row["code"] for row in body["results"]} == set(
        Metric.objects.values_list("code", flat=True)
    )
    followers = next(row for row in body["results"] if row["code"] == "followers")
    assert followers["agg_time"] == "last"


def test_a_row_tells_where_it_came_from(bi: Client, source: Source) -> None:
    row = listed(bi, metric="revenue", to="2026-11-01")["results"][0]
    assert (row["day"], row["metric"], row["value"], row["currency"]) == (
        "2026-11-01",
        "revenue",
        "300",
        "RUB",
    )
    assert row["source"] == {"uid": str(source.uid), "name": "Reports"}
    assert row["answer"] is not None
    assert (row["counted"], row["restated"], row["file"]) == (True, False, None)


def test_rows_are_filtered(bi: Client, source: Source) -> None:
    subject = str(Subject.objects.order_by("pk")[0].uid)
    assert len(listed(bi)["results"]) == 30
    assert len(listed(bi, metric="orders")["results"]) == 15
    assert len(listed(bi, subject=subject)["results"]) == 10
    assert len(listed(bi, source=str(source.uid))["results"]) == 30
    assert len(listed(bi, **{"from": "2026-11-02", "to": "2026-11-03"})["results"]) == 12
    assert listed(bi, **{"from": "2026-12-01"})["results"] == []


@pytest.mark.parametrize("size", [1, 7, 30, 31])
def test_pages_together_are_the_whole_list(bi: Client, size: int) -> None:
    """No row is lost or told twice, however the pages fall."""
    whole = listed(bi, page_size="1000")["results"]
    found: list[Any] = []
    address: str | None = f"{ROWS}?page_size={size}"
    pages = 0
    while address:
        body = bi.get(address).json()
        assert len(body["results"]) <= size
        found += body["results"]
        address, pages = body["next"], pages + 1
    assert found == whole
    assert pages == -(-30 // size)


def test_a_filter_stays_over_the_pages(bi: Client) -> None:
    first = listed(bi, metric="orders", page_size="10")
    second = bi.get(first["next"]).json()
    assert {row["metric"] for row in second["results"]} == {"orders"}
    assert len(second["results"]) == 5


def test_a_row_that_came_between_pages_loses_none(bi: Client, source: Source) -> None:
    first = listed(bi, page_size="10")
    fill(source, {"orders": daily(6, "01.10.2026", "02.10.2026")}, subjects=3)
    rest = bi.get(first["next"], {}).json()["results"]
    told = {(row["day"], row["metric"], row["subject"]["uid"]) for row in first["results"]}
    assert not told & {(row["day"], row["metric"], row["subject"]["uid"]) for row in rest}


def test_more_rows_cost_no_more_queries(
    bi: Client, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    for size in ("1", "30"):
        with django_assert_max_num_queries(8):
            listed(bi, page_size=size)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"metric": "odrers"}, "metric"),
        ({"subject": "5"}, "subject"),
        ({"from": "1.11.2026"}, "from"),
        ({"from": "2026-11-05", "to": "2026-11-01"}, "to"),
        ({"cursor": cursor(1, 2, 3)}, "cursor"),
        ({"cursor": cursor(1, "2026-11-01", 10**30, 1)}, "cursor"),
        ({"cursor": cursor(1, "2026-11-01", -1, 1)}, "cursor"),
        ({"cursor": cursor(1, "2026-11-01", 1, "1; select")}, "cursor"),
        ({"cursor": cursor(1, "x", 1, 1)}, "cursor"),
        ({"page_size": "0"}, "page_size"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_its_field(
    bi: Client, asked: dict[str, str], field: str
) -> None:
    answer = bi.get(ROWS, asked)
    assert code_of(answer) == (422, "invalid")
    assert set(answer.json()["error"]["fields"]) == {field}


def test_another_companys_rows_are_not_there(
    bi: Client, outsider: User, other_tree: Tree, tree: Tree
) -> None:
    foreign = make_source(outsider, other_tree.department.scope, "Theirs")
    fill(foreign, {"orders": daily(1, "01.11.2026", "05.11.2026")})
    assert Result.objects.count() == 35
    assert {row["source"]["name"] for row in listed(bi)["results"]} == {"Reports"}
    assert code_of(bi.get(ROWS, {"source": str(foreign.uid)})) == (404, "not_found")
    subject = Subject.objects.get(scope=other_tree.department.scope)
    assert code_of(bi.get(ROWS, {"subject": str(subject.uid)})) == (404, "not_found")
