"""KPIs over the API: definitions, values with their explanation, series, other people's scopes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from kpis.indicators.models import Kpi
from kpis.indicators.services.targets import target_set
from kpis.register.models import Source
from staff.accounts.models import User
from tests.api import assert_described, code_of, program
from tests.factories import Tree

pytestmark = pytest.mark.usefixtures("filled")
NOVEMBER = dt.date(2026, 11, 1)
Queries = Callable[[int], Any]


@pytest.fixture
def bi(head: User) -> Client:
    return program(head)


def value(client: Client, code: str, **asked: str) -> Any:
    answer = client.get(f"/api/v1/kpis/{code}/value/", asked)
    assert answer.status_code == 200, answer.content
    assert_described(answer.json(), "kpis_value")
    return answer.json()


def series(client: Client, code: str, **asked: str) -> Any:
    answer = client.get(f"/api/v1/kpis/{code}/series/", asked)
    assert answer.status_code == 200, answer.content
    assert_described(answer.json(), "kpis_series")
    return answer.json()


def test_kpis_are_listed_with_their_formulas(bi: Client) -> None:
    body = bi.get("/api/v1/kpis/").json()
    assert_described(body, "kpis_list")
    formulas = {row["code"]: row["formula"] for row in body["results"]}
    assert formulas["conversion"] == "orders / sessions"
    assert body["next"] is None


def test_an_archived_kpi_is_not_listed(bi: Client, morning: dt.date) -> None:
    archived = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    Kpi.objects.filter(code="orders").update(archived_at=archived)
    codes = {row["code"] for row in bi.get("/api/v1/kpis/").json()["results"]}
    assert "orders" not in codes
    assert bi.get("/api/v1/kpis/orders/").json()["is_archived"] is True


def test_a_definition_has_its_versions(bi: Client) -> None:
    body = bi.get("/api/v1/kpis/conversion/").json()
    assert_described(body, "kpis_read")
    assert body["metrics"] == ["orders", "sessions"]
    assert [version["formula"] for version in body["versions"]] == ["orders / sessions"]
    assert code_of(bi.get("/api/v1/kpis/conversoin/")) == (404, "not_found")


def test_a_value_explains_itself(bi: Client, head: User, tree: Tree) -> None:
    orders = Kpi.objects.get(code="orders")
    target_set(
        actor=head, scope=tree.department.scope, kpi=orders, month=NOVEMBER, value=Decimal(150)
    )
    found = value(bi, "orders", **{"from": "2026-11-01", "to": "2026-11-30"})
    assert found["period"]["grain"] == "month"
    assert (found["fact"]["value"], found["fact"]["state"]) == ("110", "preliminary")
    assert found["fact"]["parts"][0]["metric"] == "orders"
    assert found["plan"] == {"value": "150", "reason": None}
    assert found["plan_to_date"]["value"] == "110"
    assert (found["attainment"]["percent"], found["attainment"]["lamp"]) == ("100.0", "green")
    assert found["forecast"] | {"attainment": None} == {
        "value": "150",
        "reason": None,
        "method": "flow",
        "attainment": None,
    }
    assert found["targets"][0]["author"] == str(head)
    assert found["scope"]["uid"] == str(tree.department.uid)


def test_numbers_are_text_and_missing_ones_have_a_reason(bi: Client) -> None:
    found = value(bi, "average_order", **{"from": "2024-03-01"})
    assert found["fact"]["value"] is None
    assert found["fact"]["reason"] == "no_data"
    assert found["plan"] == {"value": None, "reason": "no_plan"}
    found = value(bi, "average_order", grain="quarter")
    assert (found["period"]["name"], found["fact"]["value"]) == ("2026-Q4", "2000")


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"from": "2026-11-05", "to": "2026-11-01"}, "to"),
        ({"to": "2026-11-01"}, "from"),
        ({"from": "yesterday"}, "from"),
        ({"grain": "decade"}, "grain"),
        ({"grain": "custom"}, "to"),
        ({"from": "2026-11-02", "to": "2026-11-30", "grain": "month"}, "grain"),
    ],
)
def test_what_makes_no_period_is_refused_by_its_field(
    bi: Client, asked: dict[str, str], field: str
) -> None:
    answer = bi.get("/api/v1/kpis/orders/value/", asked)
    assert code_of(answer) == (422, "invalid")
    assert set(answer.json()["error"]["fields"]) == {field}


def test_a_series_has_a_point_for_every_period(bi: Client) -> None:
    found = series(bi, "orders", **{"from": "2026-09-10", "to": "2026-12-01"})
    points = [(point["name"], point["fact"]["value"]) for point in found["points"]]
    assert points == [
        ("2026-09", "150"),
        ("2026-10", "155"),
        ("2026-11", "110"),
        ("2026-12", None),
    ]
    assert found["points"][-1]["fact"]["reason"] == "not_started"
    assert len(series(bi, "orders")["points"]) == 12


def test_a_series_agrees_with_the_values(bi: Client) -> None:
    asked = {"from": "2026-10-01", "to": "2026-11-22", "grain": "week"}
    for point in series(bi, "conversion", **asked)["points"]:
        one = value(bi, "conversion", **{"from": point["from"], "to": point["to"]})
        assert one["fact"]["value"] == point["fact"]["value"]
        assert one["period"]["name"] == point["name"]


def test_too_long_a_series_is_refused(bi: Client) -> None:
    asked = {"from": "2020-01-01", "to": "2026-01-01", "grain": "day"}
    assert code_of(bi.get("/api/v1/kpis/orders/series/", asked)) == (422, "invalid")
    asked["grain"] = "custom"
    assert code_of(bi.get("/api/v1/kpis/orders/series/", asked)) == (422, "invalid")


def test_a_longer_series_costs_no_more_queries(
    bi: Client, django_assert_max_num_queries: Queries
) -> None:
    for first in ("2026-11-20", "2026-01-01"):
        with django_assert_max_num_queries(18):
            series(bi, "conversion", **{"from": first, "to": "2026-11-22", "grain": "day"})
    with django_assert_max_num_queries(22):
        value(bi, "conversion", grain="year")


# --- whose figures -------------------------------------------------------------------------------
def test_scopes_are_those_of_the_person(
    bi: Client, specialist: User, tree: Tree, other_tree: Tree
) -> None:
    body = bi.get("/api/v1/scopes/").json()
    assert_described(body, "scopes_list")
    assert [row["name"] for row in body["results"]] == ["Marketing", "A", "B", "C"]
    assert {row["company"] for row in body["results"]} == {"Alpha"}
    narrow = program(specialist).get("/api/v1/scopes/").json()["results"]
    assert [row["name"] for row in narrow] == ["Marketing", "A"]


def test_another_companys_scope_is_not_there(
    bi: Client, specialist: User, tree: Tree, other_tree: Tree
) -> None:
    for address in ("/api/v1/kpis/orders/value/", "/api/v1/kpis/orders/series/"):
        for uid in (other_tree.department.uid, other_tree.a.uid, "nonsense"):
            assert code_of(bi.get(address, {"scope": str(uid)})) == (404, "not_found")
        foreign = program(specialist, name=address).get(address, {"scope": str(tree.b.uid)})
        assert code_of(foreign) == (404, "not_found")


def test_several_departments_ask_for_one(auditor: User, tree: Tree, other_tree: Tree) -> None:
    client = program(auditor)
    assert code_of(client.get("/api/v1/kpis/orders/value/")) == (422, "ambiguous")
    assert value(client, "orders", scope=str(tree.department.uid))["fact"]["value"] == "110"
    other = value(client, "orders", scope=str(other_tree.department.uid))
    assert other["fact"]["reason"] == "no_data"


def test_a_direction_has_its_own_figures(bi: Client, source: Source, tree: Tree) -> None:
    found = value(bi, "orders", scope=str(tree.a.uid))
    assert (found["scope"]["kind"], found["fact"]["reason"]) == ("direction", "no_data")
