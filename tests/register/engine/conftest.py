"""A Matomo source over a simulator on loopback."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kpis.register.models import Slice, Source, SyncRun
from kpis.register.services import runs, sources, sync
from kpis.simulator import Simulator
from staff.accounts.models import User
from tests.factories import Tree

MakeSource = Callable[..., Source]


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(port=0) as server:
        yield server


@pytest.fixture
def make_source(simulator: Simulator, tree: Tree, head: User) -> MakeSource:
    """``make_source(name, days=10, **settings)``: a source with that many days of history."""

    def make(name: str = "Shop", *, days: int = 10, **settings: Any) -> Source:
        values = {"base_url": simulator.url, "site_id": "1", "token_auth": "demo-token"} | settings
        plain, secrets = sources.settings_clean("matomo", values)
        return sources.source_create(
            actor=head,
            scope=tree.department.scope,
            kind="matomo",
            name=name,
            plain=plain,
            secrets=secrets,
            history_from=dt.date.today() - dt.timedelta(days=days),  # noqa: DTZ011  any day will do
        )

    return make


@pytest.fixture
def source(make_source: MakeSource) -> Source:
    return make_source(ecommerce=True, campaigns=True)


def read_once(source: Source) -> SyncRun:
    """One run, carried as far as it goes now."""
    run = runs.run_create(source=source, trigger=SyncRun.Trigger.MANUAL)
    sync.run_execute(run.pk)
    run.refresh_from_db()
    return run


def go_on(run: SyncRun) -> SyncRun:
    """The waiting is over."""
    SyncRun.objects.filter(pk=run.pk).update(not_before=run.created_at)
    Slice.objects.filter(run=run).update(not_before=None)
    sync.run_execute(run.pk)
    run.refresh_from_db()
    return run
