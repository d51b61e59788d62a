"""What KPIs tell the rest of the product: the model audit, the search, the menu."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from config.lib.registry import nav_items, search_providers
from departments.structure.audit_registry import State
from kpis.indicators.engine.formula import parse
from kpis.indicators.engine.units import dimension_of, unit_kind
from kpis.indicators.library import library_install
from kpis.indicators.model_audit import indicators_probe
from kpis.indicators.models import Kpi, KpiVersion
from kpis.indicators.services.targets import target_set
from kpis.register.models import Metric
from staff.accounts.models import User
from tests.factories import Tree


def test_the_model_audit_sees_targets_and_levels(tree: Tree, head: User, morning: dt.date) -> None:
    before = indicators_probe(tree.department)
    assert before["H.G2"].state is State.EMPTY
    assert before["E.1"].state is State.PRESENT
    assert before["E.2"].state is State.EMPTY  # no KPIs of a marketer or a campaign yet
    for kpi in Kpi.objects.all():
        target_set(
            actor=head,
            scope=tree.department.scope,
            kpi=kpi,
            month=morning.replace(day=1),
            value=Decimal(1),
        )
    assert indicators_probe(tree.department)["H.G2"].state is State.PRESENT


def test_kpis_are_found_in_either_language(tree: Tree, specialist: User, nobody: User) -> None:
    def found(user: User, query: str) -> list[str]:
        hits = [hit for provider in search_providers() for hit in provider(user, query, 5)]
        return [hit.url for hit in hits if hit.url.startswith("/kpis/kpi/")]

    assert found(specialist, "визит") == ["/kpis/kpi/sessions/"]
    assert found(specialist, "average") == ["/kpis/kpi/average_order/"]
    assert found(nobody, "визит") == []


def test_the_menu_has_the_four_pages() -> None:
    codes = {item.code for item in nav_items()}
    assert {"dashboard", "monthly-report", "kpis", "targets"} <= codes


@pytest.mark.django_db
def test_every_formula_of_the_library_has_the_unit_it_says() -> None:
    units = dict(Metric.objects.values_list("code", "unit"))
    for version in KpiVersion.objects.select_related("kpi"):
        kind = unit_kind(dimension_of(parse(version.formula), units))
        assert kind == version.kpi.unit, version.kpi.code


@pytest.mark.django_db
def test_every_kpi_explains_itself_in_both_languages() -> None:
    for kpi in Kpi.objects.all():
        for text in (kpi.meaning, kpi.source, kpi.limits, kpi.mistakes):
            assert set(text) == {"ru", "en"}
            assert all(len(words) > 20 for words in text.values()), kpi.code


@pytest.mark.django_db
def test_installing_the_library_again_keeps_a_formula_of_people() -> None:
    KpiVersion.objects.filter(kpi__code="orders").update(formula="orders * 1")
    assert library_install() == 6
    assert KpiVersion.objects.get(kpi__code="orders").formula == "orders * 1"
    assert Kpi.objects.count() == 6
