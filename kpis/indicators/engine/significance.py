"""Whether one share of cases is really above another: a mailing against its control group, variant
B against variant A. The sample is fixed beforehand and looked at once, when it is complete."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from kpis.indicators.engine.sample import wilson

ALPHA = Fraction(5, 100)
DIGITS = 60
# Beyond this z the probability has more than forty zeros.
FAR = Fraction(14)
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459")


@dataclass(frozen=True, slots=True)
class Group:
    """``cases`` (buyers, clicks) out of ``size``, more than 0."""

    cases: int
    size: int

    def __post_init__(self) -> None:
        if not 0 <= self.cases <= self.size or not self.size:
            raise ValueError("cases are a part of a group that is not empty")

    @property
    def share(self) -> Fraction:
        return Fraction(self.cases, self.size)


@dataclass(frozen=True, slots=True)
class Comparison:
    """``difference`` of the shares with the limits ``low`` and ``high`` it lies between with 95 %
    confidence (Newcombe's, from both Wilson intervals). ``z`` and the two-sided ``probability`` of
    such a difference by chance are None where both groups are all or nothing."""

    difference: Fraction
    low: Fraction
    high: Fraction
    z: Fraction | None
    probability: Fraction | None
    enough: bool

    @property
    def is_proven(self) -> bool:
        """Enough cases, and by chance less often than once in twenty."""
        return self.enough and self.probability is not None and self.probability < ALPHA


def compared(tried: Group, control: Group, *, least: int = 0) -> Comparison:
    """``tried`` against ``control``; ``least`` is the size of both fixed beforehand."""
    difference = tried.share - control.share
    ours = wilson(Fraction(tried.cases), Fraction(tried.size))
    theirs = wilson(Fraction(control.cases), Fraction(control.size))
    down = _root((tried.share - ours.low) ** 2 + (theirs.high - control.share) ** 2)
    up = _root((ours.high - tried.share) ** 2 + (control.share - theirs.low) ** 2)
    z = _z(tried, control)
    return Comparison(
        difference,
        difference - down,
        difference + up,
        z,
        None if z is None else two_sided(z),
        min(tried.size, control.size) >= least,
    )


def extra_cases(tried: Group, control: Group) -> Fraction:
    """How many cases of ``tried`` would not have come without it: the difference × its size."""
    return (tried.share - control.share) * tried.size


def two_sided(z: Fraction) -> Fraction:
    """The probability that chance alone gives at least ``z`` either way, to 34 digits; 0 where it
    would begin with more than forty zeros."""
    if abs(z) > FAR:
        return Fraction(0)
    with localcontext() as context:
        context.prec = DIGITS
        at = _decimal(abs(z)) / Decimal(2).sqrt()
        # erf by a series without alternating signs: nothing cancels.
        term = total = at
        odd = 1
        while term > total.scaleb(-DIGITS):
            odd += 2
            term = term * 2 * at * at / odd
            total += term
        inside = 2 * total * (-at * at).exp() / PI.sqrt()
        return Fraction(max(1 - inside, Decimal(0)))


def _z(tried: Group, control: Group) -> Fraction | None:
    """Two proportions with the pooled share."""
    pooled = Fraction(tried.cases + control.cases, tried.size + control.size)
    spread = pooled * (1 - pooled) * (Fraction(1, tried.size) + Fraction(1, control.size))
    return (tried.share - control.share) / _root(spread) if spread else None


def _root(number: Fraction) -> Fraction:
    with localcontext() as context:
        context.prec = DIGITS
        return Fraction(_decimal(number).sqrt())


def _decimal(number: Fraction) -> Decimal:
    return Decimal(number.numerator) / Decimal(number.denominator)
