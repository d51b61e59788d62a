"""A department on 23 November 2026 with figures up to the 22nd."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from departments.work import clock
from kpis.register.models import Source
from staff.accounts.models import User
from tests.factories import Tree
from tests.indicators.register import daily, fill, make_source

TODAY = dt.date(2026, 11, 23)


@pytest.fixture
def morning(monkeypatch: pytest.MonkeyPatch) -> dt.date:
    """The company's date is Monday 23 November 2026, whatever the machine's clock says."""
    monkeypatch.setattr(clock, "today", lambda zone: TODAY)
    return TODAY


@pytest.fixture
def source(head: User, tree: Tree) -> Source:
    return make_source(head, tree.department.scope)


@pytest.fixture
def filled(source: Source, morning: dt.date) -> Source:
    """A year and a month of even days: 200 sessions, 5 orders, 10 000 in revenue, 1 500 of cost;
    in November 250 sessions."""
    fill(
        source,
        {
            "sessions": {
                **daily(200, "01.10.2025", "31.10.2026"),
                **daily(250, "01.11.2026", "22.11.2026"),
            },
            "orders": daily(5, "01.10.2025", "22.11.2026"),
            "revenue": daily(10_000, "01.10.2025", "22.11.2026"),
            "media_cost": daily(1_500, "01.10.2025", "22.11.2026"),
        },
    )
    return source


@pytest.fixture
def opened(client_of: Callable[[User], Client], head: User) -> Client:
    """The head's browser."""
    return client_of(head)
