"""The register's daily series as the engine takes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from kpis.indicators.engine.series import AddUp, Day, MetricDays
from kpis.indicators.engine.values import exact
from kpis.register.models import Metric
from kpis.register.models.result import Flag
from kpis.register.selectors.series import Series, daily_series
from staff.accounts.models import Scope


@dataclass(frozen=True, slots=True)
class Inputs:
    """Metrics of one scope by code. ``loaded_at`` is when the newest figure of a metric arrived,
    ``agreed_hours`` after how long it is late."""

    metrics: dict[str, Metric] = field(default_factory=dict)
    days: dict[str, MetricDays] = field(default_factory=dict)
    loaded_at: dict[str, dt.datetime | None] = field(default_factory=dict)
    agreed_hours: dict[str, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether the register has nothing of these metrics on these days."""
        return not any(item.days for item in self.days.values())


def inputs(
    *, scope: Scope, codes: Iterable[str], spans: Iterable[tuple[dt.date, dt.date]]
) -> Inputs:
    """Metrics ``codes`` on the days of every (first, last) span. Three queries per span.

    Raises LookupError for a code outside the vocabulary.
    """
    found = Inputs()
    for first, last in spans:
        series = daily_series(scope=scope, metrics=codes, first=first, last=last)
        for code, item in series.items():
            before = found.days.get(code)
            days = {**(before.days if before else {}), **_days(item)}
            found.metrics[code] = item.metric
            found.days[code] = MetricDays(
                code,
                days,
                AddUp(item.metric.agg_time),
                item.metric.settle_days,
                item.metric.missing == Metric.Missing.ZERO,
            )
            if item.agreed_hours is not None:
                found.agreed_hours[code] = item.agreed_hours
            known = (found.loaded_at.get(code), item.loaded_at())
            found.loaded_at[code] = max((at for at in known if at), default=None)
    return found


def _days(series: Series) -> dict[dt.date, Day]:
    return {
        day: Day(exact(figure.value), figure.streams, bool(figure.flags & Flag.PROVISIONAL))
        for day, figure in series.days.items()
    }
