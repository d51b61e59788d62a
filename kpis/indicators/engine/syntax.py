"""The tree of a parsed formula."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Operator = Literal["+", "-", "*", "/"]
Function = Literal["nullif", "min", "max"]


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


Node = Number | MetricRef | Negative | Operation | Call


def walk(node: Node) -> Iterator[Node]:
    """The node and everything under it, left to right."""
    yield node
    match node:
        case Negative(inner=inner):
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


def combines(node: Node) -> bool:
    """Whether the value depends on several metrics of the same days (so days must match)."""
    return len(metric_codes(node)) > 1
