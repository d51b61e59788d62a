"""The value of a formula over a period: add every metric up first, apply the formula once, last."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from kpis.indicators.engine.periods import ONE_DAY, Grain, Period, last_year, previous
from kpis.indicators.engine.series import AddUp, MetricDays
from kpis.indicators.engine.span import OWN, Span
from kpis.indicators.engine.syntax import (
    Call,
    KpiRef,
    MetricRef,
    Negative,
    Node,
    Number,
    Operation,
    Shifted,
)
from kpis.indicators.engine.values import Reason, State, Value

# The way from the asked days to those a metric is counted over, outermost first: (shift, days).
Way = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """Over what a formula is evaluated. ``grain`` says what "the period before" is; ``as_of`` is
    the last complete day; ``today`` decides what is settled. A cohort is mature so many days after
    the period's last day. ``kpis`` are the KPIs the formula refers to and does not contain: each
    with a span of its own."""

    period: Period
    as_of: dt.date
    today: dt.date
    grain: Grain = Grain.MONTH
    maturity_days: int = 0
    kpis: Mapping[str, Referred] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Referred:
    """Another KPI of the formula, counted over its own span."""

    node: Node
    span: Span = OWN
    maturity_days: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """One metric of the explanation: what entered the formula, over which days, and on how many of
    them it was there. ``bounds`` stand where a metric does not add up; ``way`` tells that other
    days than the asked ones were counted."""

    code: str
    value: Value
    days: int
    over: Period
    way: Way = ()
    bounds: tuple[Fraction, Fraction] | None = None


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
    grain: Grain = Grain.MONTH,
    span: Span = OWN,
    maturity_days: int = 0,
    kpis: Mapping[str, Referred] | None = None,
) -> Evaluation:
    """The formula over the days of ``period`` up to ``as_of`` (the last complete day).

    Metrics of the formula, and of the KPIs it refers to, must all be in ``series``.
    """
    if today < period.first:
        return Evaluation(Value(reason=Reason.NOT_STARTED), None)
    elapsed = period.until(as_of)
    if elapsed is None:
        return Evaluation(Value(reason=Reason.NO_DATA), None)
    ask = Ask(span.over(elapsed), as_of, today, grain, maturity_days, kpis or {})
    leaves = list(leaves_of(node))
    used = used_days(leaves, series, ask)
    parts = tuple(_part(leaf, series[leaf.code], used[leaf], ask) for leaf in leaves)
    nested = {ref: _nested(ref, series, ask) for ref in _references(node) if ref.code in ask.kpis}
    value, alert = calculate(
        node,
        {leaf: part.value for leaf, part in zip(leaves, parts, strict=True)},
        {ref.code: found.value for ref, found in nested.items()},
    )
    if value.number is not None and maturity_days and not is_mature(ask):
        value = Value(reason=Reason.IMMATURE)
    metrics = [series[leaf.code] for leaf in leaves if not leaf.way]
    expected = {item.code: item.expected_streams(ask.period) for item in metrics}
    covered = sum(_covered(item, ask.period, expected[item.code]) for item in metrics)
    inner = list(nested.values())
    states = [found.state for found in inner]
    state = _state(leaves, series, used, ask, period.last)
    return Evaluation(
        value,
        elapsed,
        State.PRELIMINARY if State.PRELIMINARY in states else state,
        (*parts, *(part for found in inner for part in found.parts)),
        covered + sum(found.covered for found in inner),
        sum(expected.values()) * ask.period.days + sum(found.expected for found in inner),
        _uneven(leaves, series, used, ask),
        alert or any(found.alert for found in inner),
    )


@dataclass(frozen=True, slots=True)
class Leaf:
    """A metric of the formula on the days its ``way`` leads to."""

    code: str
    way: Way = ()


def leaves_of(node: Node, way: Way = ()) -> dict[Leaf, None]:
    """Every (metric, days) of the formula, in the order they are first met."""
    match node:
        case MetricRef(code=code):
            return {Leaf(code, way): None}
        case Shifted(shift=shift, inner=inner, days=days):
            return leaves_of(inner, (*way, (shift, days)))
        case Negative(inner=inner):
            return leaves_of(inner, way)
        case Operation(left=left, right=right):
            return leaves_of(left, way) | leaves_of(right, way)
        case Call(arguments=arguments):
            found: dict[Leaf, None] = {}
            for argument in arguments:
                found |= leaves_of(argument, way)
            return found
        case _:
            return {}


def days_over(way: Way, ask: Ask) -> Period:
    """The days a leaf is counted over."""
    period = ask.period
    for shift, days in way:
        match shift:
            case "year_ago":
                period = last_year(period)
            case "previous":
                period = previous(ask.grain, period)
            case "at_start":
                # the last level known before the period
                period = Period(period.first - ONE_DAY * 28, period.first - ONE_DAY)
            case "opening":
                last = min(period.first + ONE_DAY * (days - 1), period.last)
                period = Period(period.first, last)
            case _:
                first = max(period.last - ONE_DAY * (days - 1), period.first)
                period = Period(first, period.last)
    return period


def used_days(
    leaves: Iterable[Leaf], series: Mapping[str, MetricDays], ask: Ask
) -> dict[Leaf, frozenset[dt.date]]:
    """The days each leaf is added up over.

    Flows of the same days use only the days they all have: orders of thirty days over sessions of
    ten would be a lie. A level is there with its last value, a figure that does not add up with the
    source's own one, so neither takes days from the others.
    """
    present = {leaf: series[leaf.code].present(days_over(leaf.way, ask)) for leaf in leaves}
    for way in {leaf.way for leaf in present}:
        flows = [leaf for leaf in present if leaf.way == way and _is_flow(series[leaf.code])]
        if len(flows) > 1:
            common = frozenset.intersection(*(present[leaf] for leaf in flows))
            present |= dict.fromkeys(flows, common)
    return present


def calculate(
    node: Node, totals: Mapping[Leaf, Value], kpis: Mapping[str, Value] | None = None
) -> tuple[Value, bool]:
    """The formula on totals: (value or reason, whether a non-zero number was divided by zero)."""
    try:
        return Value(_number(node, totals, kpis or {}, ())), False
    except _NoValue as stop:
        return Value(reason=stop.reason), stop.alert


class _NoValue(Exception):
    def __init__(self, reason: Reason, *, alert: bool = False) -> None:
        self.reason = reason
        self.alert = alert
        super().__init__(reason)


def _number(
    node: Node, totals: Mapping[Leaf, Value], kpis: Mapping[str, Value], way: Way
) -> Fraction:
    match node:
        case Number(number=number):
            return number
        case MetricRef(code=code):
            return _known(totals[Leaf(code, way)])
        case KpiRef(code=code):
            return _known(kpis.get(code, Value(reason=Reason.BROKEN)))
        case Shifted(shift=shift, inner=inner, days=days):
            return _number(inner, totals, kpis, (*way, (shift, days)))
        case Negative(inner=inner):
            return -_number(inner, totals, kpis, way)
        case Operation(operator=operator, left=left, right=right):
            one = _number(left, totals, kpis, way)
            return _operation(operator, one, _number(right, totals, kpis, way))
        case Call(function=function, arguments=arguments):
            numbers = [_number(item, totals, kpis, way) for item in arguments]
            if function == "nullif":
                if numbers[0] == numbers[1]:
                    raise _NoValue(Reason.NO_BASE)
                return numbers[0]
            return min(numbers) if function == "min" else max(numbers)


def _known(value: Value) -> Fraction:
    if value.number is None:
        raise _NoValue(value.reason or Reason.NO_DATA)
    return value.number


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


def _part(leaf: Leaf, metric: MetricDays, days: frozenset[dt.date], ask: Ask) -> Part:
    over = days_over(leaf.way, ask)
    total = metric.of_period(over, days)
    why = Reason.NOT_ADDITIVE if days and metric.adds_up is AddUp.NONE else Reason.NO_DATA
    bounds = metric.bounds(days) if total is None else None
    return Part(leaf.code, Value.of(total, why), len(days), over, leaf.way, bounds)


def _references(node: Node) -> list[KpiRef]:
    match node:
        case KpiRef():
            return [node]
        case Negative(inner=inner) | Shifted(inner=inner):
            return _references(inner)
        case Operation(left=left, right=right):
            return [*_references(left), *_references(right)]
        case Call(arguments=arguments):
            return [ref for item in arguments for ref in _references(item)]
        case _:
            return []


def _nested(ref: KpiRef, series: Mapping[str, MetricDays], ask: Ask) -> Evaluation:
    other = ask.kpis[ref.code]
    return evaluate(
        other.node,
        series,
        period=ask.period,
        as_of=ask.as_of,
        today=ask.today,
        grain=ask.grain,
        span=other.span,
        maturity_days=other.maturity_days,
        kpis=ask.kpis,
    )


def _is_flow(metric: MetricDays) -> bool:
    return metric.adds_up in {AddUp.SUM, AddUp.MAX}


def is_mature(ask: Ask) -> bool:
    """Whether a cohort has had its days: first buyers up to 31 January with a window of 90 days are
    mature on 1 May."""
    return ask.today >= ask.period.last + ONE_DAY * ask.maturity_days


def _uneven(
    leaves: list[Leaf],
    series: Mapping[str, MetricDays],
    used: Mapping[Leaf, frozenset[dt.date]],
    ask: Ask,
) -> bool:
    return any(series[leaf.code].present(days_over(leaf.way, ask)) != used[leaf] for leaf in leaves)


def _covered(metric: MetricDays, elapsed: Period, expected: int) -> int:
    """Days × sources that are there; a day that may be zero without a row counts as there, and a
    level or a figure of the whole period stands for all its days."""
    if metric.missing_is_zero or elapsed in metric.wholes:
        return expected * elapsed.days
    present = metric.present(elapsed)
    if metric.adds_up is AddUp.LAST and present:
        return expected * elapsed.days
    return sum(min(metric.days[day].streams, expected) for day in present)


def _state(
    leaves: list[Leaf],
    series: Mapping[str, MetricDays],
    used: Mapping[Leaf, frozenset[dt.date]],
    ask: Ask,
    last: dt.date,
) -> State:
    """Final once the whole period has passed and every metric has had its days to settle."""
    for leaf in leaves:
        item = series[leaf.code]
        if (ask.today - last).days <= item.settle_days:
            return State.PRELIMINARY
        if any(item.days[day].provisional for day in used[leaf] if day in item.days):
            return State.PRELIMINARY
    return State.FINAL
