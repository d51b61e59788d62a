"""What a calculation gives: a number or the reason why there is none, and how far to trust it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction


class Reason(StrEnum):
    """Why there is no value. Missing is never zero."""

    NO_DATA = "no_data"  # nothing was measured
    NO_BASE = "no_base"  # the denominator is zero
    NOT_STARTED = "not_started"  # the period lies ahead
    NO_PLAN = "no_plan"  # nobody set a target, or the target cannot be attained in percent
    NEW = "new"  # grew from zero: a change in percent says nothing
    TOO_EARLY = "too_early"  # too little of the period has passed
    INCOMPLETE = "incomplete"  # the period to compare with lacks days or sources
    NOT_ADDITIVE = "not_additive"  # days of the metric do not add up to a period
    IMMATURE = "immature"  # the cohort's window is not over
    BROKEN = "broken"  # the formula refers to what is not there
    SMALL_SAMPLE = "small_sample"  # fewer cases than the KPI asks for


class State(StrEnum):
    """Preliminary figures may still be corrected by their source."""

    PRELIMINARY = "preliminary"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Value:
    """Exactly one of ``number`` and ``reason``."""

    number: Fraction | None = None
    reason: Reason | None = None

    def __post_init__(self) -> None:
        if (self.number is None) == (self.reason is None):
            raise ValueError("a value is a number or a reason")

    @classmethod
    def of(cls, number: Fraction | None, reason: Reason) -> Value:
        """``number`` where there is one, otherwise ``reason``."""
        return cls(number) if number is not None else cls(reason=reason)


def exact(number: Decimal | int) -> Fraction:
    """A stored number as it is."""
    return Fraction(number)


def rounded(number: Fraction, places: int) -> Decimal:
    """Half away from zero to ``places`` digits, without leaving exact arithmetic."""
    scaled = number * 10**places
    doubled = 2 * abs(scaled.numerator) + scaled.denominator
    whole = doubled // (2 * scaled.denominator)
    return Decimal(whole if scaled >= 0 else -whole).scaleb(-places)


def floored(number: Fraction, places: int) -> Decimal:
    """Down (towards minus infinity) to ``places`` digits."""
    scaled = number * 10**places
    return Decimal(scaled.numerator // scaled.denominator).scaleb(-places)
