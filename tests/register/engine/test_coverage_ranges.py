"""The cursor as sets of days, against plain Python sets."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kpis.register import coverage

ORIGIN = dt.date(2026, 1, 1)
day = st.integers(0, 60).map(lambda n: ORIGIN + dt.timedelta(days=n))
window = st.tuples(day, day).map(sorted).map(tuple)


def days_of(ranges: list[coverage.Range]) -> set[dt.date]:
    return {a + dt.timedelta(days=n) for a, b in ranges for n in range((b - a).days + 1)}


def covered(windows: list[coverage.Range]) -> list[coverage.Range]:
    ranges: list[coverage.Range] = []
    for first, last in windows:
        ranges = coverage.add(ranges, first, last)
    return ranges


@given(st.lists(window, max_size=8))
def test_ranges_hold_the_same_days_sorted_and_apart(windows: list[coverage.Range]) -> None:
    ranges = covered(windows)
    assert days_of(ranges) == days_of(windows)
    for (_a, end), (start, _b) in pairwise(ranges):
        assert start > end + dt.timedelta(days=1)


@given(st.lists(window, max_size=8), window)
def test_missing_is_the_difference(windows: list[coverage.Range], asked: coverage.Range) -> None:
    gaps = coverage.missing(covered(windows), *asked)
    assert days_of(gaps) == days_of([asked]) - days_of(windows)


@given(st.lists(window, max_size=8), window, st.integers(0, 10), st.integers(1, 9))
def test_slices_read_gaps_and_the_tail_once_newest_first(
    windows: list[coverage.Range], asked: coverage.Range, lookback: int, length: int
) -> None:
    first, last = asked
    pieces = coverage.slices(covered(windows), first, last, lookback=lookback, length=length)
    tail = {last - dt.timedelta(days=n) for n in range(lookback)} & days_of([asked])
    assert days_of(pieces) == (days_of([asked]) - days_of(windows)) | tail
    assert sum((b - a).days + 1 for a, b in pieces) == len(days_of(pieces))
    assert all((b - a).days < length for a, b in pieces)
    assert pieces == sorted(pieces, reverse=True)


@given(st.lists(window, max_size=5))
def test_the_column_gives_back_what_was_put_in(windows: list[coverage.Range]) -> None:
    ranges = covered(windows)
    assert coverage.load(coverage.dump(ranges)) == ranges
