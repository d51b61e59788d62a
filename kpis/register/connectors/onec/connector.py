"""The 1C connector: documents of sale and of return by their dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from kpis.register.connectors.base import Account, CheckItem, Group, Page, Reread, Stream, Window
from kpis.register.connectors.errors import ConfigError, SourceError
from kpis.register.connectors.onec import mapping
from kpis.register.connectors.onec.check import checks
from kpis.register.connectors.onec.client import VENDOR, OneCClient
from kpis.register.connectors.onec.mapping import Layout, Place, Shop
from kpis.register.connectors.onec.notes import NOTES
from kpis.register.connectors.onec.settings_form import OneCSettingsForm
from kpis.register.connectors.parsing import Reader
from kpis.register.connectors.records import OrderRecord, RefundRecord
from kpis.register.connectors.trying import failed

LOOKBACK_DAYS = 45
QUARTER = Reread(92, 24 * 7)


class OneCConnector:
    """One infobase. Keeps to `connectors.base.Connector`."""

    kind: ClassVar[str] = "onec"
    label: ClassVar[StrOrPromise] = _("1C (OData)")
    group: ClassVar[Group] = Group.ACCOUNTING
    gives: ClassVar[StrOrPromise] = _("Sales and returns, read from 1C.")
    secret_fields: ClassVar[tuple[str, ...]] = ("password",)
    settings_form: ClassVar[type[forms.Form]] = OneCSettingsForm
    notes: ClassVar[tuple[StrOrPromise, ...]] = NOTES

    def __init__(self, account: Account) -> None:
        self._account = account
        self._opened: OneCClient | None = None
        settings = account.settings
        self._shop = Shop(
            name=str(settings.get("shop") or VENDOR),
            currency=str(settings.get("currency") or "RUB"),
            zone=ZoneInfo(str(settings.get("time_zone") or "Europe/Moscow")),
        )
        self._layouts = _layouts(settings)

    def streams(self) -> tuple[Stream, ...]:
        """Sales always, returns when their document is named."""
        sales = Stream(
            name="sales",
            label=_("Sales"),
            metrics=("orders", "revenue"),
            lookback_days=LOOKBACK_DAYS,
            deep=(QUARTER,),
            slice_days=15,
        )
        returns = Stream(
            name="returns",
            label=_("Returns"),
            metrics=("refunds",),
            lookback_days=LOOKBACK_DAYS,
            deep=(QUARTER,),
            slice_days=15,
        )
        return tuple(one for one in (sales, returns) if one.name in self._layouts)

    def time_zone(self) -> str:
        """The zone 1C writes its dates in."""
        return self._shop.zone.key

    def check(self) -> Iterator[CheckItem]:
        """The interface, and every document with its fields."""
        try:
            client = self._client()
        except SourceError as fault:
            yield failed("reach", _("1C answers at the address"), fault)
            return
        yield from checks(client, self._layouts)

    def read(self, stream: str, window: Window) -> Iterator[Page]:
        """Pages by date and key. 1C says how many documents there are: as many must come."""
        layout = self._layouts.get(stream)
        if layout is None:
            raise ConfigError(_("This part of the source is switched off."), detail=stream)
        after: Place | None = None
        announced: int | None = None
        seen: set[str] = set()
        while True:
            answer, data = self._client().ask(layout.document, mapping.query(layout, window, after))
            reader = Reader(VENDOR, answer.body)
            body = reader.mapping(data, layout.document)
            rows = reader.rows(reader.field(body, "value"), "value")
            if announced is None and body.get("odata.count") is not None:
                announced = int(reader.figure(body["odata.count"], "odata.count"))
            received = 0
            records: list[OrderRecord | RefundRecord] = []
            for row in rows:
                key = reader.text(row, "Ref_Key")
                if key in seen:
                    continue
                seen.add(key)
                received += 1
                if not mapping.counts(reader, row):
                    continue
                make = mapping.refund_of if stream == "returns" else mapping.order_of
                records.append(make(reader, row, layout, self._shop))
            yield Page(
                facts=(),
                raw=answer.body,
                request=f"GET {layout.document} {window.first}…{window.last} after {after}",
                received=received,
                announced=announced,
                notices=reader.notices(),
                records=tuple(records),
            )
            if len(rows) < mapping.PAGE:
                return
            place = mapping.place_of(reader, rows[-1], layout)
            if place == after or not received:
                reader.bug(_("The pages of the answer do not go on."), f"{place}")
            after = place

    def close(self) -> None:
        """Free the connections."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _client(self) -> OneCClient:
        if self._opened is None:
            self._opened = OneCClient(self._account)
        return self._opened


def _layouts(settings: Mapping[str, object]) -> dict[str, Layout]:
    def named(name: str, default: str = "") -> str:
        return str(settings.get(name) or default)

    date = named("date_field", "Date")
    found = {
        "sales": Layout(
            document=named("document", "Document_РеализацияТоваровУслуг"),
            date=date,
            amount=named("amount_field", "СуммаДокумента"),
            customer=named("customer_field"),
        )
    }
    if document := named("returns_document"):
        amount = named("returns_amount_field", "СуммаДокумента")
        order = named("returns_order_field")
        found["returns"] = Layout(document, date, amount, order=order)
    return found
