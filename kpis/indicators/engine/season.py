"""Seasons: how much of a year each month makes, and a year's plan split by it without a rest."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from kpis.indicators.engine.remainder import shared_out

LEAST_YEARS = 2
MONTHS = range(1, 13)


def season_indices(history: Mapping[tuple[int, int], Fraction]) -> dict[int, Fraction] | None:
    """The index of every month, 1 = an average one: the month's average over the years ÷ the
    average month.

    ``history`` is the fact of (year, month). Only years with all twelve months count, so that
    growth between years is not taken for a season; None with fewer than two of them, or where the
    facts are not above zero.
    """
    years = {year for year, _month in history}
    whole = [year for year in years if all((year, month) in history for month in MONTHS)]
    if len(whole) < LEAST_YEARS:
        return None
    sums = {month: sum((history[year, month] for year in whole), Fraction(0)) for month in MONTHS}
    average = sum(sums.values(), Fraction(0)) / len(MONTHS)
    if average <= 0 or any(value < 0 for value in sums.values()):
        return None
    return {month: value / average for month, value in sums.items()}


def split_by_season(
    total: Decimal, indices: Mapping[int, Fraction], places: int = 0
) -> dict[int, Decimal]:
    """``total`` (not negative) over the months of ``indices``, each with ``places`` digits; the
    months together are exactly ``total``. Of equal fractions the larger, then the earlier month
    gets the unit left over. Raises ValueError where ``total`` has more digits than ``places``, or
    no index is above zero."""
    units = Fraction(total) * 10**places
    if units.denominator != 1:
        raise ValueError("the total has more digits than its parts")
    parts = shared_out(units.numerator, indices)
    return {month: Decimal(part).scaleb(-places) for month, part in sorted(parts.items())}
