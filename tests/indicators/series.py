"""Short ways to write daily figures in tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from config.lib.dates import days_between
from kpis.indicators.engine.series import AddUp, Day, MetricDays


def day(text: str) -> dt.date:
    """``03.11.2026`` or ``2026-11-03``."""
    if "-" in text:
        return dt.date.fromisoformat(text)
    number, month, year = (int(part) for part in text.split("."))
    return dt.date(year, month, number)


def number(text: str | int) -> Fraction:
    """An exact number from how a person writes it."""
    return Fraction(Decimal(str(text)))


def spread(code: str, total: str | int, first: str, last: str, **more: object) -> MetricDays:
    """``total`` in equal exact parts over every day from ``first`` to ``last``."""
    days = list(days_between(day(first), day(last)))
    part = number(total) / len(days)
    return MetricDays(code, {one: Day(part) for one in days}, **more)  # type: ignore[arg-type]  # passed on


def on(code: str, figures: Mapping[str, str | int], adds_up: AddUp = AddUp.SUM) -> MetricDays:
    """The metric on the named days only."""
    return MetricDays(code, {day(at): Day(number(what)) for at, what in figures.items()}, adds_up)
