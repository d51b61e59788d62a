"""Read models of enquiries and orders: lists with their totals, cards with touches and traces.

Lists are read by stream and day, cards by key: whatever the number of records, an index serves. A
person is known by a keyed hash; no page shows it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.urls import reverse
from django.utils.http import urlencode

from kpis.register import policies
from kpis.register.connectors.records import OrderStatus
from kpis.register.models import (
    Enquiry,
    FileImport,
    Order,
    RawAnswer,
    Refund,
    Slice,
    Source,
    Stream,
    Touch,
)
from kpis.register.selectors.subjects import subjects_visible
from staff.accounts.models import User

SOLD = (OrderStatus.PLACED, OrderStatus.PAID)


def streams_visible(user: User) -> QuerySet[Stream]:
    """Streams of the sources the person may see."""
    return Stream.objects.filter(source__in=Source.objects.visible_to(user, policies.SOURCE_VIEW))


def enquiries_visible(user: User) -> QuerySet[Any]:
    rows: QuerySet[Any] = Enquiry.objects.filter(stream__in=_streams_of(user, Enquiry))
    return rows.select_related("stream__source", "subject")


def orders_visible(user: User) -> QuerySet[Any]:
    rows: QuerySet[Any] = Order.objects.filter(stream__in=_streams_of(user, Order))
    return rows.select_related("stream__source", "subject")


def _streams_of(user: User, model: Any) -> list[int]:
    """Ids of the streams that have such records: few, and known before the rows are looked for."""
    has = Exists(model.objects.filter(stream=OuterRef("pk")))
    return list(streams_visible(user).filter(has).values_list("pk", flat=True))


def newest_day(user: User, model: type[Enquiry] | type[Order]) -> dt.date | None:
    """The newest day of any record the person may see; looked up stream by stream in the index."""
    newest = model.objects.filter(stream=OuterRef("pk")).order_by("-day").values("day")[:1]
    found: dt.date | None = (
        streams_visible(user).annotate(newest=Subquery(newest)).aggregate(day=Max("newest"))["day"]
    )
    return found


def touched(rows: QuerySet[Any], owner: str, *, has: bool) -> QuerySet[Any]:
    """Rows with, or without, any trace of where they came from."""
    traces = Touch.objects.filter(stream=OuterRef("stream"), owner=owner, key=OuterRef("key"))
    return rows.filter(Exists(traces) if has else ~Exists(traces))


def of_person(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Rows of the person whose enquiry is named as ``stream:key``; none for an unknown one. The
    enquiry must be among ``rows``' own streams: nothing is learned of other people's."""
    stream, _colon, key = text.partition(":")
    if not stream.isdecimal() or not stream.isascii() or len(stream) > 18:
        return rows.none()
    known = Enquiry.objects.filter(stream_id=int(stream), key=key).values_list("person", flat=True)
    person = known.first()
    if not person or not rows.filter(stream_id=int(stream)).exists():
        return rows.none()
    return rows.filter(person=person)


# --- totals --------------------------------------------------------------------------------------
def enquiry_totals(rows: QuerySet[Any]) -> dict[str, int]:
    """What the rows of a list come to. One query."""
    call = Q(kind=Enquiry.Kind.CALL)
    counts: dict[str, int] = rows.order_by().aggregate(
        all=Count("key"),
        calls=Count("key", filter=call),
        missed=Count("key", filter=call & Q(answered=False)),
        recovered=Count("key", filter=call & Q(answered=False, is_recovered=True)),
        good=Count("key", filter=Q(status__in=["qualified", "won"])),
        junk=Count("key", filter=Q(status="junk")),
    )
    return counts


@dataclass(frozen=True, slots=True)
class OrderTotals:
    """``sold`` counts placed and paid ones; ``revenue`` and ``refunds`` by currency."""

    all: int
    sold: int
    cancelled: int
    revenue: list[tuple[str, Decimal]] = field(default_factory=list)
    refunds: list[tuple[str, Decimal]] = field(default_factory=list)


def order_totals(rows: QuerySet[Any], refunds: QuerySet[Any] | None) -> OrderTotals:
    """What the rows of a list come to, and refunds booked in its days where the list is narrowed by
    nothing that refunds do not have. Two queries."""
    groups = list(
        rows.order_by()
        .values("currency")
        .annotate(
            all=Count("key"),
            sold=Count("key", filter=Q(status__in=SOLD)),
            cancelled=Count("key", filter=Q(status=OrderStatus.CANCELLED)),
            revenue=Sum("amount", filter=Q(status__in=SOLD)),
        )
    )
    back: list[dict[str, Any]] = []
    if refunds is not None:
        back = list(refunds.order_by().values("currency").annotate(total=Sum("amount")))
    return OrderTotals(
        sum(group["all"] for group in groups),
        sum(group["sold"] for group in groups),
        sum(group["cancelled"] for group in groups),
        [(group["currency"], group["revenue"]) for group in groups if group["revenue"] is not None],
        [(group["currency"], group["total"]) for group in back],
    )


