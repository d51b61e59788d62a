"""Whether a day is out of the ordinary for its weekday, told by median and MAD.

Mean and deviation are blinded by one old spike; the median of the same weekdays is not. All exact:
the square root of the Poisson scale is the only number that is cut, far behind the comma.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

WEEK = dt.timedelta(days=7)
LEAST, MOST = 8, 12  # points of the same weekday
WEEKS_BACK = 26  # how far they are looked for
LIMIT = Fraction(7, 2)
FACTOR = Fraction(6745, 10_000)  # MAD of a normal distribution in its deviations
_DIGITS = 10**12


class Verdict(StrEnum):
    """What may be said of a day."""

    USUAL = "usual"
    HIGH = "high"
    LOW = "low"
    MISSING = "missing"  # days like this one have a value, this one has none
    UNKNOWN = "unknown"  # too few days to compare with
    EXCLUDED = "excluded"  # a note says the day is special


@dataclass(frozen=True, slots=True)
class Norm:
    """What is usual: the ``median`` of ``points`` days; ``scale`` is their MAD or, where they are
    all alike, max(√median, 1)."""

    median: Fraction
    scale: Fraction
    points: int

    @property
    def low(self) -> Fraction:
        """The least value that is still usual."""
        return self.median - LIMIT * self.scale / FACTOR

    @property
    def high(self) -> Fraction:
        """The greatest value that is still usual."""
        return self.median + LIMIT * self.scale / FACTOR


@dataclass(frozen=True, slots=True)
class Judgement:
    """``score`` is the modified z; it and ``norm`` are None where nothing was compared."""

    verdict: Verdict
    score: Fraction | None = None
    norm: Norm | None = None

    @property
    def is_alert(self) -> bool:
        return self.verdict in {Verdict.HIGH, Verdict.LOW, Verdict.MISSING}


def judge(
    day: dt.date, days: Mapping[dt.date, Fraction], excluded: Collection[dt.date] = ()
) -> Judgement:
    """``day`` against the last 8 to 12 days of its weekday. ``days`` are the known values, its own
    among them; ``excluded`` days are neither judged nor compared with."""
    if day in excluded:
        return Judgement(Verdict.EXCLUDED)
    before = (day - WEEK * back for back in range(1, WEEKS_BACK + 1))
    known = [days[other] for other in before if other in days and other not in excluded][:MOST]
    if len(known) < LEAST:
        return Judgement(Verdict.UNKNOWN)
    norm = norm_of(known)
    value = days.get(day)
    if value is None:
        return Judgement(Verdict.MISSING, norm=norm)
    score = FACTOR * (value - norm.median) / norm.scale
    if abs(score) <= LIMIT:
        return Judgement(Verdict.USUAL, score, norm)
    return Judgement(Verdict.HIGH if score > 0 else Verdict.LOW, score, norm)


def norm_of(values: Sequence[Fraction]) -> Norm:
    """Median and scale of at least one value."""
    middle = median(values)
    spread = median([abs(value - middle) for value in values])
    return Norm(middle, spread or max(root(abs(middle)), Fraction(1)), len(values))


def median(values: Sequence[Fraction]) -> Fraction:
    """The middle one, or half way between the two in the middle."""
    ordered = sorted(values)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return (ordered[half - 1] + ordered[half]) / 2


def root(number: Fraction) -> Fraction:
    """√``number`` (not negative), exact where it has a finite end, else cut after 12 digits."""
    product = number.numerator * number.denominator * _DIGITS**2
    return Fraction(math.isqrt(product), number.denominator * _DIGITS)
