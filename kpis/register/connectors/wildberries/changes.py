"""Orders and returns: followed by the moment they were last changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from django_stubs_ext import StrOrPromise

from config.lib.text import filled
from kpis.register.connectors.base import Page, Window
from kpis.register.connectors.parsing import Reader
from kpis.register.connectors.records import OrderRecord, RefundRecord
from kpis.register.connectors.wildberries import mapping
from kpis.register.connectors.wildberries.client import VENDOR, WildberriesClient, rows_of
from kpis.register.connectors.wildberries.mapping import Row, Shop

# An answer holds about eighty thousand rows; one far below that is the last. Asking once more for
# an empty one would cost a minute.
FULL = 50_000


def changed(
    client: WildberriesClient,
    shop: Shop,
    name: str,
    key: str,
    record_of: Callable[[Reader, Row, Shop], OrderRecord | RefundRecord | None],
    window: Window,
) -> Iterator[Page]:
    """From the first day on by ``lastChangeDate``, until an answer is not full or the days are
    over. The next answer begins with the rows of the moment the last one ended at."""
    cursor = f"{window.first.isoformat()}T00:00:00"
    seen: set[str] = set()
    while True:
        answer = client.ask(name, {"dateFrom": cursor, "flag": "0"}, going_on=bool(seen))
        reader = Reader(VENDOR, answer.body, known=mapping.KNOWN)
        rows = reader.rows(rows_of(answer), name)
        fresh: list[Row] = []
        for row in rows:
            number = reader.text(row, key)
            if number in seen:
                continue
            seen.add(number)
            fresh.append(row)
        inside = [row for row in fresh if _changed_on(reader, row) <= window.last]
        records = [record_of(reader, row, shop) for row in inside]
        yield Page(
            facts=(),
            raw=answer.body,
            request=f"GET {name}?dateFrom={cursor}&flag=0",
            received=len(inside),
            records=tuple(record for record in records if record is not None),
            notices=(*reader.notices(), *_priceless(records)),
        )
        if not fresh and len(rows) >= FULL:
            reader.bug(_("The pages of the answer do not go on."), f"dateFrom {cursor}")
        if len(rows) < FULL or len(inside) < len(fresh):
            return
        cursor = reader.text(rows[-1], "lastChangeDate")


def _changed_on(reader: Reader, row: Row) -> dt.date:
    return reader.moment(
        reader.field(row, "lastChangeDate"), "lastChangeDate", zone=mapping.ZONE
    ).date()


def _priceless(
    records: list[OrderRecord | RefundRecord | None],
) -> tuple[StrOrPromise, ...]:
    count = sum(1 for record in records if record is not None and not record.amount)
    if not count:
        return ()
    return (
        filled(
            ngettext_lazy(
                "%(count)s order has no price yet and is counted with zero.",
                "%(count)s orders have no price yet and are counted with zero.",
                count,
            ),
            count=count,
        ),
    )
