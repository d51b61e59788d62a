"""The limits of vendors, kept in the database for all workers together.

Requests are spaced by the generic cell rate algorithm: one row, one conditional UPDATE. The clock
is the database's, so workers on several machines agree.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import connection, transaction

from kpis.register.connectors.errors import WaitError
from kpis.register.connectors.limits import Limit
from kpis.register.models import Gate, GateOfSource, GatePass

# So long a worker waits in place; longer waits go back to the queue.
PATIENCE = dt.timedelta(seconds=3)
PATIENCE_OF_PEOPLE = dt.timedelta(seconds=10)
# A pass of a worker that died.
PASS_LIFE: Any = dt.timedelta(minutes=3)
BUSY = dt.timedelta(seconds=5)
NAP = 0.05


class SharedGate:
    """One source's way to the shared limits. ``person`` asks with the reserve."""

    def __init__(self, source_id: int | None = None, *, person: bool = False) -> None:
        self._source_id = source_id
        self._person = person
        self._patience = PATIENCE_OF_PEOPLE if person else PATIENCE
        self._known: dict[Limit, int] = {}

    @contextmanager
    def enter(self, limits: Sequence[Limit]) -> Iterator[None]:
        """See `connectors.limits.Gate`."""
        with ExitStack() as stack:
            for limit in limits:
                if limit.requests:
                    self._space(limit)
                else:
                    self._open(limit)
                if limit.parallel:
                    stack.enter_context(self._place(limit))
            yield

    def closed_until(self, limit: Limit, until: dt.datetime) -> None:
        """See `connectors.limits.Gate`."""
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE register_gate SET closed_until = greatest(coalesce(closed_until, %s), %s) "
                "WHERE id = %s",
                [until, until, self._id(limit)],
            )

    def left(
        self, limit: Limit, *, remaining: int, of: int | None = None, until: dt.datetime | None
    ) -> None:
        """See `connectors.limits.Gate`."""
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE register_gate SET remaining = %s, total = coalesce(%s, total), "
                "resets_at = %s, counted_at = clock_timestamp() WHERE id = %s",
                [max(remaining, 0), of, until, self._id(limit)],
            )
        if remaining <= 0 and until is not None:
            self.closed_until(limit, until)

    def _id(self, limit: Limit) -> int:
        if limit not in self._known:
            key = hashlib.sha256(limit.key.encode()).hexdigest() if limit.key else ""
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO register_gate (name, key, arrival) "
                    "VALUES (%s, %s, clock_timestamp()) ON CONFLICT DO NOTHING",
                    [limit.name, key],
                )
            gate_id = Gate.objects.values_list("pk", flat=True).get(name=limit.name, key=key)
            if self._source_id is not None:
                GateOfSource.objects.get_or_create(source_id=self._source_id, gate_id=gate_id)
            self._known[limit] = gate_id
        return self._known[limit]

    def _space(self, limit: Limit) -> None:
        """Take the next free moment, waiting for it up to the patience."""
        interval: Any = dt.timedelta(seconds=limit.seconds) / limit.requests
        hundredths = 100 if self._person else 100 - limit.reserve
        burst = max(1, limit.burst * hundredths // 100)
        tolerance: Any = interval * (burst - 1)
        gate_id = self._id(limit)
        patience = max(self._patience.total_seconds(), limit.patience)
        deadline = time.monotonic() + patience
        while True:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE register_gate SET arrival = greatest(arrival, clock_timestamp()) + %s "
                    "WHERE id = %s AND coalesce(closed_until <= clock_timestamp(), true) "
                    "AND arrival - clock_timestamp() <= %s",
                    [interval, gate_id, tolerance],
                )
                if cursor.rowcount:
                    return
                cursor.execute(
                    "SELECT greatest(closed_until, arrival - %s), clock_timestamp() "
                    "FROM register_gate WHERE id = %s",
                    [tolerance, gate_id],
                )
                until, now = cursor.fetchone()
            self._nap(until, now, deadline)

    def _open(self, limit: Limit) -> None:
        """Only that the vendor has not closed it."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT closed_until, clock_timestamp() FROM register_gate WHERE id = %s",
                [self._id(limit)],
            )
            until, now = cursor.fetchone()
        if until is not None and until > now:
            raise WaitError(until=until)

    def _nap(self, until: dt.datetime, now: dt.datetime, deadline: float) -> None:
        pause = max((until - now).total_seconds(), NAP)
        if time.monotonic() + pause > deadline:
            raise WaitError(until=until)
        time.sleep(pause)

    @contextmanager
    def _place(self, limit: Limit) -> Iterator[None]:
        """One of the places the vendor serves at a time."""
        gate_id = self._id(limit)
        places = limit.parallel if self._person else max(1, limit.parallel)
        deadline = time.monotonic() + self._patience.total_seconds()
        while (held := _pass_take(gate_id, places)) is None:
            if time.monotonic() > deadline:
                raise WaitError(until=_now() + BUSY)
            time.sleep(NAP * 4)
        try:
            yield
        finally:
            GatePass.objects.filter(pk=held).delete()


def _pass_take(gate_id: int, places: int) -> int | None:
    with transaction.atomic():
        Gate.objects.select_for_update().get(pk=gate_id)
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM register_gatepass WHERE gate_id = %s "
                "AND expires_at < clock_timestamp()",
                [gate_id],
            )
            cursor.execute(
                "INSERT INTO register_gatepass (gate_id, expires_at) "
                "SELECT %s, clock_timestamp() + %s WHERE "
                "(SELECT count(*) FROM register_gatepass WHERE gate_id = %s) < %s RETURNING id",
                [gate_id, PASS_LIFE, gate_id, places],
            )
            row = cursor.fetchone()
    return row[0] if row else None


def _now() -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: dt.datetime = cursor.fetchone()[0]
        return now
