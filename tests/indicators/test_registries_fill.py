"""What KPIs tell the rest of the product: the model audit, the search, the menu."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from config.lib.registry import nav_items, search_providers
from departments.structure.audit_registry import State
from kpis.indicators.model_audit import indicators_probe
from kpis.indicators.models import Kpi, KpiVersion
from kpis.indicators.services.targets import target_set
from staff.accounts.models import User
from tests.factories import Tree


def test_the_model_audit_sees_targets_and_levels(tree: Tree, head: User, morning: dt.date) -> None:
    before = indicators_probe(tree.department)
    assert before["H.G2"].state is State.EMPTY
    assert before["E.1"].state is State.PRESENT
    assert before["E.2"].state is State.PRESENT  # the library has KPIs of all three levels
    marketers = Kpi.objects.filter(level=Kpi.Level.MARKETER)
    KpiVersion.objects.filter(kpi__in=marketers).delete()
    marketers.delete()
    assert indicators_probe(tree.department)["E.2"].state is State.EMPTY
    for kpi in Kpi.objects.filter(is_main=True):
        target_set(
            actor=head,
            scope=tree.department.scope,
            kpi=kpi,
            month=morning.replace(day=1),
            value=Decimal(1),
            upper=Decimal(2) if kpi.better == Kpi.Way.CORRIDOR else None,
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
