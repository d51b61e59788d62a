"""The pages of the settlement report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from kpis.register.connectors.base import Page, Window
from kpis.register.connectors.parsing import Reader
from kpis.register.connectors.wildberries.client import VENDOR, WildberriesClient, rows_of
from kpis.register.connectors.wildberries.mapping import Shop
from kpis.register.connectors.wildberries.settlement import KNOWN, Settlement, weeks

# Below the hundred thousand that are allowed: an answer is held in memory as a whole.
ROWS_AT_ONCE = 50_000


def settlement(
    client: WildberriesClient, shop: Shop, window: Window, period: str
) -> Iterator[Page]:
    """Whole weeks are asked for; pages follow the row number until one is
    not full or 204 comes. What was added up over
    the pages goes with the last one that had rows."""
    first, last = weeks(window)
    total = Settlement(shop, window)
    number = "0"
    held: Page | None = None
    while True:
        answer = client.ask(
            "settlement",
            {
                "dateFrom": first.isoformat(),
                "dateTo": last.isoformat(),
                "rrdid": number,
                "limit": str(ROWS_AT_ONCE),
                "period": period,
            },
            going_on=held is not None,
        )
        request = f"GET settlement?dateFrom={first}&dateTo={last}&rrdid={number}"
        reader = Reader(VENDOR, answer.body, known=KNOWN)
        data = [] if answer.status == 204 else rows_of(answer)
        rows = reader.rows([] if data is None else data, "reportDetailByPeriod")
        if not rows:
            held = held or Page(facts=(), raw=answer.body, request=request)
            break
        if held is not None:
            yield held
        taken = sum(total.add(reader, row) for row in rows)
        held = Page(
            facts=(),
            raw=answer.body,
            request=request,
            received=taken,
            notices=reader.notices(),
        )
        if len(rows) < ROWS_AT_ONCE:
            break
        after = reader.text(rows[-1], "rrd_id")
        if after == number:
            reader.bug(_("The pages of the answer do not go on."), f"rrdid {number}")
        number = after
    yield replace(held, facts=total.facts())
