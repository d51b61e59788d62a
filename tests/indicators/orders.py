"""Orders with their touches, put into the register and given to channels as a worker would."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from kpis.indicators.models import AttributionJob, ChannelRule, OrderCredit
from kpis.indicators.services.attribution import (
    attribution_plan,
    attribution_run,
    attribution_sweep,
)
from kpis.register.connectors.records import OrderRecord, Touch, TouchKind
from kpis.register.models import Source
from staff.accounts.models import Scope
from tests.register.pages.told import SHOP

NOON = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)  # 12:00 in Moscow
TODAY = dt.date(2026, 11, 20)


def utm(source: str, days: int | None = None, **more: Any) -> Touch:
    """A tagged link so many days before the order; None: the source tells no moment."""
    at = None if days is None else NOON - dt.timedelta(days=days)
    return Touch(TouchKind.UTM, at=at, source=source, **more)


def code(value: str) -> Touch:
    return Touch(TouchKind.PROMO_CODE, value=value)


def bought(key: str, *touches: Touch, amount: str = "10000", **more: Any) -> OrderRecord:
    given: dict[str, Any] = {"day": TODAY, "at": NOON, "currency": "RUB", "subject": SHOP, **more}
    return OrderRecord(key=key, amount=Decimal(amount), touches=touches, **given)


def attribute(source: Source) -> AttributionJob:
    """One whole job of the source."""
    job = attribution_plan(source=source)
    attribution_run(job.pk)
    job.refresh_from_db()
    return job


def settle() -> None:
    """Sweeps and jobs until nothing is left to do."""
    for _round in range(5):
        if not attribution_sweep():
            return
        for job in AttributionJob.objects.filter(state=AttributionJob.State.PLANNED):
            attribution_run(job.pk)
    raise AssertionError("the sweep never comes to rest")


def names_channel(scope: Scope, kind: str, pattern: str, channel: str, **more: Any) -> ChannelRule:
    return ChannelRule.objects.create(
        scope=scope, kind=kind, pattern=pattern, channel=channel, **more
    )


def credits(key: str, kind: str = "order") -> dict[str, Decimal]:
    """Channel → what is booked."""
    rows = OrderCredit.objects.filter(key=key, kind=kind).order_by("number")
    return {row.channel: row.amount for row in rows if row.amount}


def primary(key: str) -> OrderCredit:
    return OrderCredit.objects.get(key=key, kind="order", role="primary")
