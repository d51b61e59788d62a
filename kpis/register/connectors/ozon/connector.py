"""The Ozon connector: its streams and how each reads its days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from kpis.register.connectors.base import Account, CheckItem, Group, Page, Reread, Stream, Window
from kpis.register.connectors.errors import BugError, ConfigError
from kpis.register.connectors.ozon import ad_report, analytics, finance, postings
from kpis.register.connectors.ozon.advertising import Advertising
from kpis.register.connectors.ozon.check import checks
from kpis.register.connectors.ozon.client import SellerClient
from kpis.register.connectors.ozon.notes import NOTES
from kpis.register.connectors.ozon.pages import Reading
from kpis.register.connectors.ozon.performance import PerformanceClient
from kpis.register.connectors.ozon.postings import ZONE, Shop
from kpis.register.connectors.ozon.settings_form import OzonSettingsForm

WEEK = 24 * 7
FREE_HISTORY = 90


class OzonConnector:
    """One seller. Keeps to `connectors.base.Connector`."""

    kind: ClassVar[str] = "ozon"
    label: ClassVar[StrOrPromise] = _("Ozon")
    group: ClassVar[Group] = Group.MARKETPLACES
    gives: ClassVar[StrOrPromise] = _("Orders, returns, costs and advertising of a seller.")
    secret_fields: ClassVar[tuple[str, ...]] = ("api_key", "performance_secret")
    settings_form: ClassVar[type[forms.Form]] = OzonSettingsForm
    notes: ClassVar[tuple[StrOrPromise, ...]] = NOTES
    page_size: ClassVar[int] = 1000
    """Rows of one answer; Ozon gives no more."""

    def __init__(self, account: Account) -> None:
        settings = account.settings
        self.shop = Shop(
            client_id=str(settings.get("client_id", "")),
            name=str(settings.get("shop_name") or "Ozon"),
            currency=str(settings.get("currency") or "RUB"),
        )
        self.analytics = str(settings.get("analytics") or analytics.OFF)
        self.ads = bool(settings.get("ads"))
        self.finance = bool(settings.get("finance", True))
        sales = self.analytics == analytics.SALES
        self.schemes = tuple(
            name for name in ("fbs", "fbo") if settings.get(name, True) and not sales
        )
        self.seller = SellerClient(account)
        self.performance = PerformanceClient(account)

    def streams(self) -> tuple[Stream, ...]:
        """What the settings ask for; never two that hold the same money."""
        deep = (Reread(days=60, hours=WEEK),)
        found = []
        if self.schemes:
            found.append(
                Stream(
                    name="postings",
                    label=_("Orders"),
                    metrics=postings.METRICS,
                    lookback_days=30,
                    slice_days=7,
                    deep=deep,
                )
            )
        if self.finance:
            found.append(
                Stream(
                    name="finance",
                    label=_("Returns and costs"),
                    metrics=finance.METRICS,
                    lookback_days=30,
                    slice_days=7,
                    deep=deep,
                )
            )
        if self.analytics != analytics.OFF:
            found.append(
                Stream(
                    name="analytics",
                    label=_("Analytics by product"),
                    metrics=tuple(ours for _name, ours in analytics.METRICS[self.analytics]),
                    lookback_days=14,
                    # One answer a minute: a slice must fit into one answer.
                    slice_days=1,
                    deep=deep,
                    history_days=FREE_HISTORY if self.analytics == analytics.SALES else None,
                )
            )
        if self.ads:
            found.append(
                Stream(
                    name="ads",
                    label=_("Advertising"),
                    metrics=ad_report.METRICS,
                    lookback_days=3,
                    slice_days=28,
                    deep=(Reread(days=28, hours=WEEK),),
                )
            )
        return tuple(found)

    def time_zone(self) -> str:
        """All of Ozon lives by Moscow time."""
        return ZONE.key

    def check(self) -> Iterator[CheckItem]:
        """Address, key, every role and the advertising key, one item each."""
        return checks(self)

    def read(self, stream: str, window: Window) -> Iterator[Page]:
        """The pages of one slice. Never reads a day that is not over."""
        if stream not in {known.name for known in self.streams()}:
            raise ConfigError(_("This part of the source is switched off."), detail=stream)
        if window.last >= self.today():
            raise BugError(
                _("A day that is not over was asked for."), detail=window.last.isoformat()
            )
        reading = self.reading(window)
        match stream:
            case "postings":
                for scheme in self.schemes:
                    yield from reading.postings(scheme)
            case "finance":
                yield from reading.finance(with_campaigns=self.ads)
            case "analytics":
                yield from reading.analytics(self.analytics)
            case _:
                yield from Advertising(self.performance, self.shop.currency, self.today()).read(
                    window
                )

    def reading(self, window: Window, *, size: int = 0) -> Reading:
        """How the Seller API is read; ``size`` rows at a time, as many as go by default."""
        return Reading(self.seller, self.shop, window, self.today(), size=size or self.page_size)

    def close(self) -> None:
        """Free the connections."""
        self.seller.close()
        self.performance.close()

    def today(self) -> dt.date:
        """The date it is now in Moscow."""
        return timezone.localdate(timezone=ZONE)
