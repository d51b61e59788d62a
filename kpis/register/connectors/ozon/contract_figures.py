"""The tea shop on Ozon: its goods, postings, money and campaigns, as the contract server shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from kpis.simulator.company import FIRST_DAY
from kpis.simulator.play import Stage

ZONE = ZoneInfo("Europe/Moscow")
DELIVERED_AFTER = dt.timedelta(days=5)
RETURNED_AFTER = dt.timedelta(days=12)


@dataclass(frozen=True, slots=True)
class Product:
    """``price`` in kopecks."""

    sku: int
    offer: str
    name: str
    price: int


PRODUCTS = (
    Product(1560010001, "chai-ivan-100", "Иван-чай крупнолистовой, 100 г", 45_900),
    Product(1560010002, "chai-green-200", "Чай зелёный «Северный», 200 г", 62_000),
    Product(1560010003, "chai-mint-50", "Чай с мятой, 50 г", 28_950),
    Product(1560010004, "set-gift", "Подарочный набор «Северный чай»", 189_000),
)


@dataclass(frozen=True, slots=True)
class Posting:
    """A posting made at ``at``; ``goods`` are products with quantities."""

    number: str
    scheme: str
    at: dt.datetime
    goods: tuple[tuple[Product, int], ...]
    status: str

    @property
    def day(self) -> dt.date:
        """Its day in Moscow."""
        return self.at.astimezone(ZONE).date()

    @property
    def amount(self) -> Decimal:
        """Price by quantity."""
        return Decimal(sum(product.price * count for product, count in self.goods)).scaleb(-2)

    @property
    def units(self) -> int:
        """How many things."""
        return sum(count for _product, count in self.goods)


@dataclass(frozen=True, slots=True)
class Operation:
    """A transaction; ``goods`` is the price of goods in it, ``amount`` all of it."""

    number: int
    day: dt.date
    name: str
    sort: str
    amount: Decimal
    goods: Decimal = Decimal(0)
    commission: Decimal = Decimal(0)
    posting: Posting | None = None


@dataclass(frozen=True, slots=True)
class AdCampaign:
    """``shown`` on an average day, ``clicked`` in ten thousand, ``price`` of a click in kopecks."""

    number: int
    title: str
    sort: str
    shown: int
    clicked: int
    price: int
    state: str = "CAMPAIGN_STATE_RUNNING"
    pays: str = "CPC"


CAMPAIGNS = (
    AdCampaign(21500001, "Иван-чай — трафареты", "SKU", 5200, 160, 1240),
    AdCampaign(21500002, "Подарочные наборы", "SKU", 2600, 240, 2310),
    AdCampaign(21500003, "Баннер: весна", "BANNER", 9100, 35, 1870),
    AdCampaign(21500004, "Продвижение в поиске", "SEARCH_PROMO", 0, 0, 0, pays="CPO"),
    AdCampaign(21500005, "Старые трафареты", "SKU", 0, 0, 0, "CAMPAIGN_STATE_ARCHIVED"),
)


class Figures:
    """Everything by day, the same for the same seed."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def today(self) -> dt.date:
        """Now in Moscow."""
        return self._stage.now().astimezone(ZONE).date()

    def postings(self, day: dt.date) -> list[Posting]:
        """Postings made on ``day``, the oldest first."""
        if not FIRST_DAY <= day <= self.today():
            return []
        count = 4 + self._stage.number(6, "postings", day)
        found = [self._posting(day, number) for number in range(count)]
        return sorted(found, key=lambda posting: (posting.at, posting.number))

    def operations(self, day: dt.date) -> Iterator[Operation]:
        """Transactions of ``day``."""
        number = day.toordinal() * 1000
        for posting in self.postings(day - DELIVERED_AFTER):
            if posting.status != "delivered":
                continue
            number += 1
            commission = -(posting.amount * 15 / 100).quantize(Decimal("0.01"))
            amount = posting.amount + commission - Decimal("87.35")
            name = "OperationAgentDeliveredToCustomer"
            yield Operation(
                number, day, name, "orders", amount, posting.amount, commission, posting
            )
        for posting in self.postings(day - RETURNED_AFTER):
            if posting.status != "delivered" or self._stage.number(9, "back", posting.number):
                continue
            number += 1
            commission = (posting.amount * 15 / 100).quantize(Decimal("0.01"))
            amount = commission - posting.amount - Decimal("62.10")
            name = "ClientReturnAgentOperation"
            yield Operation(
                number, day, name, "returns", amount, -posting.amount, commission, posting
            )
        clicks = sum((self.ad(one, day)[2] for one in CAMPAIGNS), Decimal(0))
        fixed = (
            ("OperationMarketplaceCostPerClick", "services", -clicks),
            ("OperationPromotionWithCostPerOrder", "services", -self._kopecks(40_000, "cpo", day)),
            ("OperationMarketplaceServiceStorage", "services", -self._kopecks(9_000, "store", day)),
        )
        for name, sort, amount in fixed:
            number += 1
            yield Operation(number, day, name, sort, amount)
        if day.day % 10 == 0:
            name = "MarketplaceSellerCompensationOperation"
            yield Operation(number + 1, day, name, "compensation", Decimal("450.00"))

    def ad(self, campaign: AdCampaign, day: dt.date) -> tuple[int, int, Decimal]:
        """Impressions, clicks and cost of a day."""
        shown = self._around(campaign.shown, "shown", campaign.number, day)
        clicks = self._around(shown * campaign.clicked // 10_000, "clicks", campaign.number, day)
        price = self._around(campaign.price, "price", campaign.number, day)
        return shown, clicks, Decimal(clicks * price).scaleb(-2)

    def views(self, product: Product, day: dt.date) -> tuple[int, int]:
        """Views of the product's page and its visitors."""
        hits = self._around(240, "hits", product.sku, day)
        return hits, hits * 71 // 100

    def sold(self, product: Product, day: dt.date) -> tuple[Decimal, int]:
        """Revenue and units ordered."""
        units = sum(
            count
            for posting in self.postings(day)
            for one, count in posting.goods
            if one == product
        )
        return Decimal(units * product.price).scaleb(-2), units

    def _posting(self, day: dt.date, number: int) -> Posting:
        draw = self._stage.number
        key = f"{day:%y%m%d}-{number:04d}-1"
        # The first of a day comes just after midnight: in UTC it is still the day before.
        seconds = 600 if number == 0 else draw(86_400, "at", key)
        at = dt.datetime.combine(day, dt.time(), ZONE) + dt.timedelta(seconds=seconds)
        first = draw(len(PRODUCTS), "goods", key)
        goods = [(PRODUCTS[first], 1 + draw(3, "count", key))]
        if draw(4, "second", key) == 0:
            goods.append((PRODUCTS[(first + 1) % len(PRODUCTS)], 1))
        scheme = "fbs" if draw(5, "scheme", key) < 3 else "fbo"
        return Posting(key, scheme, at.astimezone(dt.UTC), tuple(goods), self._status(day, key))

    def _status(self, day: dt.date, key: str) -> str:
        fate = self._stage.number(100, "fate", key)
        if fate < 2:
            return "cancelled_from_split_pending"
        age = self.today() - day
        if fate < 18 and age > dt.timedelta(days=1):
            return "cancelled"
        if age >= DELIVERED_AFTER:
            return "delivered"
        return "delivering" if age > dt.timedelta(days=1) else "awaiting_packaging"

    def _around(self, value: int, *key: object) -> int:
        return value * (800 + self._stage.number(401, *key)) // 1000

    def _kopecks(self, spread: int, *key: object) -> Decimal:
        return Decimal(1000 + self._stage.number(spread, *key)).scaleb(-2)
