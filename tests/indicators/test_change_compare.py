"""Comparisons that would mislead say why instead."""

from __future__ import annotations

import datetime as dt

import pytest

from kpis.indicators.engine.values import Reason
from kpis.indicators.selectors.readings import month_readings
from kpis.register.models import Source
from tests.factories import Tree
from tests.indicators.register import daily, fill

pytestmark = pytest.mark.django_db


def test_a_part_of_last_year_is_no_base_for_a_percent(
    source: Source, morning: dt.date, tree: Tree
) -> None:
    """Ten known days of a November against a full one would look like a triumph."""
    fill(
        source,
        {
            "sessions": {
                **daily(100, "11.11.2025", "20.11.2025"),
                **daily(100, "01.10.2026", "22.11.2026"),
            }
        },
    )
    readings, _inputs = month_readings(department=tree.department, month=morning, today=morning)
    sessions = next(item for item in readings if item.kpi.code == "sessions")
    assert sessions.year_ago.then.value.number == 1000
    assert sessions.year_ago.change.ratio.reason is Reason.INCOMPLETE
    assert sessions.previous.change.ratio.number == 0
