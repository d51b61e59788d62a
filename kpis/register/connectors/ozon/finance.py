"""Transactions of the seller's account: returns as refund records, the rest as costs of a day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from kpis.register.connectors.base import Fact, Window
from kpis.register.connectors.ozon.client import VENDOR
from kpis.register.connectors.ozon.postings import ZONE, Shop
from kpis.register.connectors.parsing import Reader
from kpis.register.connectors.records import RefundRecord

METRICS = ("refunds", "service_cost", "media_cost")
# Advertising the Performance API tells by campaign.
BY_CAMPAIGN = frozenset(
    {
        "MarketplaceMarketingActionCostOperation",
        "OperationMarketplaceMarketingActionCost",
        "OperationMarketplaceCostPerClick",
        "OperationMarketplaceInternetSiteAdvertising",
        "OperationElectronicServiceStencil",
        "OperationGettingToTheTop",
    }
)
# Advertising paid per order: no campaign report has it.
PER_ORDER = frozenset({"OperationPromotionWithCostPerOrder"})
COMPENSATION = "compensation"
KNOWN = frozenset(
    "operation_type_name delivery_charge return_delivery_charge sale_commission items services "
    "delivery_schema order_date warehouse_id operation_type type amount accruals_for_sale "
    "posting".split()
)

Row = Mapping[str, object]


class Ledger:
    """Adds up the costs of the days of ``window`` over the pages of a slice.

    ``with_campaigns``: advertising by campaign is read elsewhere and is no cost here.
    """

    def __init__(self, shop: Shop, window: Window, *, with_campaigns: bool) -> None:
        self._shop = shop
        self._window = window
        self._elsewhere = BY_CAMPAIGN if with_campaigns else frozenset()
        self._seen: set[str] = set()
        self._costs: defaultdict[tuple[str, dt.date], Decimal] = defaultdict(Decimal)

    def read(
        self, rows: object, raw: bytes
    ) -> tuple[tuple[RefundRecord, ...], int, tuple[StrOrPromise, ...]]:
        """Refunds of a page, how many of its operations are new, remarks. Raises `BugError`."""
        reader = Reader(VENDOR, raw, known=KNOWN)
        refunds: list[RefundRecord] = []
        new = 0
        for row in reader.rows(rows, "operations"):
            key = reader.text(row, "operation_id")
            if key in self._seen:
                continue
            self._seen.add(key)
            new += 1
            day = self._day(reader, row, key)
            if self._window.first <= day <= self._window.last:
                refund = self._book(reader, row, key, day)
                refunds += [refund] if refund else []
        return tuple(refunds), new, reader.notices()

    def facts(self) -> tuple[Fact, ...]:
        """What the days cost, once every page was read."""
        return tuple(
            Fact(self._shop.subject, metric, day, amount, self._shop.currency)
            for (metric, day), amount in sorted(self._costs.items())
        )

    def _book(self, reader: Reader, row: Row, key: str, day: dt.date) -> RefundRecord | None:
        name = reader.text(row, "operation_type")
        sort = reader.text(row, "type")
        amount = _money(reader, row, "amount", key)
        goods = _money(reader, row, "accruals_for_sale", key)
        if name in BY_CAMPAIGN | PER_ORDER:
            if name not in self._elsewhere:
                self._costs["media_cost", day] -= amount
        elif sort != COMPENSATION:
            # What is left of the amount beside the price of the goods is Ozon's share.
            self._costs["service_cost", day] += goods - amount
        if goods >= 0:
            return None
        posting = reader.optional(row, "posting")
        number = posting.get("posting_number") if isinstance(posting, dict) else None
        return RefundRecord(
            key=key,
            day=day,
            amount=-goods,
            currency=self._shop.currency,
            subject=self._shop.subject,
            order=str(number or ""),
        )

    def _day(self, reader: Reader, row: Row, key: str) -> dt.date:
        """A date without a zone is Moscow's; a moment with one is moved there."""
        text = reader.text(row, "operation_date")
        at = reader.moment(text, f"operation_date, {key}", zone=ZONE)
        return at.astimezone(ZONE).date()


def _money(reader: Reader, row: Row, name: str, key: str) -> Decimal:
    value = reader.number(row, name, about=key)
    if value is None:
        reader.bug(_("A transaction has no amount."), f"{name}, {key}")
    return value
