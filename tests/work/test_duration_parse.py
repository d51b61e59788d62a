"""Time as people type it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from departments.work.duration import parse_minutes


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("30", 30),
        ("1:20", 80),
        ("0:05", 5),
        ("1ч 20м", 80),
        ("1 ч 20 мин", 80),
        ("1h20m", 80),
        ("1H 20", 80),
        ("2ч", 120),
        ("45 мин.", 45),
        ("45м", 45),
        ("1,5ч", 90),
        (",5", 30),
        ("1.5", 90),
        ("1,25", 75),
        ("  15 ", 15),
        ("2\N{NO-BREAK SPACE}часа", 120),
        ("24:00", 1440),
    ],
)
def test_it_reads(typed: str, minutes: int) -> None:
    assert parse_minutes(typed) == minutes


@pytest.mark.parametrize(
    "typed", ["", "0", "0:00", "1:60", "25:00", "1441", "час", "-5", "1:2:3", "5 x", "1e2", "½"]
)
def test_it_refuses(typed: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        parse_minutes(typed)


@given(minutes=st.integers(1, 1440))
def test_every_way_to_write_a_time_is_the_same_time(minutes: int) -> None:
    hours, rest = divmod(minutes, 60)
    ways = {str(minutes), f"{hours}:{rest:02}", f"{hours}h{rest}m", f"{hours}ч {rest}м"}
    assert {parse_minutes(way) for way in ways} == {minutes}
