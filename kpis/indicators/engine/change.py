"""What changed between two values."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from kpis.indicators.engine.values import Reason, Value


@dataclass(frozen=True, slots=True)
class Change:
    """``difference`` in the KPI's unit (a share: times 100 for percentage points); ``ratio`` 0.25 =
    +25 %. From zero the change is "new", from below zero it has no base."""

    difference: Value
    ratio: Value


def change(old: Value, new: Value) -> Change:
    """From ``old`` to ``new``; a missing one leaves its reason."""
    if new.number is None:
        return Change(new, new)
    if old.number is None:
        return Change(old, old)
    difference = new.number - old.number
    if old.number > 0:
        ratio = Value(difference / old.number)
    else:
        grew_from_zero = old.number == 0 and new.number != 0
        ratio = Value(reason=Reason.NEW if grew_from_zero else Reason.NO_BASE)
    return Change(Value(difference), ratio)


def per_day(value: Value, days: int) -> Value:
    """The average day: months of 28 and 29 days become comparable."""
    return value if value.number is None else Value(Fraction(value.number, days))
