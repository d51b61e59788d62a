"""What the register derives from enquiries and orders, for comparing with a play's truth."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal

from kpis.register.connectors.base import Page
from kpis.register.connectors.records import (
    EnquiryKind,
    EnquiryRecord,
    EnquiryStatus,
    OrderRecord,
    OrderStatus,
)
from tests.register.connectors.staged import Facts

GOOD = {EnquiryStatus.QUALIFIED, EnquiryStatus.WON}
SOLD = {OrderStatus.PLACED, OrderStatus.PAID}


def orders_in(pages: Iterable[Page]) -> list[OrderRecord]:
    """The orders of a slice; a key given twice is a fault."""
    found = [row for page in pages for row in page.records if isinstance(row, OrderRecord)]
    assert len({row.key for row in found}) == len(found)
    return found


def enquiries_in(pages: Iterable[Page]) -> list[EnquiryRecord]:
    """The enquiries of a slice; a key given twice is a fault."""
    found = [row for page in pages for row in page.records if isinstance(row, EnquiryRecord)]
    assert len({row.key for row in found}) == len(found)
    return found


def present_in(pages: Iterable[Page]) -> set[str]:
    """The keys that answered a roll call."""
    return {key for page in pages for key in page.present}


def summed(pages: Iterable[Page], first: dt.date, last: dt.date) -> Facts:
    """The metrics of the days ``first``…``last``; what does not occur is left out."""
    found: Facts = {}
    pages = list(pages)
    records: list[EnquiryRecord | OrderRecord] = [*enquiries_in(pages), *orders_in(pages)]
    for record in records:
        if not first <= record.day <= last:
            continue
        given = _enquiry(record) if isinstance(record, EnquiryRecord) else _order(record)
        for metric, value in given:
            key = (metric, f"{record.subject.kind}:{record.subject.key}", record.day)
            found[key] = found.get(key, Decimal()) + value
    return found


def _enquiry(record: EnquiryRecord) -> Iterator[tuple[str, int]]:
    if record.kind in (EnquiryKind.LEAD, EnquiryKind.FORM):
        yield "leads", 1
        if record.kind is EnquiryKind.FORM:
            yield "form_leads", 1
        if record.status in GOOD:
            yield "qualified_leads", 1
        if record.status is EnquiryStatus.JUNK:
            yield "junk_leads", 1


def _order(record: OrderRecord) -> Iterator[tuple[str, Decimal | int]]:
    if record.status in SOLD:
        yield "orders", 1
        yield "revenue", record.amount
        if record.margin is not None:
            yield "gross_margin", record.margin
    elif record.status is OrderStatus.CANCELLED:
        yield "cancelled_orders", 1
