"""Advertising: campaigns, their days and what was charged for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import ngettext_lazy

from config.lib.text import filled
from kpis.register.connectors.base import Page, Window
from kpis.register.connectors.errors import SourceError
from kpis.register.connectors.parsing import Reader
from kpis.register.connectors.wildberries import mapping
from kpis.register.connectors.wildberries.client import (
    VENDOR,
    WildberriesClient,
    rows_of,
    says_no_statistics,
)
from kpis.register.connectors.wildberries.mapping import Shop

DAY = dt.timedelta(days=1)
CAMPAIGNS_AT_ONCE = 50
AD_DAYS = 31
AD_LOOKBACK = 3


class Advertising:
    """The advertising of one shop."""

    def __init__(self, client: WildberriesClient, shop: Shop) -> None:
        self._client = client
        self._shop = shop

    def pages(self, window: Window) -> Iterator[Page]:
        """The campaigns, what was charged for them (which also names them), then their days."""
        flags = self._provisional(window)
        answer = self._client.ask("campaigns")
        reader = Reader(VENDOR, answer.body, known=mapping.AD_KNOWN | {"all"})
        numbers = mapping.campaign_ids(reader, rows_of(answer), window.first)
        yield Page(facts=(), raw=answer.body, request="GET campaigns", notices=reader.notices())
        for days in _months(window):
            names: dict[str, str] = {}
            yield self._spend(days, names, flags)
            for start in range(0, len(numbers), CAMPAIGNS_AT_ONCE):
                chosen = numbers[start : start + CAMPAIGNS_AT_ONCE]
                yield self._views(days, chosen, names, flags, first=start == 0)

    def _spend(
        self,
        days: Window,
        names: dict[str, str],
        flags: dict[dt.date, frozenset[str]],
    ) -> Page:
        """The month up to the last day is asked for: a campaign without a charge in the days of
        the slice keeps its name."""
        first = min(days.first, days.last - DAY * (AD_DAYS - 1))
        period = {"from": first.isoformat(), "to": days.last.isoformat()}
        answer = self._client.ask("spend", period)
        reader = Reader(VENDOR, answer.body, known=mapping.AD_KNOWN)
        data = rows_of(answer)
        spend = mapping.spend_of(reader, data, days)
        names.update(spend.names)
        notices = list(reader.notices())
        if spend.undated:
            notices.append(
                filled(
                    ngettext_lazy(
                        "%(count)s campaign has a charge without a day: it is not counted yet.",
                        "%(count)s campaigns have charges without a day: they are not counted yet.",
                        len(spend.undated),
                    ),
                    count=len(spend.undated),
                )
            )
        return Page(
            facts=tuple(mapping.spend_facts(spend, self._shop, names, flags)),
            raw=answer.body,
            request=f"GET spend?from={first}&to={days.last}",
            received=spend.received,
            notices=tuple(notices),
        )

    def _views(
        self,
        days: Window,
        numbers: list[str],
        names: dict[str, str],
        flags: dict[dt.date, frozenset[str]],
        *,
        first: bool,
    ) -> Page:
        ids = ",".join(numbers)
        request = f"GET fullstats?ids={ids}&beginDate={days.first}&endDate={days.last}"
        try:
            answer = self._client.ask(
                "fullstats",
                {"ids": ids, "beginDate": f"{days.first}", "endDate": f"{days.last}"},
                going_on=not first,
            )
        except SourceError as fault:
            if says_no_statistics(fault):
                return Page(facts=(), raw=getattr(fault, "raw", b""), request=request)
            raise
        reader = Reader(VENDOR, answer.body, known=mapping.AD_KNOWN)
        data = rows_of(answer)
        facts, received = mapping.views_of(
            reader, data, shop=self._shop, window=days, names=names, flags=flags
        )
        return Page(
            facts=tuple(facts),
            raw=answer.body,
            request=request,
            received=received,
            notices=reader.notices(),
        )

    def _provisional(self, window: Window) -> dict[dt.date, frozenset[str]]:
        """The last days, which Wildberries still corrects."""
        settled = timezone.localdate(timezone=mapping.ZONE) - DAY * AD_LOOKBACK
        return {day: frozenset({"provisional"}) for day in window.days() if day >= settled}


def _months(window: Window) -> Iterator[Window]:
    first = window.first
    while first <= window.last:
        last = min(window.last, first + DAY * (AD_DAYS - 1))
        yield Window(first, last)
        first = last + DAY
