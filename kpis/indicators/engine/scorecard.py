"""Several attainments in one number: the scorecard of a department, a person or a campaign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from kpis.indicators.engine.attain import CAP
from kpis.indicators.engine.values import Reason, Value

LEAST_KNOWN = Fraction(7, 10)
WHOLE = 10_000  # basis points
THRESHOLD = Fraction(7, 10)


@dataclass(frozen=True, slots=True)
class Weighed:
    """One KPI of a scorecard. Weights of a scorecard are basis points, 10 000 together; an
    attainment below ``threshold`` counts as nothing, one above ``cap`` as the cap."""

    attained: Value
    weight: int
    threshold: Fraction = THRESHOLD
    cap: Fraction = CAP

    @property
    def counted(self) -> Fraction | None:
        """The attainment as it enters the sum; None without one."""
        number = self.attained.number
        if number is None:
            return None
        return Fraction(0) if number < self.threshold else min(number, self.cap)


@dataclass(frozen=True, slots=True)
class Score:
    """``value`` is Σ weight × counted, 1 = 100 %. ``known`` is the weight of the KPIs that have an
    attainment: the rest was left out and the weights were scaled up."""

    value: Value
    known: Fraction


def score(lines: Sequence[Weighed]) -> Score:
    """KPIs without an attainment are left out while those that have one weigh at least 70 %;
    else there is no score."""
    whole = sum(line.weight for line in lines)
    known = sum(line.weight for line in lines if line.counted is not None)
    share = Fraction(known, whole) if whole else Fraction(0)
    if not known or share < LEAST_KNOWN:
        return Score(Value(reason=Reason.NO_DATA), share)
    total = sum(
        (line.counted * line.weight for line in lines if line.counted is not None), Fraction(0)
    )
    return Score(Value(total / known), share)


def department_total(attained: Sequence[Value]) -> Value:
    """Every KPI weighs the same and none is cut below a threshold: the total of a department that
    has no scorecard of its own."""
    if not attained:
        return Value(reason=Reason.NO_DATA)
    return score([Weighed(item, 1, Fraction(0)) for item in attained]).value
