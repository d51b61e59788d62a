"""Limits that all workers share: spacing, places, the vendor's own word, the reserve of people."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.utils import timezone

from kpis.register.connectors.errors import WaitError
from kpis.register.connectors.limits import Limit
from kpis.register.models import Gate, GateOfSource, GatePass, Source
from kpis.register.services.gates import SharedGate
from tests.factories import Tree

HOUR = dt.timedelta(hours=1)
pytestmark = pytest.mark.django_db


def passes(gate: SharedGate, limit: Limit, tries: int) -> int:
    """How many of so many tries get through without a long wait."""
    through = 0
    for _number in range(tries):
        try:
            with gate.enter([limit]):
                through += 1
        except WaitError:
            break
    return through


def test_a_burst_passes_and_the_next_is_told_when() -> None:
    limit = Limit("vendor.account", requests=10, seconds=3600, burst=5, reserve=0)
    gate = SharedGate()
    assert passes(gate, limit, 9) == 5
    with pytest.raises(WaitError) as told, gate.enter([limit]):
        pass
    assert dt.timedelta(0) < told.value.until - timezone.now() <= dt.timedelta(seconds=360)


def test_people_have_a_reserve() -> None:
    limit = Limit("vendor.account", requests=10, seconds=3600, burst=5, reserve=40)
    assert passes(SharedGate(), limit, 9) == 3
    assert passes(SharedGate(person=True), limit, 9) == 2


def test_accounts_do_not_count_together_and_addresses_do() -> None:
    one = Limit("vendor", requests=1, seconds=3600, key="account 1")
    other = Limit("vendor", requests=1, seconds=3600, key="account 2")
    assert (passes(SharedGate(), one, 2), passes(SharedGate(), other, 2)) == (1, 1)
    address = Limit("vendor.ip", requests=1, seconds=3600)
    assert (passes(SharedGate(), address, 2), passes(SharedGate(), address, 2)) == (1, 0)
    assert "account" not in "".join(Gate.objects.values_list("key", flat=True))


def test_what_the_vendor_closed_is_closed_for_everybody() -> None:
    limit = Limit("vendor", requests=100, seconds=1, burst=100)
    until = timezone.now() + HOUR
    SharedGate().closed_until(limit, until)
    SharedGate().closed_until(limit, until - HOUR / 2)  # a shorter word does not open it
    with pytest.raises(WaitError) as told, SharedGate(person=True).enter([limit]):
        pass
    assert told.value.until == until
    parallel = Limit("vendor", parallel=3)
    with pytest.raises(WaitError), SharedGate().enter([parallel]):
        pass


def test_the_vendors_count_is_kept_and_zero_closes(tree: Tree) -> None:
    limit = Limit("vendor", requests=100, seconds=1, burst=100)
    source = Source.objects.create(scope=tree.department.scope, kind="file", name="Any")
    gate = SharedGate(source.pk)
    until = timezone.now() + HOUR
    gate.left(limit, remaining=7, of=100, until=until)
    assert passes(gate, limit, 1) == 1
    row = GateOfSource.objects.get(source=source).gate
    row.refresh_from_db()
    assert [row.remaining, row.total, row.resets_at] == [7, 100, until]
    gate.left(limit, remaining=0, until=until)
    assert passes(gate, limit, 1) == 0


def test_a_place_of_a_dead_worker_is_free_after_a_while() -> None:
    limit = Limit("vendor", parallel=1)
    gate = SharedGate()
    with gate.enter([limit]):
        assert GatePass.objects.count() == 1
    assert not GatePass.objects.exists()
    GatePass.objects.create(gate=Gate.objects.get(), expires_at=timezone.now() - HOUR)
    assert passes(gate, limit, 1) == 1


def test_a_fault_inside_gives_the_place_back() -> None:
    limit = Limit("vendor", parallel=1)
    with pytest.raises(ZeroDivisionError), SharedGate().enter([limit]):
        raise ZeroDivisionError
    assert not GatePass.objects.exists()


def _together(count: int, work: Callable[[], None]) -> None:
    """So many threads, each with a connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_never_more_at_a_time_than_the_vendor_serves() -> None:
    limit = Limit("vendor", parallel=3)
    lock, inside, most, done = threading.Lock(), set[int](), [0], [0]

    def work() -> None:
        with SharedGate(person=True).enter([limit]):
            with lock:
                inside.add(threading.get_ident())
                most[0] = max(most[0], len(inside))
            for _turn in range(20):  # something to meet others in
                Gate.objects.count()
            with lock:
                inside.discard(threading.get_ident())
                done[0] += 1

    _together(9, work)
    assert done[0] == 9
    assert most[0] <= 3


@pytest.mark.django_db(transaction=True)
def test_workers_together_pass_no_more_than_the_burst() -> None:
    limit = Limit("vendor", requests=6, seconds=3600, burst=6, reserve=0)
    through: list[int] = []

    def work() -> None:
        through.append(passes(SharedGate(), limit, 4))

    _together(5, work)
    assert sum(through) == 6


def test_short_waits_happen_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    naps: list[float] = []
    monkeypatch.setattr("kpis.register.services.gates.time.sleep", naps.append)
    limit = Limit("vendor", requests=1, seconds=2)
    gate = SharedGate()
    with gate.enter([limit]):
        pass
    Gate.objects.update(arrival=timezone.now() + dt.timedelta(milliseconds=200))
    assert passes(gate, limit, 1) == 1
    assert naps