def refunds_visible(user: User) -> QuerySet[Any]:
    rows: QuerySet[Any] = Refund.objects.filter(stream__in=_streams_of(user, Refund))
    return rows


# --- cards ---------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Trace:
    """Where a record came from: the run that read it, its raw answer while that is kept, the rows
    of its file."""

    slice: Slice | None
    answer_url: str
    file_url: str
    file_name: str


def trace_of(record: Any, user: User) -> Trace:
    """Three queries at most."""
    piece = Slice.objects.filter(pk=record.slice_id).select_related("run").first()
    answer, file_url, name = "", "", ""
    if record.raw_id:
        kept = RawAnswer.objects.filter(
            pk=record.raw_id, slice__stream__source=record.stream.source_id
        )
        found = kept.values_list("uid", flat=True).first()
        answer = reverse("register:raw-answer", args=[found]) if found else ""
    elif piece is not None:
        file = FileImport.objects.filter(run=piece.run_id).first()
        if file is not None:
            rows = reverse("register:import-rows", args=[file.uid])
            file_url, name = f"{rows}?{urlencode({'day': record.day})}", file.original_name
    return Trace(piece, answer, file_url, name)


def touches_of(record: Any, owner: str) -> list[Touch]:
    """In the order of time; those without a moment count as the record's own, so they come last."""
    rows = Touch.objects.filter(stream=record.stream_id, owner=owner, key=record.key)
    return list(rows.order_by(F("at").asc(nulls_last=True), "number"))


def record_url(kind: str, record: Any) -> str:
    """The page of an enquiry or order. The key stands in the query: it may be any text."""
    path = reverse(f"register:{kind}-detail", args=[record.stream_id])
    return f"{path}?{urlencode({'key': record.key})}"


def enquiry_card(record: Enquiry, user: User) -> dict[str, Any]:
    """Everything the page of an enquiry shows."""
    others = 0
    if record.person:
        same = enquiries_visible(user).filter(person=record.person)
        others = same.order_by().values("key").count() - 1
    # Orders are looked for among those of its days and later: that is how they are indexed.
    streams = Stream.objects.filter(source=record.stream.source_id).values_list("pk", flat=True)
    grown = Order.objects.filter(stream__in=list(streams), enquiry=record.key, day__gte=record.day)
    return {
        "title": record.key,
        "record": record,
        "touches": touches_of(record, Touch.Owner.ENQUIRY),
        "trace": trace_of(record, user),
        "others": others,
        "others_url": _others_url("enquiry", record),
        "orders": [(order, record_url("order", order)) for order in grown.order_by("day")[:10]],
        "subject": subjects_visible(user).filter(pk=record.subject_id).first(),
    }


def order_card(record: Order, user: User) -> dict[str, Any]:
    """Everything the page of an order shows."""
    streams = list(
        Stream.objects.filter(source=record.stream.source_id).values_list("pk", flat=True)
    )
    enquiry = None
    if record.enquiry:
        enquiry = Enquiry.objects.filter(stream__in=streams, key=record.enquiry).first()
    refunds = Refund.objects.filter(stream__in=streams, order=record.key, day__gte=record.day)
    orders = enquiries = 0
    if record.customer:
        same = Order.objects.filter(stream=record.stream_id, customer=record.customer)
        orders = same.values("key").count() - 1
    enquiries_url = ""
    if record.person:
        theirs = enquiries_visible(user).filter(person=record.person).order_by("at")
        enquiries, one = theirs.count(), theirs.first()
        enquiries_url = _others_url("enquiry", one) if one else ""
    return {
        "title": record.number or record.key,
        "record": record,
        "touches": touches_of(record, Touch.Owner.ORDER),
        "trace": trace_of(record, user),
        "refunds": list(refunds.order_by("day")[:50]),
        "enquiry": enquiry,
        "enquiry_url": record_url("enquiry", enquiry) if enquiry else "",
        "orders": orders,
        "enquiries": enquiries,
        "enquiries_url": enquiries_url,
        "subject": subjects_visible(user).filter(pk=record.subject_id).first(),
    }


def _others_url(kind: str, record: Any) -> str:
    """The list of the same person's enquiries, told by this record instead of the hash."""
    path = reverse(f"register:{kind}-list")
    return f"{path}?{urlencode({'person': f'{record.stream_id}:{record.key}'})}"
