"""The invented shop behind the contract server: always the same for the same seed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from zoneinfo import ZoneInfo

from kpis.simulator import Stage
from kpis.simulator.company import FIRST_DAY

MOSCOW = ZoneInfo("Europe/Moscow")
DAY = dt.timedelta(days=1)
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Product:
    number: int
    article: str
    price: int


PRODUCTS = (
    Product(301957154, "ivan-chai-100", 690),
    Product(301957155, "ivan-chai-250", 1390),
    Product(301957161, "sosnovyi-sbor", 540),
    Product(301957162, "moroshka-list", 820),
    Product(301957170, "chai-karelskii", 470),
    Product(398309059, "nabor-podarochnyi", 2650),
)


@dataclass(frozen=True, slots=True)
class Order:
    """Moments are Moscow's, without a zone, as the vendor writes them."""

    number: int
    product: Product
    at: dt.datetime
    price: Decimal
    cancelled_at: dt.datetime | None = None
    bought_at: dt.datetime | None = None
    returned_at: dt.datetime | None = None

    @property
    def srid(self) -> str:
        return f"11.rf{self.number}.{self.product.number}.0"

    @property
    def paid(self) -> Decimal:
        """What the seller gets for it."""
        return (self.price * 83 / 100).quantize(CENT)

    @property
    def changed_at(self) -> dt.datetime:
        last = max(filter(None, (self.at, self.cancelled_at, self.bought_at, self.returned_at)))
        return last + dt.timedelta(minutes=17)

    def by(self, now: dt.datetime) -> Order:
        """What is known of it at ``now``."""

        def past(at: dt.datetime | None) -> dt.datetime | None:
            return at if at is not None and at <= now else None

        return replace(
            self,
            cancelled_at=past(self.cancelled_at),
            bought_at=past(self.bought_at),
            returned_at=past(self.returned_at),
        )


@dataclass(frozen=True, slots=True)
class Charge:
    """A row of the settlement report. ``subject`` and ``cost`` are what the register makes of
    it."""

    number: int
    day: dt.date
    kind: str
    product: Product | None
    price: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    delivery: Decimal = Decimal(0)
    storage: Decimal = Decimal(0)
    deduction: Decimal = Decimal(0)
    reason: str = ""
    document: str = ""

    @property
    def subject(self) -> str:
        return f"product:{self.product.number}" if self.product else "shop:wildberries"

    @property
    def cost(self) -> Decimal:
        kept = self.price - self.paid
        own = Decimal(0) if "Продвижение" in self.reason else self.deduction
        return (-kept if self.document == "Возврат" else kept) + self.delivery + self.storage + own

    def row(self) -> dict[str, object]:
        """As the vendor sends it."""
        monday = self.day - DAY * self.day.weekday()
        return {
            "realizationreport_id": monday.toordinal(),
            "date_from": monday.isoformat(),
            "date_to": (monday + DAY * 6).isoformat(),
            "create_dt": (monday + DAY * 7).isoformat(),
            "currency_name": "руб",
            "rrd_id": self.number,
            "nm_id": self.product.number if self.product else 0,
            "sa_name": self.product.article if self.product else "",
            "doc_type_name": self.document,
            "quantity": 1 if self.price else 0,
            "retail_price_withdisc_rub": self.price,
            "retail_amount": (self.price * 80 / 100).quantize(CENT),
            "supplier_oper_name": self.kind,
            "rr_dt": self.day.isoformat(),
            "ppvz_for_pay": self.paid,
            "delivery_rub": self.delivery,
            "bonus_type_name": self.reason,
            "penalty": 0,
            "additional_payment": 0,
            "storage_fee": self.storage,
            "deduction": self.deduction,
            "acceptance": 0,
        }


@dataclass(frozen=True, slots=True)
class Advert:
    """``status``: 7 ended, 8 refused, 9 runs, 11 paused. ``days`` are those it runs on."""

    number: int
    name: str
    status: int
    first: dt.date = FIRST_DAY
    last: dt.date | None = None

    def changed(self, today: dt.date) -> dt.date:
        return min(self.last or today, today)


