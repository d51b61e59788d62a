"""The tree of a parsed formula."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

Operator = Literal["+", "-", "*", "/"]
Function = Literal["nullif", "min", "max"]
Shift = Literal["year_ago", "previous", "at_start", "opening", "closing"]


@dataclass(frozen=True, slots=True)
class Number:
    """A constant. ``at`` is the place in the formula's text, from 0, here and below."""

    number: Fraction
    at: int


@dataclass(frozen=True, slots=True)
class MetricRef:
    """A word of the register's vocabulary."""

    code: str
    at: int


@dataclass(frozen=True, slots=True)
class Negative:
    inner: Node
    at: int


@dataclass(frozen=True, slots=True)
class Operation:
    operator: Operator
    left: Node
    right: Node
    at: int


@dataclass(frozen=True, slots=True)
class Call:
    function: Function
    arguments: tuple[Node, ...]
    at: int


@dataclass(frozen=True, slots=True)
class KpiRef:
    """Another KPI, written ``@code``."""

    code: str
    at: int


@dataclass(frozen=True, slots=True)
class Shifted:
    """The inner formula over other days: ``year_ago``, ``previous`` period, the level ``at_start``
    (on the day before the period), the first (``opening``) or last (``closing``) ``days`` of it."""

    shift: Shift
    inner: Node
    at: int
    days: int = 0


Node = Number | MetricRef | Negative | Operation | Call | KpiRef | Shifted


def walk(node: Node) -> Iterator[Node]:
    """The node and everything under it, left to right."""
    yield node
    match node:
        case Negative(inner=inner) | Shifted(inner=inner):
            yield from walk(inner)
        case Operation(left=left, right=right):
            yield from walk(left)
            yield from walk(right)
        case Call(arguments=arguments):
            for argument in arguments:
                yield from walk(argument)


def metric_codes(node: Node) -> tuple[str, ...]:
    """Codes of the metrics in the order they are first met."""
    found = (part.code for part in walk(node) if isinstance(part, MetricRef))
    return tuple(dict.fromkeys(found))


def kpi_codes(node: Node) -> tuple[str, ...]:
    """Codes of the KPIs the formula refers to."""
    found = (part.code for part in walk(node) if isinstance(part, KpiRef))
    return tuple(dict.fromkeys(found))


def combines(node: Node) -> bool:
    """Whether the value depends on several metrics of the same days (so days must match)."""
    return len(metric_codes(node)) > 1


def divides(node: Node) -> bool:
    """Whether anything is divided: the value is a ratio and does not grow with the days."""
    return any(isinstance(part, Operation) and part.operator == "/" for part in walk(node))


def replaced(node: Node, change: Callable[[Node], Node | None]) -> Node:
    """The tree with every node for which ``change`` gives another one put in its place."""
    other = change(node)
    if other is not None:
        return other
    match node:
        case Negative(inner=inner, at=at):
            return Negative(replaced(inner, change), at)
        case Shifted(inner=inner):
            return replace(node, inner=replaced(inner, change))
        case Operation(left=left, right=right):
            return replace(node, left=replaced(left, change), right=replaced(right, change))
        case Call(arguments=arguments):
            return replace(node, arguments=tuple(replaced(item, change) for item in arguments))
        case _:
            return node
