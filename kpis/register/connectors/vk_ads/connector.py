"""The VK Ads connector: which streams it has, how it reads a slice, how it tries a connection."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib.text import filled
from kpis.register.connectors.base import (
    Account,
    CheckItem,
    Group,
    Page,
    Reread,
    Stream,
    Window,
)
from kpis.register.connectors.caller import LATER
from kpis.register.connectors.errors import BugError, ConfigError, RetryError
from kpis.register.connectors.parsing import few
from kpis.register.connectors.vk_ads.check import checks
from kpis.register.connectors.vk_ads.client import Reply, VkAdsClient
from kpis.register.connectors.vk_ads.faults import VENDOR, VK_ZONE
from kpis.register.connectors.vk_ads.mapping import (
    METRICS,
    Plan,
    Statistics,
    plans_of,
    statistics_of,
)
from kpis.register.connectors.vk_ads.notes import NOTES
from kpis.register.connectors.vk_ads.settings_form import VkAdsSettingsForm

LOOKBACK_DAYS = 7
STATUSES = "active,blocked,deleted"


class VkAdsConnector:
    """One account of VK Ads. Keeps to `connectors.base.Connector`."""

    kind: ClassVar[str] = "vk_ads"
    label: ClassVar[StrOrPromise] = _("VK Ads")
    group: ClassVar[Group] = Group.ADVERTISING
    gives: ClassVar[StrOrPromise] = _("Impressions, clicks and costs of campaigns.")
    secret_fields: ClassVar[tuple[str, ...]] = ("client_secret",)
    settings_form: ClassVar[type[forms.Form]] = VkAdsSettingsForm
    notes: ClassVar[tuple[StrOrPromise, ...]] = NOTES
    page_size: ClassVar[int] = 250
    ids_at_once: ClassVar[int] = 50

    def __init__(self, account: Account) -> None:
        self._settings = account.settings
        self.client = VkAdsClient(account)
        self._plans: dict[str, Plan] | None = None
        self._said: list[StrOrPromise] = []

    def streams(self) -> tuple[Stream, ...]:
        """Statistics by campaign and day."""
        return (
            Stream(
                "campaigns",
                _("Campaigns"),
                METRICS,
                lookback_days=LOOKBACK_DAYS,
                slice_days=31,
                deep=(Reread(28, 24),),
                history_days=730,
            ),
        )

    def time_zone(self) -> str:
        """VK Ads cuts days by Moscow time."""
        return VK_ZONE.key

    def check(self) -> Iterator[CheckItem]:
        """Address, access, campaigns, statistics and what the cost holds, one item each."""
        return checks(self)

    def read(self, stream: str, window: Window) -> Iterator[Page]:
        """A page for each portion of campaigns."""
        if stream != "campaigns":
            raise ConfigError(_("This part of the source is switched off."), detail=stream)
        if window.last >= self.today():
            raise BugError(
                _("A day that is not over was asked for."), detail=window.last.isoformat()
            )
        self.currency()
        plans = list(self.plans().values())
        notices = tuple(self._said)
        for start in range(0, len(plans), self.ids_at_once) or (0,):
            portion = {plan.number: plan for plan in plans[start : start + self.ids_at_once]}
            yield from self._portion(portion, window, len(plans), notices)
            notices = ()

    def close(self) -> None:
        """Free the connections."""
        self.client.close()

    def today(self) -> dt.date:
        """The date it is now in Moscow."""
        return timezone.localdate(timezone=VK_ZONE)

    def currency(self) -> str:
        """The account's currency, as the settings have it."""
        code = str(self._settings.get("currency", ""))
        if len(code) != 3:
            raise ConfigError(_("A currency is three letters, as in RUB."), field="currency")
        return code

    def vat_included(self) -> bool:
        """Whether the cost holds VAT, as the settings have it."""
        return bool(self._settings.get("vat_included"))

    def plans(self) -> dict[str, Plan]:
        """Every campaign, deleted ones too, read once for the life of the connector."""
        if self._plans is None:
            found: dict[str, Plan] = {}
            total, complete = 0, False
            while not complete:
                reply = self.client.get(
                    "v2/ad_plans.json",
                    limit=str(self.page_size),
                    offset=str(len(found)),
                    fields="id,name,status",
                    _status__in=STATUSES,
                )
                page = plans_of(reply.data, reply.raw)
                known = len(found)
                found |= {plan.number: plan for plan in page.plans}
                self._said += [*reply.notices, *page.notices]
                # One that went meanwhile moved another past the reader.
                if page.total < total or (len(found) == known and known < page.total):
                    raise _not_whole(max(total, page.total), len(found))
                total, complete = page.total, len(found) >= page.total
            self._plans = found
        return self._plans

    def statistics(self, plans: Mapping[str, Plan], window: Window) -> tuple[Reply, Statistics]:
        """The days of these campaigns."""
        reply = self.client.get(
            "v2/statistics/ad_plans/day.json",
            id=",".join(plans),
            date_from=window.first.isoformat(),
            date_to=window.last.isoformat(),
            metrics="base",
        )
        read = statistics_of(
            reply.data,
            reply.raw,
            plans=plans,
            window=window,
            currency=self.currency(),
            provisional=self.today() - dt.timedelta(days=LOOKBACK_DAYS),
        )
        return reply, read

    def _portion(
        self,
        plans: Mapping[str, Plan],
        window: Window,
        announced: int,
        notices: tuple[StrOrPromise, ...],
    ) -> Iterator[Page]:
        """The campaigns asked for. Those left out of the answer are asked for once more: only what
        is left out twice has no statistics."""
        if not plans:
            yield Page((), b"", "ad_plans", received=0, announced=0, notices=notices)
            return
        reply, read = self.statistics(plans, window)
        missing = {number: plan for number, plan in plans.items() if number not in read.answered}
        yield _page(reply, read, announced, notices)
        if missing:
            reply, read = self.statistics(missing, window)
            silent = [plan.name for number, plan in missing.items() if number not in read.answered]
            said = filled(
                _("%(vendor)s has no statistics of these campaigns: %(names)s."),
                vendor=VENDOR,
                names=few(silent),
            )
            yield _page(reply, read, announced, (said,) if silent else (), silent=len(silent))


def _not_whole(announced: int, received: int) -> RetryError:
    return RetryError(
        filled(
            _("%(vendor)s announced %(announced)s campaigns and gave %(received)s."),
            vendor=VENDOR,
            announced=announced,
            received=received,
        ),
        advice=LATER,
    )


def _page(
    reply: Reply,
    read: Statistics,
    announced: int,
    notices: tuple[StrOrPromise, ...],
    *,
    silent: int = 0,
) -> Page:
    return Page(
        facts=read.facts,
        raw=reply.raw,
        request=reply.request,
        content_type=reply.content_type,
        received=len(read.answered) + silent,
        announced=announced,
        notices=(*notices, *reply.notices, *read.notices),
    )
