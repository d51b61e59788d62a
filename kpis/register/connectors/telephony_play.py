"""The incoming calls of the tea shop, the same for every telephone vendor that is played."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from kpis.simulator.company import FIRST_DAY
from kpis.simulator.play import Stage, Truth

LINES = ("74951230001", "74951230002", "78122000003")
PEOPLE = ("Анна Лаптева", "Игорь Соболев", "Мария Чай")
_FIRST_SECOND = 9 * 3600
_OPEN_SECONDS = 12 * 3600


@dataclass(frozen=True, slots=True)
class ShopCall:
    """One call; ``at`` in the shop's zone, ``seconds`` of talk (0: missed), ``wait`` before."""

    number: int
    at: dt.datetime
    line: str
    caller: str
    seconds: int
    wait: int
    person: str

    @property
    def answered(self) -> bool:
        """Whether somebody took it."""
        return self.seconds > 0

    @property
    def day(self) -> dt.date:
        """Its day in the shop's zone."""
        return self.at.date()


def calls_of(stage: Stage, day: dt.date, zone: ZoneInfo) -> list[ShopCall]:
    """The calls of one day, oldest first, as far as they have happened. Every line has one that
    was answered and one that was missed; two stand at the edges of the day."""
    if day < FIRST_DAY:
        return []
    calls = []
    for place, line in enumerate(LINES):
        count = 3 + stage.number(5, "calls", day, line)
        for index in range(count):
            about = ("call", day, line, index)
            seconds = 20 + stage.number(400, *about, "talk")
            if index == 1 or (index > 1 and stage.number(5, *about, "missed") == 0):
                seconds = 0
            second = _FIRST_SECOND + stage.number(_OPEN_SECONDS, *about, "at")
            if place == 0 and index == 0:
                second = 24 * 3600 - 20
            elif place == 1 and index == 0:
                second = 15
            moment = dt.datetime.combine(day, dt.time(), zone) + dt.timedelta(seconds=second)
            calls.append(
                ShopCall(
                    number=(day - FIRST_DAY).days * 100 + place * 10 + index + 1,
                    at=moment,
                    line=line,
                    caller=f"7916{5550000 + stage.number(60, *about, 'who'):07d}",
                    seconds=seconds,
                    wait=3 + stage.number(25, *about, "wait"),
                    person=PEOPLE[stage.number(len(PEOPLE), *about, "person")] if seconds else "",
                )
            )
    now = stage.now()
    return sorted(
        (call for call in calls if call.at <= now), key=lambda call: (call.at, call.number)
    )


def truth_of(calls: Iterable[ShopCall]) -> Truth:
    """What the register must hold of these calls, by line and day."""
    truth: Truth = {}
    for call in calls:
        for metric, value in (
            ("calls", 1),
            ("missed_calls", 0 if call.answered else 1),
            ("call_seconds", call.seconds),
        ):
            if value:
                key = (metric, f"line:{call.line}", call.day)
                truth[key] = truth.get(key, Decimal()) + value
    return truth
