"""KPIs for machines: plain shapes with numbers as text, so that nothing is rounded on the way."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from kpis.indicators.engine.attain import shown_percent
from kpis.indicators.engine.evaluate import Evaluation, Part
from kpis.indicators.engine.values import Value, rounded
from kpis.indicators.models import KpiVersion, Target
from kpis.indicators.selectors.definitions import Defined
from kpis.indicators.selectors.periods import PeriodReading, Point
from kpis.indicators.selectors.readings import Compared, Reading
from kpis.indicators.selectors.whose import Whose

PLACES = 6
Shape = dict[str, Any]


def kpi_shape(item: Defined) -> Shape:
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


def whose_shape(whose: Whose) -> Shape:
    """A department or a direction of it."""
    return {
        "uid": whose.uid,
        "kind": "direction" if whose.direction else "department",
        "name": whose.name,
        "department": whose.department.name,
        "company": whose.department.company.name,
        "currency": whose.department.company.currency,
    }


def definition_shape(item: Defined) -> Shape:
    """What a KPI is, in both languages, with every version of its formula, oldest first."""
    kpi = item.kpi
    return kpi_shape(item) | {
        "number": kpi.number,
        "section": kpi.section,
        "kind": kpi.kind,
        "decimals": kpi.decimals,
        "span": kpi.span,
        "span_days": kpi.span_days,
        "maturity_days": kpi.maturity_days,
        "is_main": kpi.is_main,
        "is_informational": kpi.is_informational,
        "is_archived": kpi.is_archived,
        "meaning": texts(kpi.meaning),
        "source": texts(kpi.source),
        "limits": texts(kpi.limits),
        "mistakes": texts(kpi.mistakes),
        "metrics": list(item.formulas[-1].codes),
        "versions": [version_shape(version) for version in item.versions],
    }


def texts(stored: dict[str, str]) -> Shape:
    """Both languages, "" where one was not written."""
    return {"ru": stored.get("ru", ""), "en": stored.get("en", "")}


def version_shape(version: KpiVersion) -> Shape:
    return {
        "formula": version.formula,
        "valid_from": version.valid_from.isoformat(),
        "reason": version.reason,
    }


def reading_shape(found: PeriodReading) -> Shape:
    """A KPI in a period. A number is text with up to six digits after the point; a missing one is
    null beside its reason."""
    reading, period = found.reading, found.reading.period
    return {
        "code": reading.kpi.code,
        "unit": reading.kpi.unit,
        "currency": reading.measure.currency,
        "period": {
            "grain": found.grain.value,
            "name": found.name,
            "from": period.first.isoformat(),
            "to": period.last.isoformat(),
        },
        "as_of": reading.as_of.isoformat(),
        "formula": reading.formula.version.formula,
        "fact": evaluation_shape(reading.fact)
        | {"parts": [_part(part) for part in reading.fact.parts]},
        "interval": _interval(reading),
        "plan": value_shape(reading.plan),
        "upper": value_shape(reading.upper),
        "plan_to_date": value_shape(reading.plan_to_date),
        "attainment": attainment_shape(reading.attained) | {"lamp": reading.lamp.value},
        "forecast": value_shape(reading.forecast)
        | {
            "method": reading.forecast_method.value,
            "attainment": attainment_shape(reading.forecast_attained),
        },
        "previous": _compared(reading.previous),
        "last_year": _compared(reading.year_ago),
        "same_weekdays": _compared(reading.weekdays_ago),
        "loaded_at": reading.loaded_at.isoformat() if reading.loaded_at else None,
        "targets": [target_shape(target) for target in found.targets],
    }


def point_shape(point: Point) -> Shape:
    """One of a row of periods."""
    return {
        "name": point.name,
        "from": point.period.first.isoformat(),
        "to": point.period.last.isoformat(),
        "as_of": point.as_of.isoformat(),
        "fact": evaluation_shape(point.fact),
        "plan": value_shape(point.plan),
        "attainment": attainment_shape(point.attained),
    }


def target_shape(target: Target) -> Shape:
    """One row of targets; ``value`` null was withdrawn. Costs no query where the author is read."""
    return {
        "uid": str(target.uid),
        "month": f"{target.month:%Y-%m}",
        "value": None if target.value is None else plain(Fraction(target.value)),
        "upper": None if target.upper is None else plain(Fraction(target.upper)),
        "milestones": [{"day": day, "due": plain(Fraction(due))} for day, due in target.milestones],
        "reason": target.reason,
        "author": str(target.author) if target.author else None,
        "set_at": target.created_at.isoformat(),
    }


def evaluation_shape(evaluation: Evaluation) -> Shape:
    """The value with the days it is about and how far to trust it. ``coverage`` is a share."""
    elapsed, coverage = evaluation.elapsed, evaluation.coverage
    return value_shape(evaluation.value) | {
        "from": elapsed.first.isoformat() if elapsed else None,
        "to": elapsed.last.isoformat() if elapsed else None,
        "state": evaluation.state.value,
        "coverage": None if coverage is None else plain(coverage),
        "covered": evaluation.covered,
        "expected": evaluation.expected,
        "incomplete": evaluation.incomplete,
        "uneven": evaluation.uneven,
        "alert": evaluation.alert,
    }


def attainment_shape(attained: Value) -> Shape:
    """The share as it is, and in percent as people see it, never rounded up to a threshold."""
    number = attained.number
    percent = None if number is None else str(shown_percent(number))
    return value_shape(attained) | {"percent": percent}


def value_shape(value: Value) -> Shape:
    """Exactly one of a number as text and the reason why there is none."""
    if value.number is None:
        return {"value": None, "reason": value.reason.value if value.reason else None}
    return {"value": plain(value.number), "reason": None}


def plain(number: Fraction) -> str:
    """``1234.5``: no group signs, no exponent, at most six digits after the point."""
    text = format(rounded(number, PLACES).normalize(), "f")
    return "0" if text == "-0" else text


def _part(part: Part) -> Shape:
    bounds = part.bounds
    return value_shape(part.value) | {
        "metric": part.code,
        "days": part.days,
        "from": part.over.first.isoformat(),
        "to": part.over.last.isoformat(),
        "shifts": [shift for shift, _days in part.way],
        "bounds": None if bounds is None else {"low": plain(bounds[0]), "high": plain(bounds[1])},
    }


def _compared(compared: Compared) -> Shape:
    change = compared.change
    return evaluation_shape(compared.then) | {
        "difference": value_shape(change.difference),
        "ratio": value_shape(change.ratio),
    }


def _interval(reading: Reading) -> Shape | None:
    if reading.interval is None:
        return None
    return {
        "low": plain(reading.interval.low),
        "high": plain(reading.interval.high),
        "sample": plain(reading.interval.sample),
        "uncertain": reading.uncertain,
    }
