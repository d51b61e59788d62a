"""The dimension check knows money from pieces."""

from __future__ import annotations

import pytest

from kpis.indicators.engine.formula import FormulaError, parse
from kpis.indicators.engine.units import UnitKind, dimension_of, unit_kind

UNITS = {
    "revenue": "money",
    "media_cost": "money",
    "orders": "pcs",
    "sessions": "pcs",
    "new_customers": "people",
    "session_seconds": "s",
}


@pytest.mark.parametrize(
    ("formula", "kind"),
    [
        ("sessions", UnitKind.COUNT),
        ("new_customers", UnitKind.COUNT),
        ("revenue - media_cost", UnitKind.MONEY),
        ("orders / sessions", UnitKind.SHARE),
        ("(revenue - media_cost) / media_cost - 1", UnitKind.SHARE),
        ("revenue / orders", UnitKind.MONEY_EACH),
        ("media_cost / new_customers", UnitKind.MONEY_EACH),
        ("1000 * media_cost / sessions", UnitKind.MONEY_EACH),
        ("session_seconds", UnitKind.TIME),
        ("sessions / new_customers", UnitKind.OTHER),
        ("max(revenue - media_cost, 0)", UnitKind.MONEY),
        ("media_cost / nullif(orders, 0)", UnitKind.MONEY_EACH),
    ],
)
def test_a_formula_has_a_unit(formula: str, kind: UnitKind) -> None:
    assert unit_kind(dimension_of(parse(formula), UNITS)) is kind


@pytest.mark.parametrize(
    ("formula", "at"),
    [
        ("revenue + orders", 8),
        ("orders / sessions + revenue", 18),
        ("max(revenue, orders)", 0),
        ("orders + 5", 7),
        ("nullif(revenue, 1)", 0),
    ],
)
def test_different_units_are_not_added(formula: str, at: int) -> None:
    with pytest.raises(FormulaError, match="different units") as refusal:
        dimension_of(parse(formula), UNITS)
    assert refusal.value.at == at


def test_an_unknown_metric_is_named_with_its_place() -> None:
    with pytest.raises(FormulaError, match="Position 11: there is no metric “sesions”"):
        dimension_of(parse("orders  / sesions"), UNITS)
