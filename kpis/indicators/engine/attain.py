"""Attainment of a plan, its lamp, and how both are shown. Lamps look at exact values only."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from kpis.indicators.engine.values import Reason, Value, floored, rounded

GREEN_FROM = Fraction(1)
AMBER_FROM = Fraction(9, 10)
CAP = Fraction(12, 10)


class Better(StrEnum):
    """Which way is good."""

    UP = "up"
    DOWN = "down"


class Lamp(StrEnum):
    """Always shown with its word and sign, never by colour alone."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"


def attainment(fact: Value, plan: Fraction | None, better: Better) -> Value:
    """Share of the plan attained, 1 = all of it. Not capped, see `capped`.

    Up: fact ÷ plan. Down: 2 − fact ÷ plan, not below 0, so that spending nothing is 200 % and
    twice the limit is 0 %. A limit of 0 is kept (100 %) or not (0 %); a goal of 0 is no plan.
    """
    if fact.number is None:
        return fact
    if plan is None or plan < 0:
        return Value(reason=Reason.NO_PLAN)
    if better is Better.DOWN:
        if plan == 0:
            return Value(Fraction(1 if fact.number <= 0 else 0))
        return Value(max(2 - fact.number / plan, Fraction(0)))
    return Value.of(fact.number / plan if plan else None, Reason.NO_PLAN)


def capped(value: Fraction, cap: Fraction = CAP) -> Fraction:
    """Attainment as a scorecard takes it."""
    return min(value, cap)


def lamp_of(attained: Value) -> Lamp:
    if attained.number is None:
        return Lamp.GREY
    if attained.number >= GREEN_FROM:
        return Lamp.GREEN
    return Lamp.AMBER if attained.number >= AMBER_FROM else Lamp.RED


def shown_percent(
    share: Fraction, places: int = 1, thresholds: tuple[Fraction, ...] = (GREEN_FROM, AMBER_FROM)
) -> Decimal:
    """The share in percent, rounded half up, but never up to a threshold it has not reached:
    99.96 % is shown as 99.9."""
    percent = share * 100
    shown = rounded(percent, places)
    for threshold in thresholds:
        if percent < threshold * 100 <= Fraction(shown):
            return floored(percent, places)
    return shown
