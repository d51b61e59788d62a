"""The Mango Office connector: incoming calls, each put together from its legs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from config.lib.text import filled
from kpis.register.connectors.base import Account, CheckItem, Group, Page, Reread, Stream, Window
from kpis.register.connectors.errors import AuthError, ConfigError, SourceError, WaitError
from kpis.register.connectors.mango.client import VENDOR, MangoClient
from kpis.register.connectors.mango.mapping import calls_of, legs_of
from kpis.register.connectors.mango.notes import NOTES
from kpis.register.connectors.mango.settings_form import MangoSettingsForm
from kpis.register.connectors.parsing import Reader
from kpis.register.connectors.telephony import CALL_METRICS
from kpis.register.connectors.trying import failed

# A call over midnight has legs on both sides of the border of a window.
BORDER = dt.timedelta(hours=2)


class MangoConnector:
    """One exchange. Keeps to `connectors.base.Connector`."""

    kind: ClassVar[str] = "mango"
    label: ClassVar[StrOrPromise] = _("Mango Office")
    group: ClassVar[Group] = Group.TELEPHONY
    gives: ClassVar[StrOrPromise] = _("Incoming calls, missed calls and talking time.")
    secret_fields: ClassVar[tuple[str, ...]] = ("api_key", "api_salt")
    settings_form: ClassVar[type[forms.Form]] = MangoSettingsForm
    notes: ClassVar[tuple[StrOrPromise, ...]] = NOTES

    def __init__(self, account: Account) -> None:
        self._settings = account.settings
        self._client = MangoClient(account)

    def streams(self) -> tuple[Stream, ...]:
        """Calls."""
        return (
            Stream(
                name="calls",
                label=_("Calls"),
                metrics=CALL_METRICS,
                lookback_days=1,
                slice_days=7,
                deep=(Reread(days=7, hours=24),),
                with_today=True,  # a missed call is called back today
            ),
        )

    def time_zone(self) -> str:
        """The account's zone as entered."""
        return str(self._settings.get("time_zone") or "Europe/Moscow")

    def check(self) -> Iterator[CheckItem]:
        """The key, and yesterday's report: the vendor has nothing smaller to try."""
        reached = _("Mango Office answers at the address")
        accepted = _("The key is accepted")
        report = _("Calls can be read")
        try:
            page = self._page(self._yesterday())
        except AuthError as fault:
            if self._client.has_key:
                yield CheckItem("reach", reached, ok=True)
            yield failed("key", accepted, fault)
            return
        except WaitError as fault:
            yield CheckItem("reach", reached, ok=True)
            yield CheckItem("calls", report, ok=True, detail=fault.message)
            return
        except SourceError as fault:
            yield failed("reach", reached, fault)
            return
        yield CheckItem("reach", reached, ok=True)
        yield CheckItem("key", accepted, ok=True)
        told = filled(_("Calls of yesterday: %(count)s"), count=len(page.records))
        yield CheckItem("calls", report, ok=True, detail=told)

    def read(self, stream: str, window: Window) -> Iterator[Page]:
        """One page: a report is one file. The vendor does not say how many rows it has."""
        if stream != "calls":
            raise ConfigError(_("This part of the source is switched off."), detail=stream)
        yield self._page(window)

    def close(self) -> None:
        """Free the connections."""
        self._client.close()

    def _page(self, window: Window) -> Page:
        zone = ZoneInfo(self.time_zone())
        since = dt.datetime.combine(window.first, dt.time(), zone) - BORDER
        until = dt.datetime.combine(window.last + dt.timedelta(days=1), dt.time(), zone) + BORDER
        report = self._client.report(since, until)
        reader = Reader(VENDOR, report.raw)
        legs = legs_of(reader, report.text)
        calls = calls_of(legs, zone)
        return Page(
            facts=(),
            records=tuple(call for call in calls if window.first <= call.day <= window.last),
            raw=report.raw,
            request=report.request,
            content_type="text/csv",
            received=len(legs),
            notices=(*report.notices, *reader.notices()),
        )

    def _yesterday(self) -> Window:
        zone = ZoneInfo(self.time_zone())
        day = timezone.now().astimezone(zone).date() - dt.timedelta(days=1)
        return Window(day, day)
