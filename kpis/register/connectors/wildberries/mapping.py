"""Rows of Wildberries as records and facts. Moments come without a zone and are Moscow time."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from zoneinfo import ZoneInfo

from kpis.register.connectors.base import Fact, SubjectRef, Window
from kpis.register.connectors.parsing import Reader
from kpis.register.connectors.records import OrderRecord, OrderStatus, RefundRecord

ZONE = ZoneInfo("Europe/Moscow")
Row = Mapping[str, object]
KNOWN = frozenset(
    "warehouseName warehouseType countryName oblastOkrugName regionName barcode category subject "
    "brand techSize incomeID isSupply isRealization totalPrice discountPercent spp finishedPrice "
    "priceWithDisc cancelDate sticker gNumber paymentSaleAmount forPay isCancel srid "
    "lastChangeDate supplierArticle nmId date saleID".split()
)
PRICES = {"seller": "priceWithDisc", "buyer": "finishedPrice"}


@dataclass(frozen=True, slots=True)
class Shop:
    """Whose rows are read, and in what money."""

    name: str
    currency: str
    price: str = "seller"

    @property
    def subject(self) -> SubjectRef:
        return SubjectRef("shop", "wildberries", self.name)

    def product(self, number: str, article: str) -> SubjectRef:
        """One product card; the seller's article is its name."""
        return SubjectRef(
            "product",
            number,
            article or number,
            f"https://www.wildberries.ru/catalog/{number}/detail.aspx",
            parent=self.subject,
        )


def order_of(reader: Reader, row: Row, shop: Shop) -> OrderRecord:
    """One row is one piece of one product."""
    key = reader.text(row, "srid")
    at = reader.moment(reader.field(row, "date"), f"date, {key}", zone=ZONE)
    cancelled = reader.field(row, "isCancel") is True
    return OrderRecord(
        key=key,
        day=at.astimezone(ZONE).date(),
        amount=_price(reader, row, shop, key),
        currency=shop.currency,
        subject=shop.product(reader.text(row, "nmId"), reader.text(row, "supplierArticle")),
        status=OrderStatus.CANCELLED if cancelled else OrderStatus.PLACED,
        at=at,
        units=Decimal(1),
        number=str(reader.optional(row, "gNumber") or ""),
    )


def refund_of(reader: Reader, row: Row, shop: Shop) -> RefundRecord | None:
    """A return; None for a sale, which is an order that has been counted already."""
    key = reader.text(row, "saleID")
    if not key.startswith("R"):
        return None
    at = reader.moment(reader.field(row, "date"), f"date, {key}", zone=ZONE)
    return RefundRecord(
        key=key,
        day=at.astimezone(ZONE).date(),
        amount=abs(_price(reader, row, shop, key)),
        currency=shop.currency,
        subject=shop.product(reader.text(row, "nmId"), reader.text(row, "supplierArticle")),
        order=reader.text(row, "srid"),
        units=Decimal(1),
    )


def _price(reader: Reader, row: Row, shop: Shop, key: str) -> Decimal:
    return reader.number(row, PRICES[shop.price], about=key) or Decimal(0)


def campaign_ids(reader: Reader, data: object, first: dt.date) -> list[str]:
    """Campaigns that may have run since ``first``: active, paused, and ended not before it."""
    groups = reader.mapping(data, "promotion/count").get("adverts") or []
    found: set[str] = set()
    for group in reader.rows(groups, "adverts"):
        status = reader.text(group, "status")
        if status not in ENDED | RUNNING:
            continue
        for advert in reader.rows(reader.field(group, "advert_list") or [], "advert_list"):
            number = reader.text(advert, "advertId")
            changed = reader.moment(reader.field(advert, "changeTime"), number, zone=ZONE)
            if status in RUNNING or changed.astimezone(ZONE).date() >= first:
                found.add(number)
    return sorted(found, key=lambda number: (len(number), number))


ENDED = {"7"}
RUNNING = {"9", "11"}
AD_KNOWN = frozenset(
    "atbs boosterStats canceled cpc cr ctr orders shks sum sum_price views clicks apps type count "
    "updNum advertType paymentType advertStatus currency advert_list".split()
)


def campaign(shop: Shop, number: str, names: Mapping[str, str]) -> SubjectRef:
    """An advertising campaign of the shop."""
    return SubjectRef("campaign", number, names.get(number) or number, parent=shop.subject)


def views_of(
    reader: Reader,
    data: object,
    *,
    shop: Shop,
    window: Window,
    names: Mapping[str, str],
    flags: Mapping[dt.date, frozenset[str]],
) -> tuple[list[Fact], int]:
    """Impressions and clicks by campaign and day, and how many campaign days were read. The days
    are dates written as midnight UTC."""
    facts: dict[tuple[str, str, dt.date], Fact] = {}
    days: set[tuple[str, dt.date]] = set()
    for advert in reader.rows([] if data is None else data, "fullstats"):
        number = reader.text(advert, "advertId")
        for row in reader.rows(reader.field(advert, "days") or [], "days"):
            day = reader.day(reader.field(row, "date"), f"date, {number}")
            if not window.first <= day <= window.last:
                continue
            days.add((number, day))
            for metric, name in (("impressions", "views"), ("clicks", "clicks")):
                value = reader.count(row, name, about=f"{number}, {day}")
                if value is not None:
                    facts[metric, number, day] = Fact(
                        campaign(shop, number, names),
                        metric,
                        day,
                        value,
                        flags=flags.get(day, frozenset()),
                    )
    return list(facts.values()), len(days)


@dataclass
class Spend:
    """Charges for advertising by campaign and day; ``undated`` have no day of the charge yet."""

    sums: dict[tuple[str, dt.date], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    names: dict[str, str] = field(default_factory=dict)
    undated: set[str] = field(default_factory=set)
    received: int = 0


def spend_of(reader: Reader, data: object, window: Window) -> Spend:
    """Read ``upd``: money only, bonuses are none; names are kept from every row."""
    spend = Spend()
    for row in reader.rows([] if data is None else data, "upd"):
        number = reader.text(row, "advertId")
        if name := str(reader.optional(row, "campName") or "").strip():
            spend.names[number] = name
        if not reader.field(row, "updTime"):
            spend.undated.add(number)
            continue
        at = reader.moment(reader.field(row, "updTime"), f"updTime, {number}", zone=ZONE)
        day = at.astimezone(ZONE).date()
        value = reader.number(row, "updSum", about=f"{number}, {day}")
        if not window.first <= day <= window.last:
            continue
        spend.received += 1
        if value is not None and not _is_bonus(reader.optional(row, "paymentType")):
            spend.sums[number, day] += value
    return spend


def _is_bonus(payment: object) -> bool:
    return "бонус" in str(payment or "").casefold()


def spend_facts(
    spend: Spend,
    shop: Shop,
    names: Mapping[str, str],
    flags: Mapping[dt.date, frozenset[str]],
) -> Iterable[Fact]:
    """The charges as media cost."""
    for (number, day), value in sorted(spend.sums.items()):
        subject = campaign(shop, number, names)
        yield Fact(
            subject, "media_cost", day, value, shop.currency, flags=flags.get(day, frozenset())
        )
