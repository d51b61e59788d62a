"""Advertising of a slice: which campaigns, in which reports, told apart by kind."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib.text import filled
from kpis.register.connectors.base import Page, Window
from kpis.register.connectors.errors import SkipError
from kpis.register.connectors.ozon.ad_report import Campaign, ad_figures
from kpis.register.connectors.ozon.performance import PerformanceClient
from kpis.register.connectors.parsing import Reader, few

SETTLING = dt.timedelta(days=3)
# Campaigns of one report; Ozon takes no more.
MOST = 10
ARCHIVED = "CAMPAIGN_STATE_ARCHIVED"
# Paid per order (their cost is in the transactions), or links that cost nothing.
_ELSEWHERE = frozenset({"SEARCH_PROMO", "ALL_SKU_PROMO"})
_FREE = "REF_"


class Advertising:
    """Reads the campaigns of one advertiser."""

    def __init__(self, client: PerformanceClient, currency: str, today: dt.date) -> None:
        self._client = client
        self._currency = currency
        self._today = today

    def read(self, window: Window) -> Iterator[Page]:
        """The list of campaigns, then a report for each group of them."""
        answer, reader, rows = self._client.campaigns()
        groups = _grouped(reader, rows, window)
        yield Page(
            facts=(),
            raw=answer.body,
            request="GET api/client/campaign",
            content_type=answer.content_type,
        )
        orders = []
        for campaigns in groups:
            order: dict[str, object] = {
                "campaigns": [campaign.key for campaign in campaigns],
                "dateFrom": window.first.isoformat(),
                "dateTo": window.last.isoformat(),
                "groupBy": "DATE",
            }
            orders.append(order)
            yield self._page(order, campaigns, window)
        for order in orders:
            self._client.done(order)

    def _page(self, order: Mapping[str, object], campaigns: list[Campaign], window: Window) -> Page:
        shown = f"{window.first.isoformat()}…{window.last.isoformat()}"
        request = f"GET api/client/statistics/report {shown}"
        try:
            answer = self._client.report(order)
        except SkipError as fault:
            # One kind of campaign without reports does not cost the others theirs.
            return Page(facts=(), raw=b"", request=request, notices=(_skipped(fault, campaigns),))
        figures = ad_figures(
            answer,
            campaigns=campaigns,
            window=window,
            currency=self._currency,
            provisional=self._today - SETTLING,
        )
        return Page(
            facts=figures.facts,
            raw=answer.body,
            request=request,
            content_type=answer.content_type,
            received=figures.rows,
            notices=figures.notices,
        )


def _skipped(fault: SkipError, campaigns: list[Campaign]) -> StrOrPromise:
    return filled(
        _("No report of campaigns %(keys)s: %(reason)s"),
        keys=few(campaign.key for campaign in campaigns),
        reason=fault.detail or fault.message,
    )


def _grouped(
    reader: Reader, rows: list[Mapping[str, object]], window: Window
) -> list[list[Campaign]]:
    """Campaigns that may have figures in the window, alike ones together, a report's worth each."""
    kinds: defaultdict[str, list[Campaign]] = defaultdict(list)
    for row in rows:
        sort = reader.text(row, "advObjectType")
        if sort in _ELSEWHERE or sort.startswith(_FREE) or row.get("paymentType") == "CPO":
            continue
        if _outside(reader, row, window):
            continue
        key = reader.text(row, "id")
        kinds[sort].append(Campaign(key, reader.text(row, "title") or key, sort))
    return [
        found[start : start + MOST]
        for found in kinds.values()
        for start in range(0, len(found), MOST)
    ]


def _outside(reader: Reader, row: Mapping[str, object], window: Window) -> bool:
    """Made after the window, or archived before it; a day's grace for zones."""
    day = dt.timedelta(days=1)
    made = str(row.get("createdAt") or "")
    if made and reader.day(made, "createdAt") > window.last + day:
        return True
    changed = str(row.get("updatedAt") or "")
    archived = row.get("state") == ARCHIVED and changed
    return bool(archived) and reader.day(changed, "updatedAt") < window.first - day
