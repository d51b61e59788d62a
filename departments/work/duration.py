"""Time as people type it: "30", "1:20", "1ч 20м", "1h20m", ",5"."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

DAY_MINUTES = 24 * 60

_CLOCK = re.compile(r"(?P<hours>\d{1,2}):(?P<minutes>[0-5]\d)")
_PARTS = re.compile(
    r"(?:(?P<hours>\d{1,3}(?:[.,]\d{1,2})?|[.,]\d{1,2})\s*(?:ч|час|часа|часов|h|hr|hrs|hour|hours)\.?)?"
    r"\s*(?:(?P<minutes>\d{1,4})\s*(?:м|мин|минут|минута|минуты|m|min|mins|minute|minutes)?\.?)?"
)
_DECIMAL_HOURS = re.compile(r"\d{0,2}[.,]\d{1,2}")


def parse_minutes(text: str) -> int:
    """Minutes, 1 to 1440. A whole number is minutes, one with a comma or a point is hours.

    Raises ``ValueError`` for anything else.
    """
    typed = text.strip().lower().replace("\N{NO-BREAK SPACE}", " ")
    minutes = _minutes(typed)
    if minutes is None or not 1 <= minutes <= DAY_MINUTES:
        raise ValueError(f"not a duration: {text!r}")
    return minutes


def _minutes(typed: str) -> int | None:
    if not typed:
        return None
    if match := _CLOCK.fullmatch(typed):
        return int(match["hours"]) * 60 + int(match["minutes"])
    if _DECIMAL_HOURS.fullmatch(typed):
        return _hours(typed)
    if match := _PARTS.fullmatch(typed):
        hours = _hours(match["hours"]) if match["hours"] else 0
        return hours + int(match["minutes"] or 0)
    return None


def _hours(typed: str) -> int:
    minutes = Decimal("0" + typed.replace(",", ".")) * 60
    return int(minutes.quantize(Decimal(1), rounding=ROUND_HALF_UP))