ADVERTS = (
    Advert(22161678, "Иван-чай в поиске", 9),
    Advert(22161679, "Наборы к празднику", 11),
    Advert(28449281, "Весенняя коллекция", 7, dt.date(2026, 3, 1), dt.date(2026, 3, 12)),
    Advert(28449282, "Зимний сбор", 7, dt.date(2025, 12, 1), dt.date(2025, 12, 31)),
    Advert(28449290, "Не прошла проверку", 8, dt.date(2026, 1, 1), dt.date(2026, 1, 1)),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One day of a campaign."""

    day: dt.date
    views: int
    clicks: int
    spent: Decimal

    def row(self) -> dict[str, object]:
        return {
            "date": f"{self.day.isoformat()}T00:00:00Z",
            "views": self.views,
            "clicks": self.clicks,
            "ctr": (Decimal(self.clicks * 100) / self.views).quantize(CENT),
            "cpc": Decimal(0),
            "sum": self.spent,
            "atbs": 0,
            "orders": 0,
            "cr": 0,
            "shks": 0,
            "sum_price": 0,
            "canceled": 0,
            "apps": [],
        }


class Shelf:
    """Everything of any day, as it will have become in the end."""

    def __init__(self, stage: Stage) -> None:
        self._number = stage.number
        self._orders: dict[dt.date, list[Order]] = {}

    def orders(self, day: dt.date) -> list[Order]:
        """The orders placed on ``day``, the last of them a minute before midnight."""
        if day not in self._orders:
            self._orders[day] = list(self._placed(day))
        return self._orders[day]

    def _placed(self, day: dt.date) -> Iterator[Order]:
        count = 2 + self._number(4, "orders", day)
        for place in range(count):
            number = self._number
            product = PRODUCTS[number(len(PRODUCTS), "product", day, place)]
            minute = 1439 if place == count - 1 else number(1380, "minute", day, place)
            at = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=minute, seconds=31)
            price = (Decimal(product.price) * (78 + number(8, "price", day, place)) / 100).quantize(
                CENT
            )
            fate = number(10, "fate", day, place)
            came = at + DAY * (2 + number(5, "way", day, place))
            yield Order(
                number=day.toordinal() * 100 + place,
                product=product,
                at=at,
                price=price,
                cancelled_at=came if fate < 2 else None,
                bought_at=came if fate >= 2 else None,
                returned_at=came + DAY * 4 if fate == 9 else None,
            )

    def charges(self, day: dt.date) -> Iterator[Charge]:
        """The report's rows of one day: what was bought three days ago, storage, deductions."""
        first = day.toordinal() * 1000
        place = 0
        for place, order in enumerate(self.orders(day - DAY * 3)):
            kind = "Возврат" if self._number(9, "report", day, place) == 0 else "Продажа"
            yield Charge(
                first + place * 2,
                day,
                kind,
                order.product,
                price=order.price,
                paid=order.paid,
                document=kind,
            )
            yield Charge(
                first + place * 2 + 1,
                day,
                "Логистика",
                order.product,
                delivery=Decimal(4750 + self._number(900, "delivery", day, place)).scaleb(-2),
                document="Продажа",
            )
        storage = Decimal(12000 + self._number(3000, "storage", day)).scaleb(-2)
        yield Charge(first + 900, day, "Хранение", None, storage=storage)
        if day.weekday() == 6:
            sum_ = Decimal(150_000 + self._number(9999, "ads", day)).scaleb(-2)
            reason = "Оказание услуг «WB Продвижение», документ № 145"
            yield Charge(first + 901, day, "Удержание", None, deduction=sum_, reason=reason)
            fine = Decimal(9900).scaleb(-2)
            yield Charge(first + 902, day, "Удержание", None, deduction=fine, reason="Подписка")

    def shown(self, advert: Advert, day: dt.date) -> Shown | None:
        """The day of a campaign, None when it did not run."""
        if advert.status == 8 or day < advert.first or (advert.last and day > advert.last):
            return None
        views = 400 + self._number(900, "views", advert.number, day)
        clicks = views * (30 + self._number(60, "clicks", advert.number, day)) // 1000
        cents = clicks * (420 + self._number(200, "bid", advert.number, day))
        return Shown(day, views, clicks, Decimal(cents).scaleb(-2))

    def write_offs(self, advert: Advert, day: dt.date) -> list[dict[str, object]]:
        """The day's charges: in two parts, and now and then one paid with bonuses."""
        shown = self.shown(advert, day)
        if shown is None:
            return []
        part = (shown.spent / 3).quantize(CENT)
        charges: list[tuple[str, int, Decimal, str]] = [
            ("11:20:05.118+03:00", 1, part, "Баланс"),
            ("23:59:58.402+03:00", 2, shown.spent - part, "Баланс"),
        ]
        if day.day % 5 == 0:
            charges.append(("12:00:00+03:00", 3, Decimal(50), "Бонусы"))
        return [
            {
                "updNum": day.toordinal() * 10 + place,
                "updTime": f"{day.isoformat()}T{time}",
                "updSum": value,
                "advertId": advert.number,
                "campName": advert.name,
                "advertType": 9,
                "paymentType": payment,
                "advertStatus": advert.status,
            }
            for time, place, value, payment in charges
        ]
