"""What records should make of themselves, in plain Python: the reference of the register."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal

from kpis.register.connectors.records import (
    EnquiryKind,
    EnquiryRecord,
    EnquiryStatus,
    OrderRecord,
    OrderStatus,
    RefundRecord,
)
from kpis.register.models import Enquiry, Order, Refund, Result, ResultRevision, Stream
from kpis.register.models import Touch as TouchRow

Kept = OrderRecord | RefundRecord | EnquiryRecord
# (day, metric, key of the subject) → (value, currency)
Metrics = dict[tuple[dt.date, str, str], tuple[Decimal, str]]
SOLD = {OrderStatus.PLACED, OrderStatus.PAID}
WEEK, MONTH = dt.timedelta(days=7), dt.timedelta(days=30)


def metrics_of(records: Iterable[Kept]) -> Metrics:
    """Every daily metric by subject. Money counts in roubles, else in what most of it is in."""
    held = list(records)
    orders = [one for one in held if isinstance(one, OrderRecord)]
    refunds = [one for one in held if isinstance(one, RefundRecord)]
    sums: defaultdict[tuple[dt.date, str, str], Decimal] = defaultdict(Decimal)

    def add(record: Kept, metric: str, value: Decimal | int) -> None:
        sums[record.day, metric, record.subject.key] += value

    sold = [one.currency for one in orders if one.status in SOLD]
    own = _currency(sold + [one.currency for one in refunds])
    money: set[str] = {"revenue", "discount_amount", "gross_margin", "refunds"}
    for one in orders:
        if one.status is not OrderStatus.OPEN:
            add(one, "orders", one.status in SOLD)
        if one.status is OrderStatus.CANCELLED:
            add(one, "cancelled_orders", 1)
        if one.status not in SOLD:
            continue
        if one.units is not None:
            add(one, "items_sold", one.units)
        if one.currency == own:
            add(one, "revenue", one.amount)
            if one.discount is not None:
                add(one, "discount_amount", one.discount)
            if one.margin is not None:
                add(one, "gross_margin", one.margin)
    for refund in refunds:
        if refund.currency == own:
            add(refund, "refunds", refund.amount)
    calls = [one for one in held if isinstance(one, EnquiryRecord) and one.kind is EnquiryKind.CALL]
    for call in calls:
        add(call, "calls", 1)
        if call.seconds is not None:
            add(call, "call_seconds", call.seconds)
        if call.answered is None:
            continue
        add(call, "missed_calls", not call.answered)
        if call.contacts:
            add(call, "unique_target_calls", _is_unique(call, calls))
            if not call.answered:
                add(call, "recovered_calls", _is_recovered(call, calls))
    for lead in (one for one in held if isinstance(one, EnquiryRecord)):
        match lead.kind:
            case EnquiryKind.LEAD | EnquiryKind.FORM:
                good = lead.status in {EnquiryStatus.QUALIFIED, EnquiryStatus.WON}
                add(lead, "leads", 1)
                add(lead, "qualified_leads", good)
                add(lead, "junk_leads", lead.status is EnquiryStatus.JUNK)
                if lead.kind is EnquiryKind.FORM:
                    add(lead, "form_leads", 1)
            case EnquiryKind.MESSAGE:
                add(lead, "messages", 1)
            case EnquiryKind.CHAT:
                add(lead, "chats", 1)
    return {key: (value, own if key[1] in money else "") for key, value in sums.items()}


def _currency(told: list[str]) -> str:
    if not told or "RUB" in told:
        return "RUB" if told else ""
    return min(Counter(told).items(), key=lambda item: (-item[1], item[0]))[0]


def _is_target(call: EnquiryRecord) -> bool:
    long = call.seconds is not None and call.seconds >= 30
    return bool(call.answered) and long and call.status is not EnquiryStatus.JUNK


def _is_unique(call: EnquiryRecord, calls: list[EnquiryRecord]) -> bool:
    return _is_target(call) and not any(
        _is_target(one)
        and one.contacts == call.contacts
        and (one.at, one.key) < (call.at, call.key)
        and one.at > call.at - MONTH
        for one in calls
    )


def _is_recovered(call: EnquiryRecord, calls: list[EnquiryRecord]) -> bool:
    return any(
        one.answered and one.contacts == call.contacts and call.at < one.at <= call.at + WEEK
        for one in calls
    )


def metrics_in(stream: Stream) -> Metrics:
    """What the register has."""
    rows = Result.objects.filter(stream=stream).values_list(
        "day", "metric__code", "subject__key", "value", "currency"
    )
    return {(day, code, key): (value, money) for day, code, key, value, money in rows}


def totals_of(metrics: Metrics) -> dict[tuple[dt.date, str], Decimal]:
    """The roll-up of `metrics_of`."""
    sums: defaultdict[tuple[dt.date, str], Decimal] = defaultdict(Decimal)
    for (day, code, _subject), (value, _currency) in metrics.items():
        sums[day, code] += value
    return dict(sums)


def rows_of(records: Iterable[Kept]) -> set[tuple[object, ...]]:
    """What the tables of records should hold, touches included."""
    rows: set[tuple[object, ...]] = set()
    for one in records:
        match one:
            case OrderRecord():
                rows.add(
                    ("order", one.key, one.day, one.amount, one.status, one.subject.key, one.units)
                )
            case RefundRecord():
                rows.add(("refund", one.key, one.day, one.amount, one.subject.key))
            case EnquiryRecord():
                rows.add(
                    ("enquiry", one.key, one.day, one.status, one.subject.key, one.at, one.seconds)
                )
        if not isinstance(one, RefundRecord):
            owner = "order" if isinstance(one, OrderRecord) else "enquiry"
            rows |= {
                ("touch", owner, one.key, number, touch.kind, touch.value, touch.at)
                for number, touch in enumerate(one.touches)
            }
    return rows


def rows_in(stream: Stream) -> set[tuple[object, ...]]:
    """What they do hold."""
    orders = Order.objects.filter(stream=stream)
    refunds = Refund.objects.filter(stream=stream)
    enquiries = Enquiry.objects.filter(stream=stream)
    touches = TouchRow.objects.filter(stream=stream)
    wanted = {
        "order": orders.values_list("key", "day", "amount", "status", "subject__key", "units"),
        "refund": refunds.values_list("key", "day", "amount", "subject__key"),
        "enquiry": enquiries.values_list("key", "day", "status", "subject__key", "at", "seconds"),
        "touch": touches.values_list("owner", "key", "number", "kind", "value", "at"),
    }
    return {(name, *row) for name, found in wanted.items() for row in found}


def history_holds(stream: Stream) -> bool:
    """Every revision goes on where the one before it ended, and the last ends at what is there."""
    now = {
        (row.day, row.metric_id, row.subject_id): row.value
        for row in Result.objects.filter(stream=stream)
    }
    ends: dict[tuple[dt.date, int, int], Decimal | None] = {}
    for row in ResultRevision.objects.filter(stream=stream).order_by("pk"):
        key = (row.day, row.metric_id, row.subject_id)
        before = ends.get(key)
        if before is not None and before != row.old_value:
            return False
        ends[key] = row.new_value
    return all(end is None or now.get(key) == end for key, end in ends.items())
