"""The value of a formula over a period: add every metric up first, apply the formula once, last."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from kpis.indicators.engine.periods import Period
from kpis.indicators.engine.series import AddUp, MetricDays
from kpis.indicators.engine.syntax import (
    Call,
    MetricRef,
    Negative,
    Node,
    Number,
    Operation,
    combines,
    metric_codes,
)
from kpis.indicators.engine.values import Reason, State, Value


@dataclass(frozen=True, slots=True)
class Part:
    """One metric of the explanation: what entered the formula and on how many days it was there."""

    code: str
    value: Value
    days: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """``elapsed`` is what the value is about, None before the period began. ``covered`` of
    ``expected`` are days × sources. ``uneven``: the metrics lack different days, only the common
    ones were used. ``alert``: something was divided by zero, so a source is probably wrong."""

    value: Value
    elapsed: Period | None
    state: State = State.PRELIMINARY
    parts: tuple[Part, ...] = ()
    covered: int = 0
    expected: int = 0
    uneven: bool = False
    alert: bool = False

    @property
    def coverage(self) -> Fraction | None:
        """Share of days × sources that are there, 0…1."""
        return Fraction(self.covered, self.expected) if self.expected else None

    @property
    def incomplete(self) -> bool:
        """Days or sources are missing: the value is shown with "incomplete data"."""
        return self.value.number is not None and (self.covered < self.expected or self.uneven)


def evaluate(
    node: Node,
    series: Mapping[str, MetricDays],
    *,
    period: Period,
    as_of: dt.date,
    today: dt.date,
) -> Evaluation:
    """The formula over the days of ``period`` up to ``as_of`` (the last complete day).

    ``today`` decides what is settled. Metrics of the formula must all be in ``series``.
    """
    if today < period.first:
        return Evaluation(Value(reason=Reason.NOT_STARTED), None)
    elapsed = period.until(as_of)
    if elapsed is None:
        return Evaluation(Value(reason=Reason.NO_DATA), None)
    metrics = [series[code] for code in metric_codes(node)]
    days, uneven = common_days(node, metrics, elapsed)
    totals = {item.code: item.added_up(days[item.code]) for item in metrics}
    parts = tuple(
        Part(
            item.code,
            Value.of(totals[item.code], _why_none(item, days[item.code])),
            len(days[item.code]),
        )
        for item in metrics
    )
    value, alert = calculate(node, {part.code: part.value for part in parts})
    expected = {item.code: item.expected_streams(elapsed) for item in metrics}
    covered = sum(_covered(item, elapsed, expected[item.code]) for item in metrics)
    return Evaluation(
        value,
        elapsed,
        _state(metrics, period, today, days),
        parts,
        covered,
        sum(expected.values()) * elapsed.days,
        uneven,
        alert,
    )


def common_days(
    node: Node, metrics: list[MetricDays], elapsed: Period
) -> tuple[dict[str, set[dt.date]], bool]:
    """The days each metric is added up over, and whether metrics had different ones.

    A formula over several metrics uses only the days they all have: orders of thirty days over
    sessions of ten would be a lie.
    """
    present = {item.code: item.present(elapsed) for item in metrics}
    if not combines(node):
        return present, False
    common = set.intersection(*present.values())
    uneven = any(days != common for days in present.values())
    return dict.fromkeys(present, common), uneven


def calculate(node: Node, totals: Mapping[str, Value]) -> tuple[Value, bool]:
    """The formula on totals: (value or reason, whether a non-zero number was divided by zero)."""
    try:
        return Value(_number(node, totals)), False
    except _NoValue as stop:
        return Value(reason=stop.reason), stop.alert


class _NoValue(Exception):
    def __init__(self, reason: Reason, *, alert: bool = False) -> None:
        self.reason = reason
        self.alert = alert
        super().__init__(reason)


def _number(node: Node, totals: Mapping[str, Value]) -> Fraction:
    match node:
        case Number(number=number):
            return number
        case MetricRef(code=code):
            total = totals[code]
            if total.number is None:
                raise _NoValue(total.reason or Reason.NO_DATA)
            return total.number
        case Negative(inner=inner):
            return -_number(inner, totals)
        case Operation(operator=operator, left=left, right=right):
            return _operation(operator, _number(left, totals), _number(right, totals))
        case Call(function=function, arguments=arguments):
            numbers = [_number(item, totals) for item in arguments]
            if function == "nullif":
                if numbers[0] == numbers[1]:
                    raise _NoValue(Reason.NO_BASE)
                return numbers[0]
            return min(numbers) if function == "min" else max(numbers)


def _operation(operator: str, left: Fraction, right: Fraction) -> Fraction:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case _:
            if right == 0:
                raise _NoValue(Reason.NO_BASE, alert=left != 0)
            return left / right


def _why_none(metric: MetricDays, days: set[dt.date]) -> Reason:
    return Reason.NOT_ADDITIVE if days and metric.adds_up is AddUp.NONE else Reason.NO_DATA


def _covered(metric: MetricDays, elapsed: Period, expected: int) -> int:
    """Days × sources that are there; a day that may be zero without a row counts as there."""
    if metric.missing_is_zero:
        return expected * elapsed.days
    return sum(min(metric.days[day].streams, expected) for day in metric.present(elapsed))


def _state(
    metrics: list[MetricDays], period: Period, today: dt.date, days: Mapping[str, set[dt.date]]
) -> State:
    """Final once the whole period has passed and every metric has had its days to settle."""
    for item in metrics:
        if (today - period.last).days <= item.settle_days:
            return State.PRELIMINARY
        if any(item.days[day].provisional for day in days[item.code] if day in item.days):
            return State.PRELIMINARY
    return State.FINAL
