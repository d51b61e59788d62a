"""What the register derives from calls, for comparing with a play's truth."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from kpis.register.connectors.base import Page
from kpis.register.connectors.records import EnquiryKind, EnquiryRecord
from tests.register.connectors.staged import Facts


def calls_in(pages: Iterable[Page]) -> list[EnquiryRecord]:
    """The calls of a slice; a key given twice is a fault."""
    calls = [record for page in pages for record in page.records]
    assert len({record.key for record in calls}) == len(calls)
    told = [record for record in calls if isinstance(record, EnquiryRecord)]
    assert len(told) == len(calls)
    assert {record.kind for record in told} <= {EnquiryKind.CALL}
    return told


def summed(pages: Iterable[Page]) -> Facts:
    """Calls, missed calls and seconds of talk by line and day."""
    found: Facts = {}
    for call in calls_in(pages):
        subject = f"{call.subject.kind}:{call.subject.key}"
        for metric, value in (
            ("calls", 1),
            ("missed_calls", 0 if call.answered else 1),
            ("call_seconds", call.seconds or 0),
        ):
            if value:
                key = (metric, subject, call.day)
                found[key] = found.get(key, Decimal()) + value
    return found
