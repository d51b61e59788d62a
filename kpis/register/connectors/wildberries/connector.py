"""The Wildberries connector: its streams and how each reads its days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from kpis.register.connectors.base import (
    Account,
    CheckItem,
    Group,
    Mode,
    Page,
    Reread,
    Stream,
    Window,
)
from kpis.register.connectors.errors import ConfigError, SourceError
from kpis.register.connectors.wildberries import mapping
from kpis.register.connectors.wildberries.advertising import AD_DAYS, AD_LOOKBACK, Advertising
from kpis.register.connectors.wildberries.changes import changed
from kpis.register.connectors.wildberries.check import checks, refused
from kpis.register.connectors.wildberries.client import VENDOR, WildberriesClient
from kpis.register.connectors.wildberries.mapping import Shop
from kpis.register.connectors.wildberries.notes import NOTES
from kpis.register.connectors.wildberries.settings_form import WildberriesSettingsForm
from kpis.register.connectors.wildberries.settlement_pages import settlement
from kpis.register.connectors.wildberries.token import claims_of

REPORTS_BEGAN = dt.date(2024, 1, 29)


class WildberriesConnector:
    """One seller. Keeps to `connectors.base.Connector`."""

    kind: ClassVar[str] = "wildberries"
    label: ClassVar[StrOrPromise] = _("Wildberries")
    group: ClassVar[Group] = Group.MARKETPLACES
    gives: ClassVar[StrOrPromise] = _("Orders, returns, settlement and advertising of a seller.")
    secret_fields: ClassVar[tuple[str, ...]] = ("token",)
    settings_form: ClassVar[type[forms.Form]] = WildberriesSettingsForm
    notes: ClassVar[tuple[StrOrPromise, ...]] = NOTES

    def __init__(self, account: Account) -> None:
        self._account = account
        self._claims = claims_of(account.secrets.get("token", ""))
        self._opened: WildberriesClient | None = None
        settings = account.settings
        self._shop = Shop(
            name=str(settings.get("shop") or VENDOR),
            currency=str(settings.get("currency") or "RUB"),
            price=str(settings.get("price") or "seller"),
        )
        self._period = str(settings.get("settlement") or "weekly")
        self._ads = bool(settings.get("ads", True))

    def streams(self) -> tuple[Stream, ...]:
        """Orders and returns always, the settlement and advertising as the settings have them."""
        streams = [
            Stream(
                name="orders",
                label=_("Orders"),
                metrics=("orders", "revenue", "items_sold", "cancelled_orders"),
                mode=Mode.CHANGES,
                lookback_days=1,
                deep=(Reread(30, 24),),
                slice_days=7,
                history_days=90,
            ),
            Stream(
                name="returns",
                label=_("Returns"),
                metrics=("refunds",),
                mode=Mode.CHANGES,
                lookback_days=1,
                deep=(Reread(30, 24),),
                slice_days=7,
                history_days=90,
            ),
        ]
        if self._period != "off":
            today = timezone.localdate(timezone=mapping.ZONE)
            streams.append(
                Stream(
                    name="settlement",
                    label=_("Settlement"),
                    metrics=("service_cost",),
                    lookback_days=21,
                    deep=(Reread(63, 24 * 7),),
                    slice_days=7,
                    history_days=(today - REPORTS_BEGAN).days,
                )
            )
        if self._ads:
            streams.append(
                Stream(
                    name="ads",
                    label=_("Advertising"),
                    metrics=("impressions", "clicks", "media_cost"),
                    lookback_days=AD_LOOKBACK,
                    deep=(Reread(31, 24 * 7),),
                    slice_days=AD_DAYS,
                )
            )
        return tuple(streams)

    def time_zone(self) -> str:
        """All of Wildberries lives by Moscow time."""
        return mapping.ZONE.key

    def expires_on(self) -> dt.date | None:
        """The day the token names itself, in Moscow."""
        if self._claims is None or self._claims.expires_at is None:
            return None
        return self._claims.expires_at.astimezone(ZoneInfo(self.time_zone())).date()

    def check(self) -> Iterator[CheckItem]:
        """The token and every category of it."""
        try:
            client = self._client()
        except SourceError as fault:
            yield refused(fault)
            return
        yield from checks(client, self._claims, ads=self._ads)

    def read(self, stream: str, window: Window) -> Iterator[Page]:
        """The pages of one slice. Orders and returns are those changed on the days of it."""
        if stream not in {known.name for known in self.streams()}:
            raise ConfigError(_("This part of the source is switched off."), detail=stream)
        client = self._client()
        if stream == "orders":
            return changed(client, self._shop, "orders", "srid", mapping.order_of, window)
        if stream == "returns":
            return changed(client, self._shop, "sales", "saleID", mapping.refund_of, window)
        if stream == "settlement":
            return settlement(client, self._shop, window, self._period)
        return Advertising(client, self._shop).pages(window)

    def close(self) -> None:
        """Free the connections."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _client(self) -> WildberriesClient:
        if self._opened is None:
            self._opened = WildberriesClient(self._account)
        return self._opened
