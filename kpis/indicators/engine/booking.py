"""Money as it enters the books: converted once, rounded once, half up, to a kopeck."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

from kpis.indicators.engine.values import rounded

KOPECKS = 2
# Russian VAT by the day from which it holds, newest first.
VAT: tuple[tuple[dt.date, Fraction], ...] = (
    (dt.date(2026, 1, 1), Fraction(22, 100)),
    (dt.date(2019, 1, 1), Fraction(20, 100)),
    (dt.date(2004, 1, 1), Fraction(18, 100)),
)


def booked(amount: Decimal, rate: Decimal) -> Decimal:
    """A sum in foreign currency × the rate of its day, rounded half up. Every row is booked by
    itself: later sums add the booked rows and convert nothing again."""
    return rounded(Fraction(amount) * Fraction(rate), KOPECKS)


def vat_rate(day: dt.date) -> Fraction:
    """The general rate on ``day``. Raises LookupError before 2004."""
    for first, rate in VAT:
        if day >= first:
            return rate
    raise LookupError(f"no VAT rate is known for {day}")


def net_of_vat(gross: Decimal, day: dt.date) -> Decimal:
    """What of ``gross`` is left without the VAT in it."""
    return rounded(Fraction(gross) / (1 + vat_rate(day)), KOPECKS)
