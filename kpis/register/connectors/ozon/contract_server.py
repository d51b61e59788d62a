"""Ozon as the tea shop sees it: the Seller API and the Performance API at one address."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar

from kpis.register.connectors.ozon.contract_ads import (
    PERFORMANCE_ID,
    PERFORMANCE_SECRET,
    AdDesk,
    refused,
)
from kpis.register.connectors.ozon.contract_figures import CAMPAIGNS, PRODUCTS, Figures
from kpis.register.connectors.ozon.contract_seller import SellerDesk, seller_refused
from kpis.simulator.play import Play, Reply, Request, Stage, Truth

CLIENT_ID = "104823"
API_KEY = "ozon-demo-api-key"
SHOP = f"shop:{CLIENT_ID}"
_SPLIT = "cancelled_from_split_pending"


class OzonPlay(Play):
    """One seller with postings of both kinds, transactions, analytics and advertising."""

    kind: ClassVar[str] = "ozon"
    vendor: ClassVar[str] = "Ozon"
    own_faults: ClassVar[Mapping[str, str]] = {
        "blocked": "403 Circle is open: too many refused requests",
        "no_role": "403, the key lacks a role",
        "no_premium": "400, the plan does not give these figures",
        "duplicated_row": "every page after the first begins with the row before it",
        "total_changes": "a transaction is added while the pages are read",
        "list_moves": "postings vanish from the front of the list while it is read",
        "new_field": "every row has a field nobody has agreed on",
        "renamed_field": "the main figure has another name",
        "null_metric": "the main figure of the last row or day is empty",
        "restated_day": "the last posting or day is another one on the second read",
        "vanished_row": "the first posting of a page is gone on the second read",
        "token_expires_midway": "the advertising token runs out between two requests",
        "report_queued": "an advertising report is ready at the third question",
        "report_error": "an advertising report could not be made",
        "report_lost": "an advertising report is not known any more",
        "too_many_reports": "429, a report is being made already",
        "forbidden_kind": "400, no reports of banners",
        "short_report": "the last row of a report is missing, its total is not",
        "zip_bomb": "a report unpacks to forty megabytes",
    }

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.figures = Figures(stage)
        self._ads = AdDesk(self.figures)
        self._seller = SellerDesk(self.figures)

    def source_settings(self) -> dict[str, object]:
        """Everything but analytics."""
        return {
            "base_url": self.stage.url(),
            "client_id": CLIENT_ID,
            "shop_name": "Северный чай",
            "currency": "RUB",
            "fbs": True,
            "fbo": True,
            "finance": True,
            "analytics": "off",
            "ads": True,
            "performance_url": self.stage.url(),
            "performance_id": PERFORMANCE_ID,
        }

    def source_secrets(self) -> dict[str, str]:
        """Both keys."""
        return {"api_key": API_KEY, "performance_secret": PERFORMANCE_SECRET}

    def answer(self, request: Request, faults: frozenset[str]) -> Reply:
        """One request to either of the two."""
        if request.path.startswith("/api/client"):
            return self._ads.answer(request, faults)
        sent = (request.headers.get("client-id"), request.headers.get("api-key"))
        if sent != (CLIENT_ID, API_KEY):
            return seller_refused(403, 7, f"Invalid Api-Key {sent[1]}, please contact support")
        if "blocked" in faults:
            return seller_refused(403, 7, "Circle is open")
        if "no_role" in faults:
            return seller_refused(403, 7, "Api-Key is missing a required role for the method")
        return self._seller.answer(request, faults)

    def limited(self, request: Request, seconds: int | None) -> Reply:
        """Too many requests; only a gateway before Ozon gives a hint."""
        headers = {} if seconds is None else {"Retry_After": str(seconds)}
        said = "You have reached request rate limit per second"
        return Reply.of({"code": 8, "message": said, "details": []}, 429, **headers)

    def error_body(self, request: Request) -> Reply:
        """Something broke inside Ozon."""
        return seller_refused(500, 13, "internal error")

    def token_expired(self, request: Request) -> Reply:
        """The key was switched off."""
        if request.path.startswith("/api/client"):
            return refused(401, "Запрос не аутентифицирован")
        return seller_refused(403, 7, "Api-key is deactivated, generate a new one")

    def truth(self, first: dt.date, last: dt.date) -> Truth:
        """Postings, transactions and advertising, as `source_settings` ask for them."""
        return {
            **self.posting_truth(first, last),
            **self.finance_truth(first, last, with_campaigns=True),
            **self.ad_truth(first, last),
        }

    def posting_truth(self, first: dt.date, last: dt.date) -> Truth:
        """What the order records of these days make."""
        found: defaultdict[tuple[str, str, dt.date], Decimal] = defaultdict(Decimal)
        for day in self.days(first, last):
            for posting in self.figures.postings(day):
                if posting.status == "cancelled":
                    found["cancelled_orders", SHOP, day] += 1
                elif posting.status != _SPLIT:
                    found["orders", SHOP, day] += 1
                    found["revenue", SHOP, day] += posting.amount
                    found["items_sold", SHOP, day] += posting.units
        return dict(found)

    def finance_truth(self, first: dt.date, last: dt.date, *, with_campaigns: bool) -> Truth:
        """Refunds and costs; ``with_campaigns``: pay-per-click is told by campaign."""
        found: defaultdict[tuple[str, str, dt.date], Decimal] = defaultdict(Decimal)
        for day in self.days(first, last):
            for one in self.figures.operations(day):
                if one.goods < 0:
                    found["refunds", SHOP, day] -= one.goods
                if one.name == "OperationPromotionWithCostPerOrder" or (
                    one.name == "OperationMarketplaceCostPerClick" and not with_campaigns
                ):
                    found["media_cost", SHOP, day] -= one.amount
                elif one.sort != "compensation" and "CostPer" not in one.name:
                    found["service_cost", SHOP, day] += one.goods - one.amount
        return dict(found)

    def ad_truth(self, first: dt.date, last: dt.date) -> Truth:
        """Campaigns that have reports."""
        found: Truth = {}
        for campaign in CAMPAIGNS:
            for day in self.days(first, last):
                figures = self.figures.ad(campaign, day)
                if figures[0]:
                    for metric, value in zip(
                        ("impressions", "clicks", "media_cost"), figures, strict=True
                    ):
                        found[metric, f"campaign:{campaign.number}", day] = Decimal(str(value))
        return found

    def analytics_truth(self, first: dt.date, last: dt.date, *, views: bool) -> Truth:
        """Products by day: sales, or views."""
        found: Truth = {}
        names = ("page_actions", "users") if views else ("revenue", "items_sold")
        for day in self.days(first, last):
            for product in PRODUCTS:
                figures = self.figures.views if views else self.figures.sold
                for metric, value in zip(names, figures(product, day), strict=True):
                    found[metric, f"product:{product.sku}", day] = Decimal(str(value))
        return found


PLAY = OzonPlay
