"""What a vendor allows, as data, and the gate every request passes.

A connector states limits; `Gate` keeps them for all workers together. A limit belongs to whatever
the vendor counts by: this server's address ("" as key), an account, a login. Short waits happen in
place, long ones free the worker: the gate raises `WaitError`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Limit:
    """``requests`` in ``seconds``, at most ``burst`` of them at once, ``parallel`` at a time (0:
    any number).

    ``name`` says whose rule it is ("metrika.login"), ``key`` whom the vendor counts: the id of an
    account or login, never a secret; "" for this server's address. ``reserve`` hundredths of the
    burst are kept for people who press "check". ``patience``: seconds a worker waits in place when
    that is more than usual, for the second page of a slice where the vendor allows one a minute.
    """

    name: str
    requests: int = 0
    seconds: int = 1
    burst: int = 1
    parallel: int = 0
    key: str = ""
    reserve: int = 10
    patience: int = 0


class Gate(Protocol):
    """One source's way to the limits all workers share."""

    def enter(self, limits: Sequence[Limit]) -> AbstractContextManager[None]:
        """Inside the context one request may be sent. Waits a little for a free place; raises
        `WaitError` with the moment when the wait would hold a worker too long."""

    def closed_until(self, limit: Limit, until: dt.datetime) -> None:
        """The vendor said so: nobody passes this limit before ``until``."""

    def left(
        self, limit: Limit, *, remaining: int, of: int | None = None, until: dt.datetime | None
    ) -> None:
        """The vendor's own count: so many are left until it starts anew. Shown to people; at zero
        the gate closes until then."""


class OpenGate:
    """No limits: for a connection tried before there is a source, and for tests of a connector."""

    @contextmanager
    def enter(self, limits: Sequence[Limit]) -> Iterator[None]:
        """Lets everyone through."""
        yield

    def closed_until(self, limit: Limit, until: dt.datetime) -> None:
        """Forgets it."""

    def left(
        self, limit: Limit, *, remaining: int, of: int | None = None, until: dt.datetime | None
    ) -> None:
        """Forgets it."""
