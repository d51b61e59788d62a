"""The bonus of a month: who gets how many kopecks of the department's fund.

Everything is whole kopecks. A coefficient is the result of a scorecard in 1/10 000; rounding is
downwards, so that nobody crosses the threshold by rounding.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from kpis.indicators.engine.attain import CAP
from kpis.indicators.engine.remainder import shared_out
from kpis.indicators.engine.scorecard import THRESHOLD, WHOLE


class Mode(StrEnum):
    """LIMIT: everybody gets their claim while the fund suffices, the rest of the fund stays.
    ALL: the whole fund is distributed by the claims, nobody above their cap."""

    LIMIT = "limit"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Norm:
    """What ``employee`` (an id) gets for a scorecard of 100 %: ``norm`` kopecks, not negative;
    ``coefficient`` is theirs of this month, see `coefficient_of`."""

    employee: int
    norm: int
    coefficient: int

    @property
    def cap(self) -> int:
        """The most that can be paid, kopecks."""
        most = self.norm * CAP
        return most.numerator // most.denominator

    @property
    def claim(self) -> Fraction:
        """What the scorecard has earned, exact kopecks: nothing below the threshold."""
        if Fraction(self.coefficient, WHOLE) < THRESHOLD:
            return Fraction(0)
        return min(Fraction(self.norm * self.coefficient, WHOLE), Fraction(self.cap))


@dataclass(frozen=True, slots=True)
class Distribution:
    """``pays`` are kopecks by employee; ``rest`` stays in the fund. Together they are the fund."""

    pays: dict[int, int]
    rest: int


def coefficient_of(score: Fraction) -> int:
    """A scorecard's result (1 = 100 %) in 1/10 000: 0 below 70 %, at most 120 %."""
    if score < THRESHOLD:
        return 0
    scaled = min(score, CAP) * WHOLE
    return scaled.numerator // scaled.denominator


def distributed(fund: int, norms: Iterable[Norm], mode: Mode = Mode.LIMIT) -> Distribution:
    """``fund`` kopecks (not negative) among ``norms``, one of every employee. Raises ValueError."""
    given = list(norms)
    people = {item.employee: item for item in given}
    if len(people) != len(given):
        raise ValueError("an employee is given twice")
    if fund < 0 or any(item.norm < 0 or item.coefficient < 0 for item in given):
        raise ValueError("a fund, a norm and a coefficient are not negative")
    claims = {key: item.claim for key, item in people.items()}
    pays = _within_claims(fund, claims) if mode is Mode.LIMIT else _all_of(fund, people, claims)
    return Distribution(pays, fund - sum(pays.values()))


def _within_claims(fund: int, claims: dict[int, Fraction]) -> dict[int, int]:
    claimed = sum(claims.values(), Fraction(0))
    return shared_out(min(fund, claimed.numerator // claimed.denominator), claims)


def _all_of(fund: int, people: dict[int, Norm], claims: dict[int, Fraction]) -> dict[int, int]:
    """Whoever would get more than their cap gets the cap, and the rest is split anew among the
    others until nobody exceeds."""
    pays = dict.fromkeys(people, 0)
    open_claims = {key: claim for key, claim in claims.items() if claim}
    left = fund
    while open_claims:
        whole = sum(open_claims.values(), Fraction(0))
        over = [key for key, claim in open_claims.items() if left * claim / whole > people[key].cap]
        if not over:
            return pays | shared_out(left, open_claims)
        for key in over:
            pays[key] = people[key].cap
            left -= pays[key]
            del open_claims[key]
    return pays
