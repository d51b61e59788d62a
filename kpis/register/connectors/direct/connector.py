"""The Yandex Direct connector: one advertiser's campaigns through the Reports service."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib import http
from kpis.register.connectors.base import Account, CheckItem, Group, Page, Reread, Stream, Window
from kpis.register.connectors.direct.check import checks
from kpis.register.connectors.direct.client import DirectClient
from kpis.register.connectors.direct.mapping import METRICS, Mapped, Wanted, facts_of
from kpis.register.connectors.direct.notes import NOTES
from kpis.register.connectors.direct.settings_form import DirectSettingsForm
from kpis.register.connectors.errors import BugError, ConfigError

ZONE = "Europe/Moscow"
LOOKBACK_DAYS = 3
DEEP = Reread(days=28, hours=24)
# Direct keeps three years counted from the current month.
HISTORY_DAYS = 3 * 365


class DirectConnector:
    """One advertiser. Keeps to `connectors.base.Connector`."""

    kind: ClassVar[str] = "direct"
    label: ClassVar[StrOrPromise] = _("Yandex Direct")
    group: ClassVar[Group] = Group.ADVERTISING
    gives: ClassVar[StrOrPromise] = _(
        "Impressions, clicks and costs of campaigns or advertisements."
    )
    secret_fields: ClassVar[tuple[str, ...]] = ("token",)
    settings_form: ClassVar[type[forms.Form]] = DirectSettingsForm
    notes: ClassVar[tuple[StrOrPromise, ...]] = NOTES

    def __init__(self, account: Account) -> None:
        settings = account.settings
        goals = str(settings.get("goals", "")).replace(" ", "")
        self.wanted = Wanted(
            currency=str(settings.get("currency") or "RUB"),
            include_vat=bool(settings.get("include_vat")),
            by_group=settings.get("level") == "group",
            goals=tuple(int(goal) for goal in goals.split(",") if goal.isdecimal()),
            attribution=str(settings.get("attribution") or "AUTO"),
            uid=account.uid,
        )
        self.client = DirectClient(account)

    def streams(self) -> tuple[Stream, ...]:
        """One: campaigns, or ad groups below them."""
        return (
            Stream(
                name="ads",
                label=_("Advertising"),
                metrics=METRICS,
                lookback_days=LOOKBACK_DAYS,
                # A row per ad group and day is many: shorter slices keep one answer small.
                slice_days=7 if self.wanted.by_group else 28,
                deep=(DEEP,),
                history_days=HISTORY_DAYS,
            ),
        )

    def time_zone(self) -> str:
        """Direct counts in Moscow time for everyone."""
        return ZONE

    def check(self) -> Iterator[CheckItem]:
        """Address, token, currency and a report, one item each."""
        return checks(self)

    def read(self, stream: str, window: Window) -> Iterator[Page]:
        """One page: a report is one answer."""
        if stream != "ads":
            raise ConfigError(_("This part of the source is switched off."), detail=stream)
        mapped, answer = self.mapped(window)
        yield Page(
            facts=mapped.facts,
            raw=answer.body,
            request=f"POST json/v5/reports {window.first.isoformat()}…{window.last.isoformat()}",
            content_type=answer.content_type or "text/tab-separated-values",
            received=mapped.rows,
            announced=mapped.announced,
            notices=mapped.notices,
        )

    def close(self) -> None:
        """Free the connections."""
        self.client.close()

    def mapped(self, window: Window) -> tuple[Mapped, http.Answer]:
        """The report of ``window`` and the answer it was read from. Raises a `SourceError`."""
        today = self.today()
        if window.last >= today:
            raise BugError(
                _("A day that is not over was asked for."), detail=window.last.isoformat()
            )
        answer = self.client.report(self.wanted.params(window))
        mapped = facts_of(
            answer,
            wanted=self.wanted,
            window=window,
            provisional=today - dt.timedelta(days=LOOKBACK_DAYS),
        )
        return mapped, answer

    def today(self) -> dt.date:
        """The date it is now in Moscow."""
        return timezone.localdate(timezone=ZoneInfo(ZONE))
