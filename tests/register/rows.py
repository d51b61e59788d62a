"""Rows of the register to test with: sources made by their service, runs written directly."""

from __future__ import annotations

import datetime as dt
import zlib
from typing import Any

from kpis.register.models import Metric, Slice, Source, SyncRun
from kpis.register.models.run import State
from kpis.register.services.sources import source_create, stream_ensure
from staff.accounts.models import Scope, User

TOKEN = "s3cret-token-never-shown"
Piece = tuple[str, dt.date, dt.date, str, int]
STREAMS = {
    "visits": ("sessions", "users"),
    "ecommerce": ("orders", "revenue"),
    "campaigns": ("campaign_sessions",),
}


def file_source(actor: User, scope: Scope, name: str = "Reports") -> Source:
    plain = {"currency": "RUB", "time_zone": "Europe/Moscow"}
    return source_create(actor=actor, scope=scope, kind="file", name=name, plain=plain, secrets={})


def matomo_source(
    actor: User, scope: Scope, name: str = "Site", base_url: str = "https://stats.example.com"
) -> Source:
    return source_create(
        actor=actor,
        scope=scope,
        kind="matomo",
        name=name,
        plain={"base_url": base_url, "site_id": 1, "ecommerce": True, "campaigns": True},
        secrets={"token_auth": TOKEN},
    )


def make_run(source: Source, *, slices: list[Piece] | None = None, **fields: Any) -> SyncRun:
    """A run in the given state (running by default) with its slices, no worker involved."""
    values = {"trigger": SyncRun.Trigger.MANUAL, "state": State.RUNNING, **fields}
    run = SyncRun.objects.create(source=source, **values)
    for name, first, last, state, received in slices or []:
        stream = stream_ensure(source=source, name=name, metrics=STREAMS[name])
        Slice.objects.create(
            run=run,
            stream=stream,
            first_day=first,
            last_day=last,
            state=state,
            rows_received=received,
            rows_announced=received,
            rows_written=received if state == State.DONE else 0,
        )
    return run


def metric(code: str) -> Metric:
    return Metric.objects.get(code=code)


def packed(body: bytes) -> bytes:
    """A body as raw answers are kept."""
    return zlib.compress(body)
