"""What a service told us by itself, for connectors whose vendor calls instead of being asked.

A connector stores nothing and reads no tables: the register receives the calls and hands a
connector the counts through its `Account`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class MailCount:
    """So many events of one metric in one mailing on one day."""

    mailing: str
    metric: str
    day: dt.date
    count: int


class Inbox(Protocol):
    """What one source has received."""

    def last_at(self) -> dt.datetime | None:
        """When something came last."""

    def counts(self, first: dt.datetime, after: dt.datetime, zone: str) -> Sequence[MailCount]:
        """Counts by mailing, metric and day in ``zone`` of what happened from ``first`` on and
        before ``after``."""


class EmptyInbox:
    """Nobody has written yet: before there is a source, and for vendors that are asked."""

    def last_at(self) -> dt.datetime | None:
        """Never."""
        return None

    def counts(self, first: dt.datetime, after: dt.datetime, zone: str) -> Sequence[MailCount]:
        """None."""
        return ()
