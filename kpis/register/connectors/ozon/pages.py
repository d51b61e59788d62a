"""The pages of the Seller API: how each list is asked for and when it is over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from config.lib.text import filled
from kpis.register.connectors.base import Page, Window
from kpis.register.connectors.errors import ConfigError, RetryError
from kpis.register.connectors.ozon import analytics
from kpis.register.connectors.ozon.client import VENDOR, SellerClient, utc
from kpis.register.connectors.ozon.finance import Ledger
from kpis.register.connectors.ozon.postings import ZONE, Shop, orders_of
from kpis.register.connectors.parsing import Reader

DAY = dt.timedelta(days=1)
SETTLING = 3
# The list, and the field whose day is the posting's.
_POSTINGS = {
    "fbs": ("v3/posting/fbs/list", "in_process_at"),
    "fbo": ("v2/posting/fbo/list", "created_at"),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One slice of one seller, ``size`` rows at a time."""

    seller: SellerClient
    shop: Shop
    window: Window
    today: dt.date
    size: int

    def postings(self, scheme: str) -> Iterator[Page]:
        """Postings made on the days of the window.

        Ozon does not say by which of its moments it filters: a day more is asked for on either
        side, and the posting's own moment decides. Pages overlap by one row: when the next page
        does not begin with something known, the list has moved and is read anew.
        """
        path, created = _POSTINGS[scheme]
        seen: set[str] = set()
        offset = 0
        more = True
        while more:
            body = {
                "dir": "ASC",
                "filter": {
                    "since": utc(self.window.first - DAY, ZONE),
                    "to": utc(self.window.last + 2 * DAY, ZONE),
                },
                "limit": self.size,
                "offset": offset,
                "with": {"analytics_data": False, "financial_data": False},
            }
            answer, data, notices = self.seller.ask(path, body)
            reader = Reader(VENDOR, answer.body)
            result = reader.field(data, "result")
            # FBS wraps the list and says whether it goes on, FBO gives the list alone.
            rows = result.get("postings") if isinstance(result, dict) else result
            listed = reader.rows(rows, "result")
            if seen and listed and reader.text(listed[0], "posting_number") not in seen:
                raise RetryError(_("The list changed while it was read."), detail=path)
            orders = orders_of(
                rows,
                shop=self.shop,
                window=self.window,
                created=created,
                seen=seen,
                raw=answer.body,
            )
            yield Page(
                facts=(),
                records=orders.records,
                raw=answer.body,
                request=f"POST {path} {self._shown()} offset {offset}",
                content_type=answer.content_type,
                received=len(orders.records),
                notices=(*notices, *orders.notices),
            )
            more = len(listed) >= self.size
            if isinstance(result, dict):
                more = bool(reader.field(result, "has_next")) and len(listed) > 1
            offset += max(min(len(listed), self.size) - 1, 1)

    def finance(self, *, with_campaigns: bool) -> Iterator[Page]:
        """Transactions of the window, with a day more on either side: Ozon's filter is in UTC, its
        dates are Moscow's. Costs come with the last page."""
        path = "v3/finance/transaction/list"
        ledger = Ledger(self.shop, self.window, with_campaigns=with_campaigns)
        number, pages = 1, 1
        while number <= pages:
            body = {
                "filter": {
                    "date": {
                        "from": f"{self.window.first - DAY:%Y-%m-%d}T00:00:00.000Z",
                        "to": f"{self.window.last + DAY:%Y-%m-%d}T23:59:59.999Z",
                    },
                    "operation_type": [],
                    "posting_number": "",
                    "transaction_type": "all",
                },
                "page": number,
                "page_size": self.size,
            }
            answer, data, notices = self.seller.ask(path, body)
            reader = Reader(VENDOR, answer.body)
            result = reader.mapping(reader.field(data, "result"), "result")
            refunds, new, said = ledger.read(reader.field(result, "operations"), answer.body)
            announced = reader.count(result, "row_count", about="finance")
            pages = int(reader.count(result, "page_count", about="finance") or 0)
            yield Page(
                facts=ledger.facts() if number >= pages else (),
                records=refunds,
                raw=answer.body,
                request=f"POST {path} {self._shown()} page {number}",
                content_type=answer.content_type,
                received=new,
                announced=None if announced is None else int(announced),
                notices=(*notices, *said),
            )
            number += 1

    def analytics(self, kind: str) -> Iterator[Page]:
        """One answer: the next one could be asked for only after a minute, and the slice would
        begin anew. `ConfigError` for a shop whose day does not fit."""
        body = analytics.body_of(kind, self.window, limit=self.size)
        answer, data, notices = self.seller.ask("v1/analytics/data", body, self.seller.analytics)
        settling = self.window.last >= self.today - SETTLING * DAY
        figures = analytics.figures_of(
            data,
            kind=kind,
            shop=self.shop,
            window=self.window,
            raw=answer.body,
            flags=frozenset({"provisional"}) if settling else frozenset(),
        )
        if figures.rows >= self.size:
            raise ConfigError(
                filled(
                    _("More than %(size)s products a day: analytics cannot be read by product."),
                    size=self.size - 1,
                ),
                field="analytics",
                advice=_("Switch analytics off and read postings."),
            )
        yield Page(
            facts=figures.facts,
            raw=answer.body,
            request=f"POST v1/analytics/data {self._shown()}",
            content_type=answer.content_type,
            received=figures.rows,
            notices=(*notices, *figures.notices),
        )

    def _shown(self) -> str:
        return f"{self.window.first.isoformat()}…{self.window.last.isoformat()}"
