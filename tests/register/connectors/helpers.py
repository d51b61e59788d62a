"""The moment the tests live at, the simulator's token, and the types of the fixtures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from kpis.register.connectors.matomo import MatomoConnector
from kpis.simulator import Simulator

NOW = dt.datetime(2026, 3, 20, 9, 0, tzinfo=dt.UTC)
TODAY = NOW.date()
TOKEN = "demo-token"

Play = Callable[..., Simulator]
Connect = Callable[..., MatomoConnector]
Serve = Callable[..., str]
