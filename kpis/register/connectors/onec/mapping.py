"""Documents of 1C as orders and refunds, and the query that asks for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.base import SubjectRef, Window
from kpis.register.connectors.parsing import Reader
from kpis.register.connectors.records import OrderRecord, RefundRecord

Row = Mapping[str, object]
PAGE = 500
NOBODY = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Layout:
    """What the documents and their fields are called; "" for what is not read."""

    document: str
    date: str
    amount: str
    customer: str = ""
    order: str = ""

    @property
    def fields(self) -> str:
        """Only these are asked for."""
        names = ("Ref_Key", "Number", "Posted", "DeletionMark", self.date, self.amount)
        return ",".join(filter(None, (*names, self.customer, self.order)))


@dataclass(frozen=True, slots=True)
class Shop:
    """Whose documents are read. 1C writes dates without a zone."""

    name: str
    currency: str
    zone: ZoneInfo

    @property
    def subject(self) -> SubjectRef:
        return SubjectRef("shop", "1c", self.name)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the last page ended: the date as written, and the document."""

    date: str
    key: str


def query(layout: Layout, window: Window, after: Place | None) -> dict[str, str]:
    """The next page of ``window``. A cursor by date and key: `$skip` drifts while people post."""
    until = window.last + dt.timedelta(days=1)
    date = layout.date
    conditions = [
        f"{date} ge datetime'{window.first.isoformat()}T00:00:00'",
        f"{date} lt datetime'{until.isoformat()}T00:00:00'",
        "Posted eq true",
        "DeletionMark eq false",
    ]
    if after is not None:
        conditions.append(
            f"({date} gt datetime'{after.date}' or "
            f"({date} eq datetime'{after.date}' and Ref_Key gt guid'{after.key}'))"
        )
    return {
        "$format": "json",
        "$filter": " and ".join(conditions),
        "$orderby": f"{date},Ref_Key",
        "$top": str(PAGE),
        "$select": layout.fields,
        "$inlinecount": "allpages",
    }


def place_of(reader: Reader, row: Row, layout: Layout) -> Place:
    """The cursor behind ``row``; it goes into a query, so it must be what it should be."""
    key = reader.text(row, "Ref_Key")
    at = reader.moment(reader.field(row, layout.date), key, zone=ZoneInfo("UTC"))
    return Place(at.strftime("%Y-%m-%dT%H:%M:%S"), _guid(reader, key))


def counts(reader: Reader, row: Row) -> bool:
    """Whether the document counts at all, whatever the query was made of."""
    posted, deleted = reader.field(row, "Posted"), reader.field(row, "DeletionMark")
    return posted is True and deleted is not True


def order_of(reader: Reader, row: Row, layout: Layout, shop: Shop) -> OrderRecord:
    """A document of sale."""
    key = _guid(reader, reader.text(row, "Ref_Key"))
    at = reader.moment(reader.field(row, layout.date), key, zone=shop.zone)
    customer = str(reader.optional(row, layout.customer) or "") if layout.customer else ""
    return OrderRecord(
        key=key,
        day=at.astimezone(shop.zone).date(),
        amount=reader.number(row, layout.amount, about=key) or Decimal(0),
        currency=shop.currency,
        subject=shop.subject,
        at=at,
        number=str(reader.optional(row, "Number") or "").strip(),
        customer="" if customer == NOBODY else customer,
    )


def refund_of(reader: Reader, row: Row, layout: Layout, shop: Shop) -> RefundRecord:
    """A document of return."""
    key = _guid(reader, reader.text(row, "Ref_Key"))
    at = reader.moment(reader.field(row, layout.date), key, zone=shop.zone)
    order = str(reader.optional(row, layout.order) or "") if layout.order else ""
    reader.optional(row, "Number")
    return RefundRecord(
        key=key,
        day=at.astimezone(shop.zone).date(),
        amount=abs(reader.number(row, layout.amount, about=key) or Decimal(0)),
        currency=shop.currency,
        subject=shop.subject,
        order="" if order == NOBODY else order,
    )


def _guid(reader: Reader, text: str) -> str:
    if len(text) != len(NOBODY) or set(text) - set("0123456789abcdefABCDEF-"):
        reader.bug(_("A field has another kind of value than agreed."), f"Ref_Key: {text[:60]}")
    return text
