"""A worker that dies at any statement: whoever takes the run over ends where nothing had happened
at all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from kpis.register.connectors.base import Fact, SubjectRef
from kpis.register.connectors.records import (
    EnquiryKind,
    EnquiryRecord,
    Level,
    OrderRecord,
    OrderStatus,
    RefundRecord,
    Touch,
    TouchKind,
)
from kpis.register.models import OrderRevision, ResultRevision, Source, Stream, SyncRun
from kpis.register.models.run import State
from kpis.register.registry import connectors, plays
from kpis.register.services import runs, sync
from kpis.register.services.sources import source_create
from staff.accounts.models import User
from tests.factories import Tree
from tests.register.engine.shelf import metrics_in, rows_in
from tests.register.engine.table import totals_of
from tests.register.engine.vendor import SHOP, Vendor, VendorConnector

# Real transactions: what a dead worker leaves open is rolled back by the database itself.
pytestmark = pytest.mark.django_db(transaction=True)
DAY = dt.timedelta(days=1)
OTHER = SubjectRef("shop", "2", "Other shop")


class Killed(BaseException):
    """Nothing of the program sees it coming."""


class Killer:
    """Lets so many statements through and none after."""

    def __init__(self, after: int) -> None:
        self.left = after
        self.count = 0

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        self.count += 1
        if self.count > self.left:
            raise Killed
        return execute(sql, params, many, context)


@pytest.fixture
def vendor(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendor]:
    settings.REGISTER_CONNECTORS = [
        *settings.REGISTER_CONNECTORS,
        "tests.register.engine.vendor.VendorConnector",
    ]
    for cached in (connectors, plays):
        cached.cache_clear()
    fresh = Vendor()
    monkeypatch.setattr(VendorConnector, "vendor", fresh)
    yield fresh
    for cached in (connectors, plays):
        cached.cache_clear()


def shop(tree: Tree, head: User, number: int) -> Source:
    return source_create(
        actor=head,
        scope=tree.department.scope,
        kind="vendor",
        name=f"Vendor {number}",
        plain={},
        secrets={},
        history_from=timezone.localdate() - DAY * 4,
    )


def order(key: str, ago: int, amount: str, **more: Any) -> OrderRecord:
    day = timezone.localdate() - DAY * ago
    touch = Touch(TouchKind.PROMO_CODE, value=amount)
    values: dict[str, Any] = {"subject": SHOP, "touches": (touch,)} | more
    return OrderRecord(key=key, day=day, amount=Decimal(amount), currency="RUB", **values)


def call(key: str, ago: int, *, answered: bool) -> EnquiryRecord:
    at = timezone.now() - DAY * ago
    return EnquiryRecord(
        key=key,
        kind=EnquiryKind.CALL,
        at=at,
        day=timezone.localdate(at),
        subject=SHOP,
        answered=answered,
        seconds=40 if answered else None,
        contacts=("+7 900 111-22-33",),
    )


def likes(total: int, ago: int) -> Level:
    at = timezone.now() - DAY * ago
    day = timezone.localdate(at)
    return Level(SHOP, "likes", at, day, Decimal(total), since=timezone.localdate() - DAY)


def before(vendor: Vendor) -> None:
    today = timezone.localdate()
    refund = RefundRecord("r1", today - DAY, Decimal(5), "RUB", SHOP, order="a")
    vendor.records = {
        one.key: (one, today - DAY)
        for one in (
            order("a", 1, "10.00"),
            order("b", 2, "20.00"),
            refund,
            call("c1", 2, answered=False),
            call("c2", 1, answered=True),
        )
    }
    vendor.facts = [Fact(SHOP, "service_cost", today - DAY, Decimal(7), "RUB")]
    vendor.levels = [likes(10, 1)]


def after(vendor: Vendor) -> None:
    today = timezone.localdate()
    del vendor.records["b"]
    for one in (
        order("a", 1, "15.00", status=OrderStatus.CANCELLED, subject=OTHER),
        order("d", 1, "40.00"),
        call("c1", 2, answered=True),
        call("c3", 0, answered=False),
    ):
        vendor.records[one.key] = (one, today)
    vendor.facts = [Fact(SHOP, "service_cost", today - DAY, Decimal(8), "RUB")]
    vendor.levels = [likes(25, 0)]


def state(source: Source) -> dict[str, object]:
    """All that a reader can see, its history included."""
    revisions = ResultRevision.objects.filter(stream__source=source).order_by("pk")
    orders = OrderRevision.objects.filter(stream__source=source).order_by("pk")
    told: dict[str, object] = {
        "revisions": sorted(
            revisions.values_list("day", "metric__code", "subject__key", "old_value", "new_value"),
            key=str,
        ),
        "orders": sorted((row.key, row.old["amount"]) for row in orders),
        "totals": totals_of(source),
    }
    for stream in Stream.objects.filter(source=source):
        told[stream.name] = (rows_in(stream), metrics_in(stream), stream.covered)
    return told


def read(source: Source, killed_after: int | None) -> None:
    """One run to its end, its first worker killed after so many statements."""
    run = runs.run_create(source=source, trigger=SyncRun.Trigger.MANUAL)
    killer = Killer(10**9 if killed_after is None else killed_after)
    try:
        with connection.execute_wrapper(killer):
            sync.run_execute(run.pk)
    except Killed:
        SyncRun.objects.filter(pk=run.pk, state=State.RUNNING).update(
            heartbeat_at=timezone.now() - DAY
        )
        sync.run_execute(run.pk)
    run.refresh_from_db()
    assert run.state == State.DONE, (run.error, run.detail)
    assert not run.slices.exclude(state=State.DONE).exists()


# A run of these has about as many statements; a number beyond kills nobody.
statements = st.integers(0, 330)


@given(statements, statements)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_dead_worker_leaves_no_trace_in_the_figures(
    vendor: Vendor, tree: Tree, head: User, first: int, second: int
) -> None:
    moment = timezone.now()
    ends: list[dict[str, object]] = []
    for lives in ((None, None), (first, second)):
        source = shop(tree, head, Source.objects.count())
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(timezone, "now", lambda: moment)
            for change, killed_after in zip((before, after), lives, strict=True):
                change(vendor)
                read(source, killed_after)
        ends.append(state(source))
    assert ends[0]["revisions"], "the second reading restates the first"
    assert ends[1] == ends[0]
