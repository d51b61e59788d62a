"""Metrics of the vocabulary that our own apps measure: tasks, funds, the age of sources. They are
asked when a figure is read, so they are never older than the page.

The provider of a metric lies in the app that knows it and is called from here; a source of the
register that gives the same metric is not counted beside it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from staff.accounts.models import Scope

# code → day → value
Measured = Mapping[str, Mapping[dt.date, Decimal]]
Provider = Callable[[Scope, dt.date, dt.date], Measured]

_providers: dict[str, Provider] = {}


def register_measured(*codes: str, provider: Provider) -> None:
    """``provider(scope, first, last)`` gives ``codes`` day by day under a scope, both days
    included; a day without a value is left out. One code has one provider."""
    for code in codes:
        if code in _providers:
            raise ValueError(f"{code} is measured twice")
        _providers[code] = provider


def is_measured(code: str) -> bool:
    """Whether one of our apps gives the metric."""
    return code in _providers


def measured(codes: Iterable[str], *, scope: Scope, first: dt.date, last: dt.date) -> Measured:
    """The asked metrics that our apps give; each provider is called once."""
    wanted = [code for code in codes if code in _providers]
    found: dict[str, Mapping[dt.date, Decimal]] = {}
    for provider in dict.fromkeys(_providers[code] for code in wanted):
        found |= {
            code: days
            for code, days in provider(scope, first, last).items()
            if _providers.get(code) is provider
        }
    return {code: found.get(code, {}) for code in wanted}
