"""Pages of alerts and of notes: lists, forms, answers in place, who may."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kpis.indicators.models import AlertEvent, AlertMail, AlertRule, Annotation, Kpi
from kpis.indicators.services.alert_rules import RulePlan, alert_rule_create
from kpis.indicators.services.alerts import alerts_evaluate
from staff.accounts.models import User
from tests.factories import Tree
from tests.indicators.test_pages_read import words

pytestmark = [pytest.mark.usefixtures("morning"), pytest.mark.django_db]
ClientOf = Callable[[User], Client]
NOW = dt.datetime(2026, 11, 23, 6, tzinfo=dt.UTC)
HTMX = {"HX-Request": "true"}


def make_rule(head: User, tree: Tree, level: int = 4, code: str = "orders") -> AlertRule:
    plan = {
        "scope": tree.department.scope, "kpi": Kpi.objects.get(code=code), "kind": "above",
        "level": Decimal(level), "by_mail": True,
    }  # fmt: skip
    return alert_rule_create(actor=head, plan=RulePlan(plan, [head]))


@pytest.fixture
def event(head: User, tree: Tree, filled: object) -> AlertEvent:
    make_rule(head, tree)
    alerts_evaluate(NOW)
    return AlertEvent.objects.get()


def test_without_rules_the_page_says_what_to_do(opened: Client) -> None:
    assert "Set up what you want to be told about" in words(opened, "/kpis/alerts/")
    assert "Take the usual rules" in words(opened, "/kpis/alert-rules/")


@pytest.mark.usefixtures("filled")
def test_the_usual_rules_are_taken_by_one_button(opened: Client) -> None:
    response = opened.post("/kpis/alert-rules/offer/", follow=True)
    assert f"{AlertRule.objects.count()} rules made" in response.content.decode()
    assert "Everything is in order" in words(opened, "/kpis/alerts/")


def test_an_alert_is_shown_with_its_letters(opened: Client, event: AlertEvent) -> None:
    letter = AlertMail.objects.get()
    letter.error, letter.tries, letter.state = {"en": "Not taken"}, 2, AlertMail.State.FAILED
    letter.save()

    page = words(opened, "/kpis/alerts/")

    assert "Orders on" in page
    assert "above 4" in page
    assert "Not taken 2 tries" in page


def test_acknowledged_in_place_and_without_htmx(opened: Client, event: AlertEvent) -> None:
    address = f"/kpis/alerts/{event.uid}/answer/"
    answer = {"answer": "acknowledge", "tomorrow": "2026-11-24"}
    response = opened.post(address, answer, headers=HTMX)

    text = response.content.decode()
    assert f'id="alert-{event.uid.hex}"' in text
    assert "acknowledged" in text
    assert 'value="acknowledge"' not in text
    assert "<html" not in text

    response = opened.post(address, {"answer": "snooze", "until": "2026-11-30"}, follow=True)
    assert "until" in response.content.decode()
    event.refresh_from_db()
    assert event.snoozed_until == dt.date(2026, 11, 30)


@pytest.mark.parametrize("until", ["", "soon", "2026-11-23", "2030-01-01"])
def test_put_off_until_nonsense_is_refused(opened: Client, event: AlertEvent, until: str) -> None:
    response = opened.post(
        f"/kpis/alerts/{event.uid}/answer/", {"answer": "snooze", "until": until}
    )
    assert response.status_code == 422
    event.refresh_from_db()
    assert event.state == AlertEvent.State.OPEN


def test_who_sees_and_answers(
    client_of: ClientOf, event: AlertEvent, auditor: User, specialist: User, outsider: User
) -> None:
    address = f"/kpis/alerts/{event.uid}/answer/"
    reader = client_of(auditor)
    assert "Orders on" in words(reader, "/kpis/alerts/")
    assert "Acknowledge" not in words(reader, "/kpis/alerts/")
    assert reader.post(address, {"answer": "acknowledge"}).status_code == 403
    assert client_of(outsider).post(address, {"answer": "acknowledge"}).status_code == 404
    assert client_of(specialist).post(address, {"answer": "acknowledge"}).status_code == 403


def test_lists_cost_the_same_for_more_rows(
    opened: Client, head: User, tree: Tree, filled: object
) -> None:
    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert opened.get(address).status_code == 200
        return len(seen)

    make_rule(head, tree)
    alerts_evaluate(NOW)
    addresses = ("/kpis/alerts/", "/kpis/alert-rules/")
    before = [queries(address) for address in addresses for _twice in range(2)][1::2]
    for level in range(10):
        make_rule(head, tree, level % 3, "sessions")
    alerts_evaluate(NOW)
    assert AlertEvent.objects.count() == 11
    assert [queries(address) for address in addresses] == before


def typed(tree: Tree, head: User, **values: Any) -> dict[str, Any]:
    kpi = Kpi.objects.get(code=values.pop("code", "conversion"))
    return {
        "kpi": kpi.pk, "scope": tree.department.scope.pk, "kind": "below", "level": "2,5",
        "hysteresis": "", "over": "month", "against": "weekday", "hours": "",
        "recipients": [head.pk], "in_app": "on", "is_active": "on", **values,
    }  # fmt: skip


def test_a_rule_is_typed_as_the_kpi_is_written(opened: Client, head: User, tree: Tree) -> None:
    response = opened.post("/kpis/alert-rules/new/", typed(tree, head, hysteresis="0,5"))
    assert response.status_code == 302, words(opened, "/kpis/alert-rules/new/")
    rule = AlertRule.objects.get()
    assert (rule.level, rule.hysteresis) == (Decimal("0.025"), Decimal("0.005"))

    page = f"/kpis/alert-rules/{rule.uid}/edit/"
    assert 'value="2.5"' in opened.get(page).content.decode()
    response = opened.post(page, typed(tree, head, kind="no_data", hours="36"))
    assert response.status_code == 302
    rule.refresh_from_db()
    assert (rule.kind, rule.level, rule.hours) == ("no_data", None, 36)
    assert "Below" not in words(opened, "/kpis/alert-rules/")
    assert str(head) in words(opened, "/kpis/alert-rules/?q=convers")


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"level": ""}, "Give the threshold"),
        ({"level": "many"}, "Write a number"),
        ({"kind": "no_data"}, "Say after how many hours"),
        ({"recipients": []}, "Choose who is told"),
        ({"in_app": ""}, "Choose at least one way"),
    ],
)
def test_a_refused_rule_keeps_what_was_typed(
    opened: Client, head: User, tree: Tree, values: dict[str, Any], says: str
) -> None:
    response = opened.post("/kpis/alert-rules/new/", typed(tree, head, **values))
    assert response.status_code == 422
    assert says in response.content.decode()
    assert not AlertRule.objects.exists()


def test_a_rule_is_deleted_by_its_managers(
    opened: Client, client_of: ClientOf, head: User, outsider: User, auditor: User, tree: Tree
) -> None:
    rule = make_rule(head, tree)
    for user, status in ((outsider, 404), (auditor, 403)):
        foreign = client_of(user)
        assert foreign.get(f"/kpis/alert-rules/{rule.uid}/edit/").status_code == status
        assert foreign.post(f"/kpis/alert-rules/{rule.uid}/delete/").status_code == status
    opened.post(f"/kpis/alert-rules/{rule.uid}/delete/")
    assert not AlertRule.objects.exists()


# --- notes ----------------------------------------------------------------------------------------
def test_a_note_is_written_changed_and_deleted(opened: Client, tree: Tree) -> None:
    assert "No notes yet" in words(opened, "/kpis/notes/")
    form = opened.get("/kpis/notes/new/?kpi=orders&day=2026-11-20").content.decode()
    assert 'value="2026-11-20"' in form
    note = {
        "scope": tree.department.scope.pk, "kpi": "", "first_day": "2026-11-20",
        "last_day": "2026-11-21", "text": "Черная пятница", "excludes_from_norm": "on",
    }  # fmt: skip
    assert opened.post("/kpis/notes/new/", note).status_code == 302
    row = Annotation.objects.get()
    assert (row.kpi, row.excludes_from_norm, row.by_product) == (None, True, False)
    assert "Черная пятница" in words(opened, "/kpis/notes/?q=пятница")

    page = row.get_absolute_url()
    refused = opened.post(page, {**note, "last_day": "2026-11-19"})
    assert refused.status_code == 422
    assert opened.post(page, {**note, "text": "Распродажа"}).status_code == 302
    row.refresh_from_db()
    assert (row.text, row.scope) == ("Распродажа", tree.department.scope)
    opened.post(f"/kpis/notes/{row.uid}/delete/")
    assert not Annotation.objects.exists()


def test_of_the_products_note_only_the_norm_changes(opened: Client, tree: Tree) -> None:
    row = Annotation.objects.create(
        scope=tree.department.scope, first_day=NOW.date(), last_day=NOW.date(),
        kind=Annotation.Kind.PRODUCT, texts={"en": "Source fell silent"}, origin="source:1:x",
    )  # fmt: skip
    page = row.get_absolute_url()
    assert "Source fell silent" in words(opened, page)
    typed_note = {"excludes_from_norm": "on", "text": "Other", "first_day": "2020-01-01"}
    assert opened.post(page, typed_note).status_code == 302
    row.refresh_from_db()
    assert (row.excludes_from_norm, row.text, row.first_day) == (True, "", NOW.date())
    assert opened.post(f"/kpis/notes/{row.uid}/delete/").status_code == 409
    assert Annotation.objects.exists()


def test_notes_of_others_are_not_found(
    client_of: ClientOf, tree: Tree, outsider: User, specialist: User, head: User
) -> None:
    row = Annotation.objects.create(
        scope=tree.department.scope, first_day=NOW.date(), last_day=NOW.date(), text="Sale"
    )
    assert client_of(outsider).get(row.get_absolute_url()).status_code == 404
    assert "No notes yet" in words(client_of(outsider), "/kpis/notes/")
    reader = client_of(specialist)
    assert "Sale" in words(reader, "/kpis/notes/"), "it concerns the direction too"
    assert reader.get(row.get_absolute_url()).status_code == 403
