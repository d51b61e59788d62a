"""Enquiries, orders and figures put into the register as a worker would put them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from kpis.register.connectors.base import SubjectRef
from kpis.register.connectors.records import (
    EnquiryKind,
    EnquiryRecord,
    OrderRecord,
    Record,
    RefundRecord,
)
from kpis.register.models import RawAnswer, Slice, Source, SyncRun
from kpis.register.models.run import State
from kpis.register.services.records import RecordSpool, records_merge
from kpis.register.services.resolver import Resolver
from kpis.register.services.sources import stream_ensure
from tests.register import rows

DAY = dt.date(2026, 3, 10)
METRICS = ("orders", "revenue", "refunds", "leads", "calls", "missed_calls")
SHOP = SubjectRef("channel", "shop", "Shop")


def enquiry(key: str, **more: Any) -> EnquiryRecord:
    at = dt.datetime(2026, 3, 10, 9, 0, tzinfo=dt.UTC)
    given: dict[str, Any] = {"kind": EnquiryKind.LEAD, "at": at, "day": DAY, "subject": SHOP}
    return EnquiryRecord(key=key, **{**given, **more})


def order(key: str, amount: str = "100", **more: Any) -> OrderRecord:
    given: dict[str, Any] = {"day": DAY, "currency": "RUB", "subject": SHOP}
    return OrderRecord(key=key, amount=Decimal(amount), **{**given, **more})


def refund(key: str, amount: str, **more: Any) -> RefundRecord:
    given: dict[str, Any] = {"day": DAY, "currency": "RUB", "subject": SHOP}
    return RefundRecord(key=key, amount=Decimal(amount), **{**given, **more})


def tell(source: Source, *records: Record, stream: str = "records") -> Slice:
    """One run of one slice with a raw answer, all of it merged."""
    run = SyncRun.objects.create(source=source, trigger=SyncRun.Trigger.MANUAL, state=State.DONE)
    kept = stream_ensure(source=source, name=stream, metrics=METRICS)
    piece = Slice.objects.create(
        run=run, stream=kept, first_day=DAY, last_day=DAY, state=State.DONE
    )
    answer = RawAnswer.objects.create(
        slice=piece,
        attempt=1,
        number=1,
        request="GET /records",
        content_type="application/json",
        packed=rows.packed(b"{}"),
        size=2,
        received_at=timezone.now(),
    )
    resolver = Resolver(source)
    with transaction.atomic(), RecordSpool(kept.pk, piece.pk) as spool:
        for record in records:
            ref = getattr(record, "subject", None)
            spool.add(record, resolver.subject(ref) if ref else 0, answer.pk)
        records_merge(spool=spool, window=None)
    return piece
