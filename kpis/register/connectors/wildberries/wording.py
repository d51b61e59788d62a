"""How the contract server writes tokens, refusals and rows."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal

from kpis.register.connectors.wildberries.stock import ADVERTS, MOSCOW, Order
from kpis.simulator import Reply

PROBLEM = "application/problem+json"
OWN_FAULTS = {
    "duplicated_row": "the next page begins with a row of the page before",
    "restated_day": "orders get another price, charges grow on the second read",
    "vanished_row": "the last advertising day and the last report row go on the second read",
    "null_metric": "views and prices are null",
    "zero_price": "prices are not known yet",
    "new_field": "every row has a field nobody has agreed on",
    "renamed_field": "lastChangeDate, views and ppvz_for_pay have other names",
    "null_time": "charges have no time yet",
    "no_statistics": "400: none of the campaigns ran in these days",
    "token_expires_midway": "401 from the second page on",
    "no_category": "401: the token lacks the category",
    "payment_required": "402",
    "error_in_200": "200 with a problem instead of rows",
    "unknown_kind": "a document of an unknown kind in the report",
}


def token_of(expires_at: dt.datetime, seller: str = "7f4c1d0a-0000-4000-8000-000000000077") -> str:
    """A token of the vendor's shape; its signature opens invented figures only."""
    claims = {"ent": 1, "exp": int(expires_at.timestamp()), "s": 66, "sid": seller, "t": False}
    parts = [{"alg": "ES256", "typ": "JWT"}, claims]
    texts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts]
    return ".".join([*(text.rstrip("=") for text in texts), "c2lnbmF0dXJlLW9mLXNldmVybnk"])


def problem(
    status: int, title: str, detail: str, headers: Mapping[str, str] | None = None
) -> Reply:
    """The vendor's shape of a refusal."""
    body = {
        "title": title,
        "detail": detail,
        "code": "07e4668e--a53a3d31f8b0",
        "requestId": "7b80742415072fe8b6b7f7761f1d1211",
        "origin": "s2s-api-auth-catalog",
        "status": status,
        "timestamp": "2026-03-20T09:00:00Z",
    }
    text = json.dumps(body, ensure_ascii=False).encode()
    return Reply(status, text, PROBLEM, headers or {})


def base_row(order: Order, price: Decimal) -> dict[str, object]:
    """What a row of orders and one of sales have in common."""
    return {
        "date": order.at.isoformat(),
        "warehouseName": "Подольск",
        "warehouseType": "Склад WB",
        "countryName": "Россия",
        "oblastOkrugName": "Центральный федеральный округ",
        "regionName": "Московская",
        "supplierArticle": order.product.article,
        "nmId": order.product.number,
        "barcode": f"20{order.product.number}",
        "category": "Продукты",
        "subject": "Чай",
        "brand": "Северный чай",
        "techSize": "0",
        "incomeID": 0,
        "isSupply": False,
        "isRealization": True,
        "totalPrice": order.product.price,
        "discountPercent": 18,
        "spp": 20,
        "finishedPrice": (price * 80 / 100).quantize(Decimal("0.01")),
        "priceWithDisc": price,
        "sticker": str(order.number % 1_000_000_000),
        "gNumber": f"34{order.number}",
        "srid": order.srid,
    }


def campaigns(today: dt.date) -> dict[str, object]:
    """Campaigns in groups of one status, as ``promotion/count`` gives them."""
    groups: dict[int, list[dict[str, object]]] = {}
    for advert in ADVERTS:
        at = dt.datetime.combine(advert.changed(today), dt.time(9, 30), MOSCOW)
        groups.setdefault(advert.status, []).append(
            {"advertId": advert.number, "changeTime": at.isoformat()}
        )
    return {
        "adverts": [
            {"type": 9, "status": status, "count": len(rows), "advert_list": rows}
            for status, rows in groups.items()
        ],
        "all": len(ADVERTS),
    }
