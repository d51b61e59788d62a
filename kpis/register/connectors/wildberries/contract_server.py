"""Wildberries as it documents itself: the shop of «Северный чай» and its orders, returns, weekly
reports and advertising."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import ClassVar

from kpis.register.connectors.wildberries.stock import ADVERTS, MOSCOW, Charge, Order, Shelf
from kpis.register.connectors.wildberries.wording import (
    OWN_FAULTS,
    base_row,
    campaigns,
    problem,
    token_of,
)
from kpis.simulator import Play, Reply, Request, Stage
from kpis.simulator.play import Truth

DAY = dt.timedelta(days=1)
KEPT = 90
NOWHERE = "0001-01-01T00:00:00"


class WildberriesPlay(Play):
    """Two hosts below one mount. ``page_rows`` is how many orders an answer holds, ``strict``
    whether ``dateFrom`` itself is left out of the next answer (both have been seen)."""

    kind: ClassVar[str] = "wildberries"
    vendor: ClassVar[str] = "Wildberries"
    own_faults: ClassVar[Mapping[str, str]] = OWN_FAULTS

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.page_rows = 80_000
        self.strict = False
        self._shelf = Shelf(stage)
        self._token = token_of(dt.datetime(2035, 1, 1, 12, 0, tzinfo=dt.UTC))
        self._reads: Counter[str] = Counter()

    def source_settings(self) -> dict[str, object]:
        url = self.stage.url()
        return {
            "base_url": f"{url}/statistics",
            "advert_url": f"{url}/advert",
            "shop": "Северный чай на Wildberries",
            "currency": "RUB",
            "price": "seller",
            "settlement": "weekly",
            "ads": True,
        }

    def source_secrets(self) -> dict[str, str]:
        return {"token": self._token}

    def answer(self, request: Request, faults: frozenset[str]) -> Reply:
        if request.headers.get("authorization") != self._token:
            return self.token_expired(request)
        if "no_category" in faults:
            return problem(401, "unauthorized", "token scope not allowed")
        if "payment_required" in faults:
            return problem(402, "payment required", "pay for the method")
        if "error_in_200" in faults:
            return Reply.of({"title": "internal error", "detail": "try later", "status": 500})
        path = request.path.removeprefix("/statistics").removeprefix("/advert")
        if path == "/ping":
            return Reply.of({"TS": self.stage.now().isoformat(), "Status": "OK"})
        same = sorted((key, value) for key, value in request.query.items() if key != "rrdid")
        again = f"{path} {same}"
        self._reads[again] += request.query.get("rrdid", "0") == "0"
        second = self._reads[again] > 1
        match path:
            case "/api/v1/supplier/orders":
                return self._changes(request, faults, self._orders(faults, second))
            case "/api/v1/supplier/sales":
                return self._changes(request, faults, self._sales(faults, second))
            case "/api/v5/supplier/reportDetailByPeriod":
                return self._report(request, faults, second)
            case "/adv/v1/promotion/count":
                return Reply.of(campaigns(self._today()))
            case "/adv/v3/fullstats":
                return self._fullstats(request, faults, second)
            case "/adv/v1/upd":
                return self._upd(request, faults, second)
        return problem(404, "path not found", path)

    def limited(self, request: Request, seconds: int | None) -> Reply:
        headers = {} if seconds is None else {"X-Ratelimit-Retry": str(seconds)}
        return problem(
            429, "too many requests", "limited by c122a060-0000-4000-8000-000000000001", headers
        )

    def error_body(self, request: Request) -> Reply:
        return problem(500, "internal server error", "s2s-api: upstream is down")

    def token_expired(self, request: Request) -> Reply:
        return problem(401, "unauthorized", "token problem; token is expired")

    def truth(self, first: dt.date, last: dt.date) -> Truth:
        found: Truth = {}

        def add(metric: str, subject: str, day: dt.date, value: Decimal | int) -> None:
            key = (metric, subject, day)
            found[key] = found.get(key, Decimal(0)) + Decimal(value)

        oldest = self._today() - DAY * KEPT
        for day in self.days(max(first, oldest), min(last, self._today())):
            for order in self._known(day):
                subject = f"product:{order.product.number}"
                if order.cancelled_at is not None:
                    add("cancelled_orders", subject, day, 1)
                    continue
                add("orders", subject, day, 1)
                add("items_sold", subject, day, 1)
                add("revenue", subject, day, order.price)
        for order in self._history(oldest):
            if order.returned_at and first <= order.returned_at.date() <= last:
                subject = f"product:{order.product.number}"
                add("refunds", subject, order.returned_at.date(), order.price)
        for charge in self._charges(first, last):
            add("service_cost", charge.subject, charge.day, charge.cost)
        for advert in ADVERTS:
            for day in self.days(first, min(last, self._today())):
                if shown := self._shelf.shown(advert, day):
                    subject = f"campaign:{advert.number}"
                    add("impressions", subject, day, shown.views)
                    add("clicks", subject, day, shown.clicks)
                    add("media_cost", subject, day, shown.spent)
        return found

    def _now(self) -> dt.datetime:
        return self.stage.now().astimezone(MOSCOW).replace(tzinfo=None)

    def _today(self) -> dt.date:
        return self._now().date()

    def _known(self, day: dt.date) -> Iterator[Order]:
        for order in self._shelf.orders(day):
            if order.at <= self._now():
                yield order.by(self._now())

    def _history(self, first: dt.date) -> Iterator[Order]:
        for day in self.days(first, self._today()):
            yield from self._known(day)

    def _orders(self, faults: frozenset[str], second: bool) -> list[dict[str, object]]:
        raised = second and "restated_day" in faults
        rows = []
        for order in self._history(self._today() - DAY * KEPT):
            row = base_row(order, order.price + 10 if raised else order.price)
            row |= {
                "isCancel": order.cancelled_at is not None,
                "cancelDate": order.cancelled_at.isoformat() if order.cancelled_at else NOWHERE,
                "lastChangeDate": order.changed_at.isoformat(),
            }
            rows.append(row)
        return rows

    def _sales(self, faults: frozenset[str], second: bool) -> list[dict[str, object]]:
        rows = []
        for order in self._history(self._today() - DAY * KEPT):
            for letter, at in (("S", order.bought_at), ("R", order.returned_at)):
                if at is None:
                    continue
                sign = -1 if letter == "R" else 1
                row = base_row(order, order.price * sign)
                row |= {
                    "date": at.isoformat(),
                    "saleID": f"{letter}{order.number}",
                    "forPay": order.paid * sign,
                    "paymentSaleAmount": 0,
                    "lastChangeDate": (at + dt.timedelta(minutes=40)).isoformat(),
                }
                rows.append(row)
        return rows

    def _changes(
        self, request: Request, faults: frozenset[str], rows: list[dict[str, object]]
    ) -> Reply:
        start = request.query.get("dateFrom", "")
        if len(start) < 10:
            return Reply.of({"errors": ["wrong dateFrom parameter"]}, 400)
        if "token_expires_midway" in faults and not start.endswith("T00:00:00"):
            return self.token_expired(request)
        rows.sort(key=lambda row: (str(row["lastChangeDate"]), str(row["srid"])))
        begin = next(
            (
                place
                for place, row in enumerate(rows)
                if str(row["lastChangeDate"]) > start
                or (not self.strict and str(row["lastChangeDate"]) == start)
            ),
            len(rows),
        )
        if "duplicated_row" in faults and begin and not start.endswith("T00:00:00"):
            begin -= 1
        return Reply.of(
            [self._spoilt(row, faults) for row in rows[begin : begin + self.page_rows]],
            X_Ratelimit_Remaining="0",
        )

    def _spoilt(self, row: dict[str, object], faults: frozenset[str]) -> dict[str, object]:
        if "new_field" in faults:
            row["wbClubPrice"] = 1
        for fault, value in (("null_metric", None), ("zero_price", 0)):
            if fault in faults:
                names = ("priceWithDisc", "finishedPrice", "views", "retail_price_withdisc_rub")
                row |= {name: value for name in names if name in row}
        if "renamed_field" in faults:
            for name in ("lastChangeDate", "views", "ppvz_for_pay"):
                if name in row:
                    row[f"{name}V2"] = row.pop(name)
        return row

    def _charges(self, first: dt.date, last: dt.date) -> Iterator[Charge]:
        """Rows of the weeks that have been closed: a report comes on Monday."""
        today = self._today()
        ready = today - DAY * today.weekday()
        for day in self.days(max(first, self.first_day), last):
            if day < ready:
                yield from self._shelf.charges(day)

    def _report(self, request: Request, faults: frozenset[str], second: bool) -> Reply:
        try:
            first = dt.date.fromisoformat(request.query["dateFrom"])
            last = dt.date.fromisoformat(request.query["dateTo"])
            after, most = int(request.query["rrdid"]), int(request.query["limit"])
        except (KeyError, ValueError):
            return Reply.of({"errors": ["wrong parameters"]}, 400)
        if "token_expires_midway" in faults and after:
            return self.token_expired(request)
        rows = [charge.row() for charge in self._charges(first, last)]
        if second and "vanished_row" in faults:
            del rows[-1:]
        if "unknown_kind" in faults:
            rows = [row | {"doc_type_name": "Бартер"} for row in rows]
        begin = next((n for n, row in enumerate(rows) if charge_id(row) > after), len(rows))
        if "duplicated_row" in faults and begin and begin < len(rows):
            begin -= 1
        chosen = rows[begin : begin + most]
        if not chosen:
            return Reply(204)
        return Reply.of([self._spoilt(row, faults) for row in chosen])

    def _fullstats(self, request: Request, faults: frozenset[str], second: bool) -> Reply:
        ids = request.query.get("ids", "").split(",")
        days = self._window(request.query.get("beginDate", ""), request.query.get("endDate", ""))
        if days is None or len(ids) > 50:
            return problem(400, "invalid payload", "ids or dates are out of bounds")
        if "no_statistics" in faults:
            return problem(400, "bad request", "there are no companies with correct intervals")
        if "token_expires_midway" in faults:
            return self.token_expired(request)
        found: list[dict[str, object]] = []
        for advert in ADVERTS:
            if str(advert.number) not in ids:
                continue
            rows = [
                self._spoilt(shown.row(), faults)
                for day in days
                if day <= self._today() and (shown := self._shelf.shown(advert, day))
            ]
            if second and "vanished_row" in faults:
                del rows[-1:]
            if rows:
                found.append({"advertId": advert.number, "days": rows, "boosterStats": []})
        return Reply.of(found or None)

    def _upd(self, request: Request, faults: frozenset[str], second: bool) -> Reply:
        days = self._window(request.query.get("from", ""), request.query.get("to", ""))
        if days is None:
            return problem(400, "invalid payload", "from and to are a month apart at most")
        rows: list[dict[str, object]] = []
        for advert in ADVERTS:
            for day in days:
                if day > self._today():
                    continue
                for charge in self._shelf.write_offs(advert, day):
                    if second and "restated_day" in faults:
                        charge["updSum"] = Decimal(str(charge["updSum"])) + 1
                    if "null_time" in faults and day == days[-1]:
                        charge["updTime"] = None
                    rows.append(self._spoilt(charge, faults))
        return Reply.of(rows)

    def _window(self, first: str, last: str) -> list[dt.date] | None:
        try:
            days = self.days(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
        except ValueError:
            return None
        return days if 1 <= len(days) <= 31 else None


def charge_id(row: Mapping[str, object]) -> int:
    """The number the pages of the report follow."""
    return int(str(row["rrd_id"]))


PLAY = WildberriesPlay
