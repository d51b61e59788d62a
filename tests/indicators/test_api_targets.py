"""Targets over the API: the rules of the page hold for programs too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from kpis.indicators.models import Kpi, Target
from staff.accounts.models import AuditEvent, User
from tests.api import assert_described, code_of, program, send
from tests.factories import Tree
from tests.indicators.test_target_set import close

ALL = "/api/v1/targets/"
ORDERS = "/api/v1/targets/orders/2027-01/"
JANUARY = dt.date(2027, 1, 1)


@pytest.fixture
def bi(head: User) -> Client:
    return program(head)


def listed(client: Client, **asked: str) -> Any:
    answer = client.get(ALL, asked)
    assert answer.status_code == 200, answer.content
    assert_described(answer.json(), "targets_list")
    return answer.json()


def test_a_target_is_set_and_set_again(bi: Client, tree: Tree) -> None:
    body = {"kpi": "orders", "month": "2027-01", "value": "100"}
    made = send(bi, "post", ALL, body)
    assert made.status_code == 201, made.content
    assert_described(made.json(), "targets_create", 201)
    assert made.json()["value"] == "100"
    assert made.json()["scope"] == str(tree.department.uid)
    again = send(bi, "post", ALL, body)
    assert (again.status_code, again.json()["uid"]) == (200, made.json()["uid"])
    changed = send(bi, "put", ORDERS, {"value": "120.5", "reason": "A new season"})
    assert changed.status_code == 201
    assert_described(changed.json(), "targets_update", 201)
    assert list(Target.objects.order_by("pk").values_list("value", flat=True)) == [
        100,
        Decimal("120.5"),
    ]


def test_both_edges_of_a_corridor_are_set(bi: Client) -> None:
    Kpi.objects.filter(code="orders").update(better="corridor")
    half = send(bi, "put", ORDERS, {"value": "90"})
    assert code_of(half) == (422, "half_corridor")
    made = send(bi, "put", ORDERS, {"value": "90", "upper": "110"})
    assert made.status_code == 201, made.content
    assert_described(made.json(), "targets_update", 201)
    assert (made.json()["value"], made.json()["upper"]) == ("90", "110")


def test_milestones_are_set_and_stay_when_left_out(bi: Client) -> None:
    Kpi.objects.filter(code="orders").update(plan_method="milestones")
    steps = [{"day": "2027-01-10", "due": "40"}, {"day": "2027-01-31", "due": "100"}]
    made = send(bi, "put", ORDERS, {"value": "100", "milestones": steps})
    assert made.status_code == 201, made.content
    assert_described(made.json(), "targets_update", 201)
    assert made.json()["milestones"] == steps
    raised = send(bi, "put", ORDERS, {"value": "120", "reason": "A fair"})
    assert raised.json()["milestones"] == steps
    low = send(bi, "put", ORDERS, {"value": "90", "reason": "No fair"})
    assert code_of(low) == (422, "milestones")
    bare = send(bi, "put", ORDERS, {"value": "90", "milestones": [], "reason": "No fair"})
    assert bare.json()["milestones"] == []


def test_the_trail_names_the_person_and_the_token(bi: Client, head: User) -> None:
    send(bi, "put", ORDERS, {"value": "100"})
    event = AuditEvent.objects.get(action="indicators.target.set")
    assert event.actor == head
    assert event.where == f"PUT {ORDERS} · {head.api_tokens.get().prefix}"


def test_a_change_needs_its_reason(bi: Client) -> None:
    send(bi, "put", ORDERS, {"value": "100"})
    answer = send(bi, "put", ORDERS, {"value": "120"})
    assert code_of(answer) == (422, "reason_required")
    assert set(answer.json()["error"]["fields"]) == {"reason"}


def test_a_closed_month_stays(bi: Client, head: User, tree: Tree) -> None:
    send(bi, "put", ORDERS, {"value": "100"})
    close(head, tree, JANUARY)
    answer = send(bi, "put", ORDERS, {"value": "120", "reason": "Too late"})
    assert code_of(answer) == (409, "month_closed")
    assert Target.objects.get().value == 100


def test_null_withdraws_a_target(bi: Client) -> None:
    send(bi, "put", ORDERS, {"value": "100"})
    gone = send(bi, "put", ORDERS, {"value": None, "reason": "The shop is closed"})
    assert (gone.status_code, gone.json()["value"]) == (201, None)
    never = send(bi, "put", "/api/v1/targets/orders/2027-02/", {"value": None})
    assert code_of(never) == (422, "invalid")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"value": 100}, "value"),
        ({"value": "NaN"}, "value"),
        ({"value": "1e400"}, "value"),
        ({"value": "many"}, "value"),
        ({"value": "-1"}, "value"),
        ({"value": "1.1234567"}, "value"),
        ({"month": "2027-13"}, "month"),
        ({"month": "2027-01-15"}, "month"),
        ({"kpi": ""}, "kpi"),
        ({"reason": "x" * 251}, "reason"),
        ({"reason": "a\x00b"}, "reason"),
    ],
)
def test_what_is_no_target_is_refused_by_its_field(
    bi: Client, changes: dict[str, object], field: str
) -> None:
    body = {"kpi": "orders", "month": "2027-01", "value": "100"} | changes
    answer = send(bi, "post", ALL, body)
    assert code_of(answer) == (422, "invalid")
    assert set(answer.json()["error"]["fields"]) == {field}
    assert not Target.objects.exists()


def test_what_is_not_there_is_not_there(bi: Client, other_tree: Tree) -> None:
    body = {"kpi": "orders", "month": "2027-01", "value": "100"}
    foreign = send(bi, "post", ALL, body | {"scope": str(other_tree.department.uid)})
    assert code_of(foreign) == (404, "not_found")
    assert code_of(send(bi, "post", ALL, body | {"kpi": "odrers"})) == (404, "not_found")
    wrong = send(bi, "put", "/api/v1/targets/orders/january/", {"value": "1"})
    assert code_of(wrong)[0] == 422
    assert not Target.objects.exists()


def test_a_body_that_is_no_object_is_refused(bi: Client) -> None:
    for body in ("[]", '"text"', "5", "null", '{"kpi": ["orders"]}'):
        answer = bi.post(ALL, data=body, content_type="application/json")
        assert code_of(answer) == (422, "invalid"), body


def test_only_those_who_may_set_targets_by_hand_set_them(
    director: User, direction_head: User, tree: Tree
) -> None:
    for user in (director, direction_head):
        answer = send(program(user), "put", ORDERS, {"value": "100"})
        assert code_of(answer) == (403, "forbidden")
    assert not Target.objects.exists()


def test_the_list_has_what_holds_and_on_request_what_held(
    bi: Client, tree: Tree, other_tree: Tree, outsider: User
) -> None:
    send(bi, "put", ORDERS, {"value": "100"})
    send(bi, "put", ORDERS, {"value": "120", "reason": "A new season"})
    send(bi, "put", "/api/v1/targets/revenue/2027-03/", {"value": "5"})
    send(program(outsider), "put", ORDERS, {"value": "7"})
    values = [(row["kpi"], row["value"]) for row in listed(bi)["results"]]
    assert values == [("orders", "120"), ("revenue", "5")]
    assert len(listed(bi, history="true")["results"]) == 3
    assert len(listed(bi, kpi="orders")["results"]) == 1
    assert len(listed(bi, **{"from": "2027-02"})["results"]) == 1
    assert len(listed(bi, to="2027-02")["results"]) == 1
    assert listed(bi, scope=str(tree.a.uid))["results"] == []
    foreign = bi.get(ALL, {"scope": str(other_tree.department.uid)})
    assert code_of(foreign) == (404, "not_found")


def test_a_long_list_comes_in_pages(
    bi: Client, head: User, tree: Tree, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    orders = Kpi.objects.get(code="orders")
    Target.objects.bulk_create(
        Target(
            kpi=orders,
            scope=tree.department.scope,
            month=dt.date(2010 + number // 12, number % 12 + 1, 1),
            value=number,
            author=head,
        )
        for number in range(25)
    )
    found: list[str] = []
    address: str | None = f"{ALL}?page_size=10"
    while address:
        with django_assert_max_num_queries(12):
            body = bi.get(address).json()
        found += [row["value"] for row in body["results"]]
        address = body["next"]
    assert found == [str(number) for number in range(25)]
    for wrong in ("x", "bnVsbA", "WzFd..", "W10"):
        assert code_of(bi.get(ALL, {"cursor": wrong})) == (422, "invalid")
    for size in ("0", "1001", "-5", "ten"):
        assert code_of(bi.get(ALL, {"page_size": size})) == (422, "invalid")
