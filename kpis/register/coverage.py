"""The cursor of a stream: which days are in the register, as sorted disjoint ranges. Pure
functions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

DAY = dt.timedelta(days=1)
Range = tuple[dt.date, dt.date]


def load(stored: Iterable[Iterable[str]]) -> list[Range]:
    """From the JSON column."""
    return [(dt.date.fromisoformat(a), dt.date.fromisoformat(b)) for a, b in stored]


def dump(ranges: Iterable[Range]) -> list[list[str]]:
    """For the JSON column."""
    return [[a.isoformat(), b.isoformat()] for a, b in ranges]


def add(ranges: Iterable[Range], first: dt.date, last: dt.date) -> list[Range]:
    """The union with ``first``…``last``; touching ranges become one."""
    merged: list[Range] = []
    for a, b in sorted([*ranges, (first, last)]):
        if merged and a <= merged[-1][1] + DAY:
            merged[-1] = (merged[-1][0], max(merged[-1][1], b))
        else:
            merged.append((a, b))
    return merged


def missing(ranges: Iterable[Range], first: dt.date, last: dt.date) -> list[Range]:
    """What of ``first``…``last`` is not covered, oldest first."""
    gaps: list[Range] = []
    at = first
    for a, b in sorted(ranges):
        if b < at or a > last:
            continue
        if a > at:
            gaps.append((at, a - DAY))
        at = max(at, b + DAY)
    if at <= last:
        gaps.append((at, last))
    return gaps


def slices(
    ranges: Iterable[Range], first: dt.date, last: dt.date, *, lookback: int, length: int
) -> list[Range]:
    """What to read now: the last ``lookback`` days again and every gap, cut into at most ``length``
    days, newest first."""
    if first > last:
        return []
    again = max(first, last - DAY * (lookback - 1)) if lookback else last + DAY
    wanted = missing(ranges, first, last)
    if again <= last:
        wanted = add(wanted, again, last)
    pieces: list[Range] = []
    for a, b in sorted(wanted, reverse=True):
        end = b
        while end >= a:
            start = max(a, end - DAY * (length - 1))
            pieces.append((start, end))
            end = start - DAY
    return pieces
