"""How far a share of a small number of cases can be trusted: the Wilson interval at 95 %."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

Z_95 = Decimal("1.959963984540054")
DIGITS = 34


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the true share lies with 95 % confidence, 0…1; ``sample`` is the number of cases."""

    low: Fraction
    high: Fraction
    sample: Fraction


def wilson(cases: Fraction, sample: Fraction, z: Decimal = Z_95) -> Interval:
    """The interval of ``cases`` out of ``sample`` (more than 0). The square root is taken with 34
    digits; the edges of all and of none are exact."""
    share, squared = cases / sample, Fraction(z) ** 2
    with localcontext() as context:
        context.prec = DIGITS
        inside = share * (1 - share) / sample + squared / (4 * sample**2)
        root = Fraction((Decimal(inside.numerator) / Decimal(inside.denominator)).sqrt())
    middle, spread = share + squared / (2 * sample), Fraction(z) * root
    whole = 1 + squared / sample
    low = Fraction(0) if cases == 0 else max((middle - spread) / whole, Fraction(0))
    high = Fraction(1) if cases == sample else min((middle + spread) / whole, Fraction(1))
    return Interval(low, high, sample)
