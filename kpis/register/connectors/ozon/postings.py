"""Postings (parts of orders that travel together) as order records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib.text import filled
from kpis.register.connectors.base import SubjectRef, Window
from kpis.register.connectors.ozon.client import VENDOR
from kpis.register.connectors.parsing import Reader, few
from kpis.register.connectors.records import OrderRecord, OrderStatus

ZONE = ZoneInfo("Europe/Moscow")
METRICS = ("orders", "revenue", "items_sold", "cancelled_orders")
DELIVERED = "delivered"
CANCELLED = "cancelled"
# Taken apart into other postings, which carry the goods on.
SPLIT = "cancelled_from_split_pending"
_MOVING = frozenset(
    "acceptance_in_progress arbitration awaiting_approve awaiting_deliver awaiting_packaging "
    "awaiting_registration awaiting_verification client_arbitration delivering driver_pickup "
    "not_accepted sent_by_seller created".split()
)
KNOWN = frozenset(
    "order_id delivery_method tracking_number tpl_integration_type shipment_date delivering_date "
    "cancellation customer addressee barcodes analytics_data financial_data is_express "
    "requirements parent_posting_number available_actions multi_box_qty is_multibox substatus "
    "prr_option quantum_id tariffication destination_place_id destination_place_name "
    "is_presortable pickup_code_verified_at optional legal_info shipment_date_without_delay "
    "require_blr_traceable_attrs is_click_and_collect tariffication_steps offer_id name sku "
    "is_blr_traceable is_marketplace_buyout imei mandatory_mark digital_codes cancel_reason_id "
    "cancel_reason additional_data fact_delivery_date previous_substatus in_process_at "
    "created_at currency_code external_order order_number products".split()
)

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Shop:
    """The seller as a subject, and the currency where Ozon names none."""

    client_id: str
    name: str
    currency: str

    @property
    def subject(self) -> SubjectRef:
        """The shop."""
        return SubjectRef("shop", self.client_id, self.name)


@dataclass(frozen=True, slots=True)
class Orders:
    """Records of one page, and remarks."""

    records: tuple[OrderRecord, ...]
    notices: tuple[StrOrPromise, ...]


def orders_of(
    rows: object, *, shop: Shop, window: Window, created: str, seen: set[str], raw: bytes
) -> Orders:
    """The postings of ``window`` by the day of the field ``created`` in Moscow; what was ``seen``
    on an earlier page is left out. Raises `BugError`."""
    reader = Reader(VENDOR, raw, known=KNOWN)
    unknown: list[str] = []
    records: list[OrderRecord] = []
    for row in reader.rows(rows, "postings"):
        key = reader.text(row, "posting_number")
        status = reader.text(row, "status")
        at = reader.moment(reader.field(row, created), f"{created}, {key}", zone=ZoneInfo("UTC"))
        day = at.astimezone(ZONE).date()
        if key in seen or status == SPLIT or not window.first <= day <= window.last:
            seen.add(key)
            continue
        seen.add(key)
        if not key:
            reader.bug(
                _("An agreed field is missing: it was renamed or removed."), "posting_number"
            )
        if status not in _MOVING | {DELIVERED, CANCELLED}:
            unknown.append(status)
        records.append(_order(reader, row, key=key, status=status, at=at, day=day, shop=shop))
    said: list[StrOrPromise] = list(reader.notices())
    if unknown:
        said.append(
            filled(
                _("Postings with unknown states count as orders: %(states)s."), states=few(unknown)
            )
        )
    return Orders(tuple(records), tuple(said))


def _order(
    reader: Reader,
    row: Row,
    *,
    key: str,
    status: str,
    at: dt.datetime,
    day: dt.date,
    shop: Shop,
) -> OrderRecord:
    products = reader.rows(reader.field(row, "products"), f"products, {key}")
    amount, units = Decimal(0), Decimal(0)
    for product in products:
        count = reader.count(product, "quantity", about=key)
        price = reader.number(product, "price", about=key)
        if count is None or price is None:
            reader.bug(_("A product of a posting has no price or quantity."), key)
        if price < 0:
            reader.bug(_("A price is negative."), key)
        amount, units = amount + price * count, units + count
    return OrderRecord(
        key=key,
        day=day,
        amount=amount,
        currency=_currency(reader, products, key) or shop.currency,
        subject=shop.subject,
        status=_status(status),
        at=at,
        units=units,
        number=str(row.get("order_number") or ""),
    )


def _status(status: str) -> OrderStatus:
    if status == CANCELLED:
        return OrderStatus.CANCELLED
    return OrderStatus.PAID if status == DELIVERED else OrderStatus.PLACED


def _currency(reader: Reader, products: Iterable[Row], key: str) -> str:
    named = {str(product.get("currency_code") or "") for product in products} - {""}
    if len(named) > 1:
        reader.bug(_("One order has prices in several currencies."), key)
    return named.pop() if named else ""
