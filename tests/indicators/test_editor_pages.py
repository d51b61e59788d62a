"""The KPI editor in the browser's eyes: the library, the form, the live preview."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kpis.indicators.models import Kpi
from kpis.indicators.services.kpis import KpiPlan, kpi_create
from staff.accounts.models import User
from tests.factories import Tree
from tests.indicators.test_pages_read import words

pytestmark = [pytest.mark.usefixtures("morning"), pytest.mark.django_db]
ClientOf = Callable[[User], Client]
TYPED: dict[str, Any] = {
    "code": "visits_per_order",
    "formula": "sessions / orders",
    "name_ru": "Визитов на заказ",
    "unit": "times",
    "decimals": "1",
    "better": "down",
    "section": "department",
    "level": "department",
    "plan_method": "none",
    "span": "period",
    "maturity_days": "0",
    "green_from": "100",
    "amber_from": "90,5",
    "cap": "120",
    "min_sample": "0",
    "position": "40",
    "weights": "",
    "meaning_ru": "Сколько визитов нужно",
}
HTMX = {"HX-Request": "true", "HX-Target": "trial"}


def test_the_library_is_searched_and_filtered(opened: Client, head: User, tree: Tree) -> None:
    archived = Kpi.objects.get(code="revenue")
    archived.archived_at = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    archived.save()

    page = words(opened, "/kpis/library/")
    assert "Average order" in page
    assert "Sessions" in page
    assert "Revenue revenue" not in page
    assert "Revenue revenue archived" in words(opened, "/kpis/library/?archived=only")
    found = words(opened, "/kpis/library/?q=media_cost")  # by what the formula holds
    assert "Sessions sessions" not in found
    assert "cost_per_order" in found
    assert "No row fits" in words(opened, "/kpis/library/?made=own")


def test_the_library_costs_the_same_for_more_rows(opened: Client, head: User, tree: Tree) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            opened.get("/kpis/library/")
        return len(seen)

    opened.get("/kpis/library/")
    before = queries()
    for number in range(20):
        Kpi.objects.create(
            code=f"own{number}", name_ru=f"Свой {number}", unit="count", better="up",
            plan_method="calendar", owner=head,
        )  # fmt: skip
    assert queries() == before


@pytest.mark.usefixtures("filled")
def test_a_kpi_is_made_in_the_form(opened: Client) -> None:
    response = opened.post("/kpis/library/new/", TYPED)

    assert response.status_code == 302, response.content.decode()
    kpi = Kpi.objects.get(code="visits_per_order")
    assert response["Location"] == "/kpis/library/visits_per_order/edit/"
    assert str(kpi.amber_from) == "0.9050"
    assert kpi.meaning == {"ru": "Сколько визитов нужно"}
    page = words(opened, "/kpis/library/visits_per_order/edit/")
    assert "sessions / orders" in page
    assert re.search(r"effective from [^·]*2026 · Head", page)
    assert "50.0 ×" in words(opened, kpi.get_absolute_url())


def test_a_new_kpi_begins_with_the_usual_thresholds(opened: Client) -> None:
    form = opened.get("/kpis/library/new/").content.decode()
    for name, percent in (("green_from", "100"), ("amber_from", "90"), ("cap", "120")):
        assert re.search(rf'name="{name}" value="{percent}"', form), name


@pytest.mark.usefixtures("filled")
def test_nothing_typed_is_lost_when_the_formula_is_refused(opened: Client) -> None:
    response = opened.post("/kpis/library/new/", {**TYPED, "formula": "sesions / orders"})

    text = response.content.decode()
    assert response.status_code == 422
    assert "Perhaps sessions" in text
    assert "sesions / orders" in text
    assert "Сколько визитов нужно" in text
    assert not Kpi.objects.filter(code="visits_per_order").exists()


@pytest.mark.usefixtures("filled")
def test_the_preview_follows_what_is_typed(opened: Client) -> None:
    """250 sessions over 5 orders a day in November; 200 over 5 in the twelve months before."""
    response = opened.post("/kpis/library/preview/", TYPED, headers=HTMX)

    text = " ".join(response.content.decode().split()).replace("\u00a0", " ")
    assert "Sessions ÷ Orders" in text
    assert '<span class="num">50.0 ×</span>' in text
    assert '<span class="num">40.0 ×</span>' in text
    assert text.count("<dt>") == 13
    assert "22 days" in text
    assert "<svg" in text


@pytest.mark.usefixtures("filled")
def test_the_preview_shows_the_place_of_the_mistake(opened: Client) -> None:
    def preview(formula: str) -> str:
        typed = {**TYPED, "formula": formula}
        response = opened.post("/kpis/library/preview/", typed, headers=HTMX)
        assert response.status_code == 200
        return response.content.decode()

    assert "orders / <mark>s</mark>esions" in preview("orders / sesions")
    assert "orders /<mark>…</mark>" in preview("orders /")
    assert "<mark>&lt;</mark>script&gt;" in preview("orders <script>")
    assert "Write a formula" in preview(" ")
    assert "no data" in preview("leads / orders")
    assert "The formula gives" in preview("orders")


@pytest.mark.usefixtures("filled")
def test_the_preview_button_saves_nothing(opened: Client) -> None:
    response = opened.post("/kpis/library/new/", {**TYPED, "preview": "1"})

    assert response.status_code == 200
    assert "50.0" in response.content.decode()
    assert not Kpi.objects.filter(code="visits_per_order").exists()


@pytest.mark.usefixtures("filled")
def test_a_new_version_of_a_formula(opened: Client) -> None:
    page = "/kpis/library/conversion/formula/"
    assert "orders / sessions" in words(opened, page)
    typed = {"formula": "orders / nullif(sessions, 0)", "valid_from": "2026-12", "reason": "Why"}

    assert opened.post(page, {**typed, "preview": "1"}).status_code == 200
    assert opened.post(page, {**typed, "reason": ""}).status_code == 422
    assert opened.post(page, {**typed, "valid_from": "2026-10"}).status_code == 422
    assert opened.post(page, typed).status_code == 302
    newest = Kpi.objects.get(code="conversion").versions.latest("valid_from")
    assert (newest.formula, newest.valid_from) == (typed["formula"], dt.date(2026, 12, 1))


@pytest.mark.usefixtures("filled")
def test_the_second_editor_sees_it_in_the_form(opened: Client) -> None:
    page = "/kpis/library/orders/edit/"
    typed = {key: value for key, value in TYPED.items() if key not in ("code", "formula")}
    typed |= {"unit": "count", "name_ru": "Заказы отдела", "edits": "0"}
    assert opened.post(page, typed).status_code == 302

    response = opened.post(page, {**typed, "name_ru": "Другое"})

    assert response.status_code == 422
    assert "Somebody else has changed this KPI" in response.content.decode()
    assert "Другое" in response.content.decode()
    assert Kpi.objects.get(code="orders").name_ru == "Заказы отдела"


@pytest.mark.usefixtures("filled")
def test_put_away_and_deleted_from_the_page(opened: Client, head: User, tree: Tree) -> None:
    opened.post("/kpis/library/orders/archive/")
    assert Kpi.objects.get(code="orders").is_archived
    assert "Restore" in words(opened, "/kpis/library/orders/edit/")
    opened.post("/kpis/library/orders/archive/", {"restore": "1"})
    assert not Kpi.objects.get(code="orders").is_archived

    response = opened.post("/kpis/library/orders/delete/", follow=True)
    assert "it can be archived, not deleted" in response.content.decode()
    kpi_create(
        actor=head, scope=tree.department.scope, code="own", formula="orders",
        plan=KpiPlan({"name_ru": "Своё", "unit": "count", "better": "up", "plan_method": "none"}),
        today=dt.date(2026, 11, 23),
    )  # fmt: skip
    opened.post("/kpis/library/own/delete/")
    assert not Kpi.objects.filter(code="own").exists()


def test_who_may_edit(
    client_of: ClientOf, direction_head: User, outsider: User, tree: Tree
) -> None:
    reader = client_of(direction_head)
    assert reader.get("/kpis/library/").status_code == 200
    for address in ("/kpis/library/new/", "/kpis/library/orders/edit/"):
        assert reader.get(address).status_code == 403
    assert reader.post("/kpis/library/preview/", TYPED).status_code == 403
    assert reader.post("/kpis/library/orders/delete/").status_code == 403
    foreign = client_of(outsider)
    page = f"/kpis/library/orders/edit/?department={tree.department.uid}"
    assert foreign.get(page).status_code == 404
