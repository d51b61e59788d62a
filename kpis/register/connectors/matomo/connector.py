"""The Matomo connector: which streams it has, how it reads a slice, how it tries a connection."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from kpis.register.connectors.base import Account, CheckItem, Group, Page, Stream, Window
from kpis.register.connectors.errors import AuthError, BugError, ConfigError
from kpis.register.connectors.matomo.check import checks
from kpis.register.connectors.matomo.client import MatomoClient, Query, Reply
from kpis.register.connectors.matomo.mapping import (
    CAMPAIGNS,
    ECOMMERCE,
    VISITS,
    Mapped,
    Report,
    facts_of,
)
from kpis.register.connectors.matomo.notes import NOTES
from kpis.register.connectors.matomo.settings_form import MatomoSettingsForm
from kpis.register.connectors.matomo.site import Site, site_of

LOOKBACK_DAYS = 3
_REPORTS = {"visits": VISITS, "ecommerce": ECOMMERCE, "campaigns": CAMPAIGNS}


class MatomoConnector:
    """One site of one Matomo. Keeps to `connectors.base.Connector`."""

    kind: ClassVar[str] = "matomo"
    label: ClassVar[StrOrPromise] = _("Matomo")
    group: ClassVar[Group] = Group.ANALYTICS
    gives: ClassVar[StrOrPromise] = _(
        "Visits, orders and campaigns of a site with your own Matomo."
    )
    secret_fields: ClassVar[tuple[str, ...]] = ("token_auth",)
    settings_form: ClassVar[type[forms.Form]] = MatomoSettingsForm
    notes: ClassVar[tuple[StrOrPromise, ...]] = NOTES

    def __init__(self, account: Account) -> None:
        self._settings = account.settings
        self._token = account.secrets.get("token_auth", "")
        self._opened: MatomoClient | None = None
        self._site: Site | None = None

    def streams(self) -> tuple[Stream, ...]:
        """Visits always; e-commerce and campaigns as the settings have them."""
        streams = [_stream("visits", _("Visits"), VISITS, slice_days=31)]
        if self._settings.get("ecommerce"):
            streams.append(_stream("ecommerce", _("Orders and revenue"), ECOMMERCE, slice_days=31))
        if self._settings.get("campaigns"):
            # A row per campaign and day: shorter slices keep one answer small.
            streams.append(_stream("campaigns", _("Campaigns"), CAMPAIGNS, slice_days=7))
        return tuple(streams)

    def time_zone(self) -> str:
        """The site's zone in Matomo; asks once. Raises a `SourceError`."""
        return self.site().time_zone()

    def check(self) -> Iterator[CheckItem]:
        """Address, version, token, site, zone, currency and every stream, one item each."""
        return checks(self)

    def read(self, stream: str, window: Window) -> Iterator[Page]:
        """One page: a month of days is a small answer. Never reads a day that is not over."""
        if stream not in {known.name for known in self.streams()}:
            raise ConfigError(_("This part of the source is switched off."), detail=stream)
        report = _REPORTS[stream]
        reply = self.ask(self.site_query(), self.report_query(report, window))
        site = self._remember(reply)
        mapped = self.mapped(reply, report, site, window)
        yield Page(
            facts=mapped.facts,
            raw=reply.raw,
            request=reply.request,
            content_type=reply.content_type,
            received=mapped.days,
            announced=len(window.days()),
            notices=(*reply.notices, *mapped.notices),
        )

    def close(self) -> None:
        """Free the connections."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def ask(self, *queries: Query) -> Reply:
        """The client's answer; opens the client on first use."""
        if self._opened is None:
            if not self._token:
                raise AuthError(_("No access token has been entered."))
            self._opened = MatomoClient(str(self._settings.get("base_url", "")), self._token)
        return self._opened.ask(*queries)

    def site(self) -> Site:
        """What Matomo knows of the site, asked once for the life of the connector."""
        return self._site or self._remember(self.ask(self.site_query()))

    def site_query(self) -> Query:
        """Asked along with every report: the zone and currency the figures were read under."""
        return {"method": "SitesManager.getSiteFromId", "idSite": str(self._number())}

    def report_query(self, report: Report, window: Window) -> Query:
        """The figures of each day of ``window``, kept apart by day."""
        return {
            "method": report.method,
            "idSite": str(self._number()),
            "period": "day",
            "date": f"{window.first.isoformat()},{window.last.isoformat()}",
            **dict(report.extra),
        }

    def mapped(self, reply: Reply, report: Report, site: Site, window: Window) -> Mapped:
        """The second element of ``reply`` as facts. Raises a `SourceError`."""
        today = self.today(site)
        if window.last >= today:
            raise BugError(
                _("A day that is not over was asked for."), detail=window.last.isoformat()
            )
        if any(field.money for field in report.fields):
            site.money()
        return facts_of(
            reply.element(1),
            report=report,
            site=site,
            window=window,
            provisional=today - dt.timedelta(days=LOOKBACK_DAYS),
            raw=reply.raw,
        )

    def today(self, site: Site) -> dt.date:
        """The date it is now where the site's days are cut."""
        return timezone.localdate(timezone=ZoneInfo(site.time_zone()))

    def wants(self, setting: str) -> bool:
        """Whether the settings ask for that part of the source."""
        return bool(self._settings.get(setting))

    def _remember(self, reply: Reply) -> Site:
        self._site = site_of(reply.element(0), number=self._number(), raw=reply.raw)
        return self._site

    def _number(self) -> int:
        try:
            return int(str(self._settings.get("site_id", "")))
        except ValueError as error:
            raise ConfigError(_("The site's number is not a number."), field="site_id") from error


def _stream(name: str, label: StrOrPromise, report: Report, *, slice_days: int) -> Stream:
    return Stream(
        name=name,
        label=label,
        metrics=tuple(field.metric for field in report.fields),
        lookback_days=LOOKBACK_DAYS,
        slice_days=slice_days,
    )
