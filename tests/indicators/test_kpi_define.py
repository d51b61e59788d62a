"""Defining KPIs: what is refused and why, versions by month, two editors, putting away."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from config.lib.errors import AppError, Conflict, Forbidden, Invalid
from kpis.indicators.engine.formula import FormulaError
from kpis.indicators.library import library_install
from kpis.indicators.models import AlertRule, Annotation, Kpi, KpiVersion, Target
from kpis.indicators.selectors.definitions import defined_kpis
from kpis.indicators.services.kpis import (
    KpiPlan,
    kpi_archive,
    kpi_create,
    kpi_delete,
    kpi_edit,
    kpi_formula_set,
    kpi_restore,
)
from kpis.indicators.services.reports import report_approve, report_write
from staff.accounts.models import AuditEvent, User
from tests.factories import Tree

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 23)
NOVEMBER, DECEMBER = dt.date(2026, 11, 1), dt.date(2026, 12, 1)
PLAN = {
    "name_ru": "Заказ на визит",
    "unit": Kpi.Unit.SHARE,
    "better": Kpi.Way.UP,
    "plan_method": Kpi.Plan.NONE,
}


def create(head: User, tree: Tree, code: str = "own_rate", formula: str = "orders / sessions",
           **values: Any) -> Kpi:  # fmt: skip
    return kpi_create(
        actor=head,
        scope=tree.department.scope,
        code=code,
        plan=KpiPlan({**PLAN, **values}),
        formula=formula,
        today=TODAY,
    )


def change(
    head: User, tree: Tree, kpi: Kpi, formula: str, month: dt.date = NOVEMBER, reason: str = "Why"
) -> KpiVersion:
    return kpi_formula_set(
        actor=head,
        scope=tree.department.scope,
        kpi=kpi,
        formula=formula,
        valid_from=month,
        reason=reason,
        today=TODAY,
    )


def refused(error: type[AppError], code: str, call: Any, *args: Any, **kwargs: Any) -> AppError:
    with pytest.raises(error) as refusal:
        call(*args, **kwargs)
    assert refusal.value.code == code
    return refusal.value


def test_an_own_kpi_is_valid_from_this_month(head: User, tree: Tree) -> None:
    kpi = create(head, tree)

    version = kpi.versions.get()
    assert (kpi.is_own, kpi.kind) == (True, Kpi.Kind.RATIO)
    assert (version.formula, version.valid_from, version.author) == (
        "orders / sessions", NOVEMBER, head,
    )  # fmt: skip
    event = AuditEvent.objects.get(action="indicators.kpi.created")
    assert event.after["formula"] == "orders / sessions"


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("orders / sesions", r"Position 10: there is no metric “sesions”\. Perhaps sessions"),
        ("revnue / 1", "Perhaps revenue"),
        ("conversion + 1", r"no metric “conversion”\. Perhaps @conversion"),
        ("@convertion", "Perhaps @conversion"),
        ("orders +", "ends too early"),
        ("revenue + orders", "different units"),
        ("revenue / orders", "gives “money per piece”, but the KPI's unit is “share, %”"),
        ("orders", "gives “count”"),
    ],
)
def test_a_formula_is_refused_in_words(head: User, tree: Tree, formula: str, says: str) -> None:
    with pytest.raises(FormulaError, match=says):
        create(head, tree, formula=formula)
    assert not Kpi.objects.filter(code="own_rate").exists()


@pytest.mark.parametrize("unit", [Kpi.Unit.SHARE, Kpi.Unit.TIMES, Kpi.Unit.POINTS])
def test_a_plain_ratio_is_written_in_any_plain_unit(head: User, tree: Tree, unit: str) -> None:
    assert create(head, tree, unit=unit).unit == unit


def test_a_cycle_is_shown_as_its_way(head: User, tree: Tree) -> None:
    one = create(head, tree, "one")
    create(head, tree, "two", "@one * 2")
    create(head, tree, "three", "@two / 2")

    with pytest.raises(FormulaError, match="one → three → two → one"):
        change(head, tree, one, "@three")
    with pytest.raises(FormulaError, match="one → one"):
        change(head, tree, one, "@one + 1")


@pytest.mark.parametrize("code", ["Own", "1st", "а_б", "x", "a-b", ""])
def test_a_code_that_formulas_could_not_call_is_refused(head: User, tree: Tree, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        create(head, tree, code)
    assert "code" in refusal.value.fields


def test_a_code_is_taken_once(head: User, tree: Tree) -> None:
    with pytest.raises(Invalid) as refusal:
        create(head, tree, "orders")
    assert "code" in refusal.value.fields


def test_a_new_formula_counts_from_its_month(head: User, tree: Tree) -> None:
    kpi = create(head, tree)
    change(head, tree, kpi, "orders / (sessions + 0)", DECEMBER, "Robots are left out")

    (defined,) = defined_kpis([kpi])
    assert defined.version_in(NOVEMBER).formula == "orders / sessions"
    assert defined.version_in(DECEMBER).formula == "orders / (sessions + 0)"
    note = Annotation.objects.get()
    assert (note.kpi, note.first_day, note.by_product) == (kpi, DECEMBER, True)
    assert note.words == "From this month on counted by another formula: Robots are left out"
    assert note.texts["ru"]


def test_a_formula_of_the_same_month_is_replaced_and_audited(head: User, tree: Tree) -> None:
    kpi = create(head, tree)
    change(head, tree, kpi, "orders / sessions * 1", reason="First")
    change(head, tree, kpi, "orders / sessions * 2", reason="Second")

    assert [version.formula for version in kpi.versions.all()] == ["orders / sessions * 2"]
    assert Annotation.objects.get().words.endswith("Second")
    event = AuditEvent.objects.filter(action="indicators.kpi.formula").latest("pk")
    assert event.before["formula"] == "orders / sessions * 1"
    assert event.reason == "Second"


def test_past_and_closed_months_keep_their_formula(head: User, tree: Tree) -> None:
    kpi = create(head, tree)
    refused(
        Invalid, "month_past", change, head, tree, kpi, "orders / sessions", dt.date(2026, 10, 1)
    )
    refused(Invalid, "reason_required", change, head, tree, kpi, "orders / sessions", reason=" ")

    scope = tree.department.scope
    report_write(actor=head, scope=scope, month=DECEMBER, achieved="x", cause="", request="")
    report_approve(actor=head, scope=scope, month=DECEMBER, today=dt.date(2027, 1, 3))
    refused(Conflict, "month_closed", change, head, tree, kpi, "orders / sessions", NOVEMBER)
    assert kpi.versions.count() == 1


def test_the_second_of_two_editors_is_told(head: User, tree: Tree) -> None:
    kpi = create(head, tree)
    scope = tree.department.scope

    def edit(name: str, edits: int) -> Kpi:
        return kpi_edit(
            actor=head, scope=scope, kpi=kpi, plan=KpiPlan({"name_ru": name}), edits=edits
        )

    edit("Первое", 0)
    refused(Conflict, "kpi_changed", edit, "Второе", 0)
    assert Kpi.objects.get(code="own_rate").name_ru == "Первое"
    assert edit("Второе", 1).edits == 2


def test_what_people_wrote_outlives_an_update_of_the_product(head: User, tree: Tree) -> None:
    kpi = Kpi.objects.get(code="orders")
    kpi_edit(
        actor=head,
        scope=tree.department.scope,
        kpi=kpi,
        plan=KpiPlan({"name_ru": "Наши заказы", "is_main": False}),
        edits=0,
    )
    Kpi.objects.filter(code="revenue").update(name_ru="Старое")

    library_install()

    assert Kpi.objects.get(code="orders").name_ru == "Наши заказы"
    assert not Kpi.objects.get(code="orders").is_main
    assert Kpi.objects.get(code="revenue").name_ru == "Выручка"


def test_the_unit_must_fit_the_formula_in_force(head: User, tree: Tree) -> None:
    kpi = create(head, tree)
    with pytest.raises(FormulaError, match="gives “share, %”"):
        kpi_edit(
            actor=head,
            scope=tree.department.scope,
            kpi=kpi,
            plan=KpiPlan({"unit": Kpi.Unit.MONEY}),
            edits=0,
        )


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"green_from": Decimal("0.8"), "amber_from": Decimal("0.9")}, "__all__"),
        ({"span": Kpi.Span.TRAILING, "span_days": None}, "span_days"),
        ({"span": Kpi.Span.MONTH, "span_days": 3}, "__all__"),
        ({"plan_method": Kpi.Plan.WEIGHTS, "weekday_weights": [1, 2]}, "weekday_weights"),
        ({"plan_method": Kpi.Plan.WEIGHTS, "weekday_weights": [0] * 7}, "weekday_weights"),
        ({"name_ru": ""}, "name_ru"),
        ({"decimals": 7}, "__all__"),
    ],
)
def test_values_that_contradict_each_other_are_refused(
    head: User, tree: Tree, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        create(head, tree, **values)
    assert set(refusal.value.fields) == {field}


def test_an_archived_kpi_leaves_the_dashboard_and_comes_back(head: User, tree: Tree) -> None:
    kpi, scope = Kpi.objects.get(code="orders"), tree.department.scope
    assert kpi in [item.kpi for item in defined_kpis()]
    kpi_archive(actor=head, scope=scope, kpi=kpi)
    kpi_archive(actor=head, scope=scope, kpi=kpi)
    assert kpi not in [item.kpi for item in defined_kpis()]
    kpi_restore(actor=head, scope=scope, kpi=kpi)
    assert kpi in [item.kpi for item in defined_kpis()]
    assert AuditEvent.objects.filter(action="indicators.kpi.archived").count() == 1


def test_only_an_own_kpi_that_was_never_used_is_deleted(head: User, tree: Tree) -> None:
    scope = tree.department.scope
    library = Kpi.objects.get(code="orders")
    refused(Conflict, "kpi_of_library", kpi_delete, actor=head, scope=scope, kpi=library)

    kpi = create(head, tree)
    other = create(head, tree, "other", "@own_rate * 2")
    error = refused(Conflict, "kpi_referred", kpi_delete, actor=head, scope=scope, kpi=kpi)
    assert "Заказ на визит" in str(error)
    kpi_delete(actor=head, scope=scope, kpi=other)

    rule = AlertRule.objects.create(scope=scope, kpi=kpi, kind=AlertRule.Kind.ANOMALY)
    refused(Conflict, "kpi_watched", kpi_delete, actor=head, scope=scope, kpi=kpi)
    rule.delete()

    target = Target.objects.create(kpi=kpi, scope=scope, month=NOVEMBER, value=1, author=head)
    refused(Conflict, "kpi_used", kpi_delete, actor=head, scope=scope, kpi=kpi)
    assert kpi.versions.count() == 1
    target.delete()

    kpi_delete(actor=head, scope=scope, kpi=kpi)
    assert not Kpi.objects.filter(code="own_rate").exists()


def test_only_the_head_defines_kpis(
    direction_head: User, director: User, outsider: User, head: User, tree: Tree
) -> None:
    kpi = create(head, tree)
    for user in (direction_head, director, outsider):
        with pytest.raises(Forbidden):
            create(user, tree, "other")
        with pytest.raises(Forbidden):
            change(user, tree, kpi, "orders / sessions")
        with pytest.raises(Forbidden):
            kpi_delete(actor=user, scope=tree.department.scope, kpi=kpi)
