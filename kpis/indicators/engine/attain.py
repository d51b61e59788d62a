"""Attainment of a plan, its lamp, and how both are shown. Lamps look at exact values only."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from kpis.indicators.engine.values import Reason, Value, floored, rounded

GREEN_FROM = Fraction(1)
AMBER_FROM = Fraction(9, 10)
CAP = Fraction(12, 10)


_NO = Reason.NO_PLAN


class Better(StrEnum):
    """Which way is good."""

    UP = "up"
    DOWN = "down"
    CORRIDOR = "corridor"


class Lamp(StrEnum):
    """Always shown with its word and sign, never by colour alone."""

    BLUE = "blue"
    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"
    HATCHED = "hatched"


@dataclass(frozen=True, slots=True)
class Goal:
    """What a fact is measured against. ``plan`` is the lower edge of a corridor whose upper one is
    ``upper``. ``base`` is what attainment is counted from where the plan may be zero or below."""

    plan: Fraction
    better: Better = Better.UP
    upper: Fraction | None = None
    base: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Attainments at which the lamp changes."""

    green: Fraction = GREEN_FROM
    amber: Fraction = AMBER_FROM
    cap: Fraction = CAP


DEFAULT = Thresholds()


def attainment(fact: Value, goal: Goal | None) -> Value:
    """Share of the plan attained, 1 = all of it. Not capped, see `capped`.

    Up: fact ÷ plan. Down: 2 − fact ÷ plan, not below 0, so that spending nothing is 200 % and
    twice the limit is 0 %. A limit of 0 is kept (100 %) or not (0 %); a goal of 0 is no plan.
    Corridor: 100 % inside, falling evenly to 0 at one width outside. With a base:
    (fact − base) ÷ (plan − base), not below 0.
    """
    if fact.number is None:
        return fact
    if goal is None:
        return Value(reason=Reason.NO_PLAN)
    if goal.better is Better.CORRIDOR:
        return _inside(fact.number, goal)
    if goal.base is not None:
        way = goal.plan - goal.base
        return Value.of(max((fact.number - goal.base) / way, Fraction(0)) if way else None, _NO)
    if goal.plan < 0:
        return Value(reason=_NO)
    if goal.better is Better.DOWN:
        if goal.plan == 0:
            return Value(Fraction(1 if fact.number <= 0 else 0))
        return Value(max(2 - fact.number / goal.plan, Fraction(0)))
    return Value.of(fact.number / goal.plan if goal.plan else None, _NO)


def _inside(fact: Fraction, goal: Goal) -> Value:
    upper = goal.plan if goal.upper is None else goal.upper
    if goal.plan <= fact <= upper:
        return Value(Fraction(1))
    width = upper - goal.plan
    outside = goal.plan - fact if fact < goal.plan else fact - upper
    return Value(max(1 - outside / width, Fraction(0)) if width else Fraction(0))


def capped(value: Fraction, cap: Fraction = CAP) -> Fraction:
    """Attainment as a scorecard takes it."""
    return min(value, cap)


def lamp_of(attained: Value, by: Thresholds = DEFAULT, *, uncertain: bool = False) -> Lamp:
    """Decided by the exact attainment. ``uncertain``: the sample says neither yes nor no."""
    if attained.number is None:
        return Lamp.HATCHED if attained.reason is Reason.SMALL_SAMPLE else Lamp.GREY
    if uncertain:
        return Lamp.HATCHED
    if attained.number >= by.cap > by.green:
        return Lamp.BLUE
    if attained.number >= by.green:
        return Lamp.GREEN
    return Lamp.AMBER if attained.number >= by.amber else Lamp.RED


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
