"""Over which days a KPI of a period is counted: the period itself, or what runs up to its end."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from kpis.indicators.engine.periods import Grain, Period, start_of


class SpanKind(StrEnum):
    """Cumulative values are worked out from the days each time, never stored and never added."""

    PERIOD = "period"
    TRAILING = "trailing"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Span:
    """``days`` belong to TRAILING only: so many days including the last one, which is the period's
    last complete day, so a running today is never in it."""

    kind: SpanKind = SpanKind.PERIOD
    days: int = 0

    def over(self, period: Period) -> Period:
        """The days counted for ``period``; one counted to date begins where its grain does."""
        match self.kind:
            case SpanKind.PERIOD:
                return period
            case SpanKind.TRAILING:
                return Period(period.last - dt.timedelta(days=self.days - 1), period.last)
            case _:
                return Period(start_of(Grain(self.kind.value), period.last), period.last)


OWN = Span()
