"""The Seller API of the tea shop: postings, transactions, analytics."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

from kpis.register.connectors.ozon.contract_figures import (
    PRODUCTS,
    ZONE,
    Figures,
    Operation,
    Posting,
)
from kpis.simulator.play import Reply, Request

_PREMIUM = {"hits_view_pdp", "session_view_pdp"}


class SellerDesk:
    """Answers for the lists of the Seller API. Remembers what was read before."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures
        self._reads: Counter[str] = Counter()

    def answer(self, request: Request, faults: frozenset[str]) -> Reply:
        """One request."""
        body = request.json()
        match request.path:
            case "/v3/posting/fbs/list":
                return self._postings("fbs", body, faults)
            case "/v2/posting/fbo/list":
                return self._postings("fbo", body, faults)
            case "/v3/finance/transaction/list":
                return self._transactions(body, faults)
            case "/v1/analytics/data":
                return self._analytics(body, faults)
            case _:
                return seller_refused(404, 5, "page not found")

    def _postings(self, scheme: str, body: Mapping[str, object], faults: frozenset[str]) -> Reply:
        asked = body.get("filter")
        bounds = asked if isinstance(asked, dict) else {}
        since, until = (dt.datetime.fromisoformat(str(bounds[name])) for name in ("since", "to"))
        days = days_of(since.astimezone(ZONE).date(), until.astimezone(ZONE).date())
        found = [
            posting
            for day in days
            for posting in self._figures.postings(day)
            if posting.scheme == scheme and since <= posting.at <= until
        ]
        offset, limit = (int(str(body.get(name, 0))) for name in ("offset", "limit"))
        if not 0 < limit <= 1000:
            return seller_refused(400, 3, "limit is out of range")
        if offset and "list_moves" in faults:
            found = found[limit:]
        page = found[offset : offset + limit]
        self._reads[scheme] += offset == 0
        again = self._reads[scheme] > 1
        if again and "vanished_row" in faults and page:
            page = page[1:]
        rows = [_posting_row(posting, faults) for posting in page]
        if again and "restated_day" in faults and rows:
            rows[-1]["status"] = "cancelled"
        if "null_metric" in faults and rows:
            rows[-1]["products"] = [{**_products(page[-1])[0], "quantity": None}]
        if "duplicated_row" in faults and rows:
            rows.insert(0, rows[0])
        if scheme == "fbo":
            return Reply.of({"result": rows})
        more = offset + limit < len(found)
        return Reply.of({"result": {"postings": rows, "has_next": more}})

    def _transactions(self, body: Mapping[str, object], faults: frozenset[str]) -> Reply:
        asked = body.get("filter")
        date = asked.get("date") if isinstance(asked, dict) else None
        bounds = date if isinstance(date, dict) else {}
        first, last = (dt.date.fromisoformat(str(bounds[name])[:10]) for name in ("from", "to"))
        if (last - first).days > 31:
            return seller_refused(400, 3, "period must not be longer than one month")
        # Nothing is booked in the future.
        last = min(last, self._figures.today())
        found = [one for day in days_of(first, last) for one in self._figures.operations(day)]
        number, size = (int(str(body.get(name, 1))) for name in ("page", "page_size"))
        if number > 1 and "total_changes" in faults:
            late = Operation(
                999, first, "OperationMarketplaceServiceStorage", "services", -Decimal(1)
            )
            found.insert(0, late)
        start = (number - 1) * size
        rows = [_operation_row(one, faults) for one in found[start : start + size]]
        if start and rows and "duplicated_row" in faults:
            rows.insert(0, _operation_row(found[start - 1], faults))
        if rows and "null_metric" in faults:
            rows[len(rows) // 2]["amount"] = None
        pages = -(-len(found) // size)
        return Reply.of(
            {"result": {"operations": rows, "page_count": pages, "row_count": len(found)}}
        )

    def _analytics(self, body: Mapping[str, object], faults: frozenset[str]) -> Reply:
        named = body.get("metrics")
        metrics = [str(name) for name in named] if isinstance(named, list) else []
        if "no_premium" in faults and set(metrics) & _PREMIUM:
            return seller_refused(400, 3, "metrics are available with Premium Plus only")
        first, last = (dt.date.fromisoformat(str(body[name])) for name in ("date_from", "date_to"))
        rows: list[dict[str, object]] = []
        for day in days_of(first, last):
            for product in PRODUCTS:
                sold, seen = self._figures.sold(product, day), self._figures.views(product, day)
                values = {
                    "revenue": sold[0],
                    "ordered_units": Decimal(sold[1]).quantize(Decimal("0.1")),
                    "hits_view_pdp": seen[0],
                    "session_view_pdp": seen[1],
                }
                row: dict[str, object] = {
                    "dimensions": [
                        {"id": str(product.sku), "name": product.name},
                        {"id": day.isoformat(), "name": ""},
                    ],
                    "metrics": [values[name] for name in metrics],
                }
                rows.append({**row, "trend": 1} if "new_field" in faults else row)
        if "null_metric" in faults:
            rows[-1]["metrics"] = [None, *values_of(rows[-1])[1:]]
        if "renamed_field" in faults:
            rows = [{"dims": row["dimensions"], "metrics": row["metrics"]} for row in rows]
        limit = int(str(body.get("limit", 1000)))
        return Reply.of(
            {"result": {"data": rows[:limit], "totals": [0] * len(metrics)}, "timestamp": ""}
        )


def days_of(first: dt.date, last: dt.date) -> list[dt.date]:
    """The days of a window, oldest first."""
    return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]


def values_of(row: Mapping[str, object]) -> list[object]:
    """The metrics of a row of analytics."""
    values = row["metrics"]
    return values if isinstance(values, list) else []


def _posting_row(posting: Posting, faults: frozenset[str]) -> dict[str, object]:
    at = f"{posting.at:%Y-%m-%dT%H:%M:%S}Z"
    row: dict[str, object] = {
        "posting_number": posting.number,
        "order_id": int(posting.number.replace("-", "")),
        "order_number": posting.number.rpartition("-")[0],
        "status": posting.status,
        "in_process_at": at,
        "shipment_date": at,
        "substatus": "",
        "products": _products(posting),
        "analytics_data": None,
        "financial_data": None,
    }
    if posting.scheme == "fbo":
        row["created_at"] = at
    if "renamed_field" in faults:
        row["items"] = row.pop("products")
    return {**row, "eta": "soon"} if "new_field" in faults else row


def _products(posting: Posting) -> list[dict[str, object]]:
    return [
        {
            "price": f"{Decimal(product.price).scaleb(-2)}00",
            "offer_id": product.offer,
            "name": product.name,
            "sku": product.sku,
            "quantity": count,
            "currency_code": "RUB",
        }
        for product, count in posting.goods
    ]


def _operation_row(one: Operation, faults: frozenset[str]) -> dict[str, object]:
    row: dict[str, object] = {
        "operation_id": one.number,
        "operation_type": one.name,
        "operation_date": f"{one.day.isoformat()} 00:00:00",
        "operation_type_name": one.name,
        "delivery_charge": 0,
        "return_delivery_charge": 0,
        "accruals_for_sale": one.goods,
        "sale_commission": one.commission,
        "amount": one.amount,
        "type": one.sort,
        "posting": {
            "delivery_schema": one.posting.scheme.upper() if one.posting else "",
            "order_date": "",
            "posting_number": one.posting.number if one.posting else "",
            "warehouse_id": 0,
        },
        "items": [],
        "services": [],
    }
    if "renamed_field" in faults:
        row["total"] = row.pop("amount")
    return {**row, "memo": ""} if "new_field" in faults else row


def seller_refused(status: int, code: int, said: str) -> Reply:
    """The Seller API's envelope."""
    return Reply.of({"code": code, "message": said, "details": []}, status)
