"""KPIs for machines: plain shapes with numbers as text, so that nothing is rounded on the way."""

from __future__ import annotations

from typing import Any

from kpis.indicators.engine.attain import shown_percent
from kpis.indicators.engine.evaluate import Evaluation
from kpis.indicators.engine.values import Value, rounded
from kpis.indicators.selectors.definitions import Defined
from kpis.indicators.selectors.readings import Reading

PLACES = 6


def kpi_shape(item: Defined) -> dict[str, Any]:
    """What a KPI is."""
    kpi, newest = item.kpi, item.formulas[-1].version
    return {
        "code": kpi.code,
        "name": {"ru": kpi.name_ru, "en": kpi.name_en},
        "level": kpi.level,
        "unit": kpi.unit,
        "better": kpi.better,
        "plan_method": kpi.plan_method,
        "formula": newest.formula,
        "valid_from": newest.valid_from.isoformat(),
    }


def reading_shape(reading: Reading) -> dict[str, Any]:
    """A KPI in a month. A number is text with up to six digits after the point; a missing one is
    null beside its reason."""
    attained = reading.attained.number
    return {
        "code": reading.kpi.code,
        "month": f"{reading.period.first:%Y-%m}",
        "as_of": reading.as_of.isoformat(),
        "formula": reading.formula.version.formula,
        "fact": _evaluation(reading.fact),
        "plan": _value(reading.plan),
        "plan_to_date": _value(reading.plan_to_date),
        "attainment_percent": None if attained is None else str(shown_percent(attained)),
        "lamp": reading.lamp.value,
        "forecast": _value(reading.forecast) | {"method": reading.forecast_method.value},
        "previous_month": _evaluation(reading.previous.then),
        "last_year": _evaluation(reading.year_ago.then),
        "loaded_at": reading.loaded_at.isoformat() if reading.loaded_at else None,
    }


def _evaluation(evaluation: Evaluation) -> dict[str, Any]:
    elapsed = evaluation.elapsed
    return _value(evaluation.value) | {
        "from": elapsed.first.isoformat() if elapsed else None,
        "to": elapsed.last.isoformat() if elapsed else None,
        "state": evaluation.state.value,
        "covered": evaluation.covered,
        "expected": evaluation.expected,
        "incomplete": evaluation.incomplete,
        "parts": [
            {"metric": part.code, "days": part.days} | _value(part.value)
            for part in evaluation.parts
        ],
    }


def _value(value: Value) -> dict[str, Any]:
    if value.number is None:
        return {"value": None, "reason": value.reason.value if value.reason else None}
    text = format(rounded(value.number, PLACES).normalize(), "f")
    return {"value": text, "reason": None}
