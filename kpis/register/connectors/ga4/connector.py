"""The Google Analytics 4 connector: its streams, how it reads a slice page by page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

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
    SubjectRef,
    Window,
)
from kpis.register.connectors.errors import BugError, ConfigError, RetryError
from kpis.register.connectors.ga4.check import checks
from kpis.register.connectors.ga4.client import SECRET, Ga4Client, Reply
from kpis.register.connectors.ga4.faults import VENDOR
from kpis.register.connectors.ga4.mapping import (
    CAMPAIGNS,
    ECOMMERCE,
    TOTALS,
    Report,
    Row,
    Table,
    facts_of,
    table_of,
)
from kpis.register.connectors.ga4.notes import NOTES
from kpis.register.connectors.ga4.settings_form import Ga4SettingsForm
from kpis.register.connectors.parsing import few

LOOKBACK_DAYS = 4
DEEP = (Reread(days=14, hours=24), Reread(days=90, hours=168))
REPORTS = {"totals": TOTALS, "ecommerce": ECOMMERCE, "campaigns": CAMPAIGNS}


class Ga4Connector:
    """One property. Keeps to `connectors.base.Connector`."""

    kind: ClassVar[str] = "ga4"
    label: ClassVar[StrOrPromise] = _("Google Analytics 4")
    group: ClassVar[Group] = Group.ANALYTICS
    gives: ClassVar[StrOrPromise] = _("Visits, users, orders and campaigns of a site.")
    secret_fields: ClassVar[tuple[str, ...]] = (SECRET,)
    settings_form: ClassVar[type[forms.Form]] = Ga4SettingsForm
    notes: ClassVar[tuple[StrOrPromise, ...]] = NOTES
    # Four times as many are allowed; a page of this size stays a few megabytes.
    page_rows: ClassVar[int] = 25_000

    def __init__(self, account: Account) -> None:
        self._account = account
        self._settings = account.settings
        self._opened: Ga4Client | None = None
        self._zone = ""

    def streams(self) -> tuple[Stream, ...]:
        """Site totals always; orders and campaigns as the settings have them."""
        streams = [_stream("totals", _("Site totals"), TOTALS, slice_days=31)]
        if self.wants("ecommerce"):
            streams.append(_stream("ecommerce", _("Orders and revenue"), ECOMMERCE, slice_days=31))
        if self.wants("campaigns"):
            streams.append(_stream("campaigns", _("Campaigns"), CAMPAIGNS, slice_days=7))
        return tuple(streams)

    def time_zone(self) -> str:
        """The property's zone, asked once. Raises a `SourceError`."""
        if not self._zone:
            # Every answer tells the zone; without it the days that are over are not known yet.
            body = {
                "dateRanges": [{"startDate": "yesterday", "endDate": "yesterday"}],
                "metrics": [{"name": "sessions"}],
                "limit": "1",
            }
            reply = self.client().report(body, "sessions yesterday")
            metadata = reply.data.get("metadata")
            zone = metadata.get("timeZone") if isinstance(metadata, dict) else None
            self._remember_zone(str(zone or ""), reply.raw)
        return self._zone

    def check(self) -> Iterator[CheckItem]:
        """The key, the token, the property, its zone and every stream, one item each."""
        return checks(self)

    def read(self, stream: str, window: Window) -> Iterator[Page]:
        """The report page by page. Never reads a day that is not over."""
        if stream not in {known.name for known in self.streams()}:
            raise ConfigError(_("This part of the source is switched off."), detail=stream)
        report = REPORTS[stream]
        offset, total = 0, None
        known: dict[tuple[str, ...], Row] = {}
        while total is None or offset < total:
            body = report.body(window.first, window.last, limit=self.page_rows, offset=offset)
            about = f"{stream} {window.first}…{window.last} offset={offset}"
            reply = self.client().report(body, about)
            table = table_of(reply.data, report, reply.raw)
            self._remember_zone(table.zone, reply.raw)
            self._refuse_unfinished(window)
            if total is not None and table.total != total:
                raise RetryError(
                    filled(_("The figures of %(vendor)s changed while being read."), vendor=VENDOR),
                    detail=f"{total}, {table.total}",
                )
            total = table.total
            fresh = _fresh(table, known)
            yield self._page(reply, table, fresh, report, window, known)
            if not table.rows:
                break
            offset += min(len(table.rows), self.page_rows)

    def close(self) -> None:
        """Free the connections."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def client(self) -> Ga4Client:
        """Opened on first use. Raises `AuthError` without a usable key."""
        if self._opened is None:
            self._opened = Ga4Client(
                self._account,
                base_url=str(self._settings.get("base_url", "")),
                token_url=str(self._settings.get("token_url", "")),
                number=self.number,
            )
        return self._opened

    def wants(self, setting: str) -> bool:
        """Whether the settings ask for that part of the source."""
        return bool(self._settings.get(setting))

    def today(self) -> dt.date:
        """The date it is now where the property's days are cut."""
        return timezone.localdate(timezone=ZoneInfo(self.time_zone()))

    @property
    def number(self) -> str:
        """The property's number; `ConfigError` when it is none."""
        number = str(self._settings.get("property_id", ""))
        if not (number.isascii() and number.isdecimal()):
            raise ConfigError(_("The property's number is not a number."), field="property_id")
        return number

    def site(self) -> SubjectRef:
        """The property as a subject of the register."""
        label = str(self._settings.get("site_name") or "") or f"GA4 {self.number}"
        return SubjectRef(kind="site", key=self.number, label=label[:200])

    def _page(
        self,
        reply: Reply,
        table: Table,
        rows: tuple[Row, ...],
        report: Report,
        window: Window,
        known: dict[tuple[str, ...], Row],
    ) -> Page:
        facts, notices = facts_of(
            table,
            rows,
            report=report,
            site=self.site(),
            provisional=self.today() - dt.timedelta(days=LOOKBACK_DAYS),
            raw=reply.raw,
        )
        silent: tuple[StrOrPromise, ...] = ()
        if report.keep_empty and len(known) >= table.total:
            days = {key[0] for key in known}
            absent = [f"{day}" for day in window.days() if f"{day:%Y%m%d}" not in days]
            if absent:
                silent = (
                    filled(
                        _("%(vendor)s gave nothing for these days: %(days)s."),
                        vendor=VENDOR,
                        days=few(absent),
                    ),
                )
        return Page(
            facts=facts,
            raw=reply.raw,
            request=reply.request,
            content_type=reply.content_type,
            received=len(rows),
            announced=table.total,
            notices=(*reply.notices, *table.notices, *notices, *silent),
        )

    def _refuse_unfinished(self, window: Window) -> None:
        if window.last >= self.today():
            raise BugError(
                _("A day that is not over was asked for."), detail=window.last.isoformat()
            )

    def _remember_zone(self, zone: str, raw: bytes) -> None:
        if not zone:
            raise BugError(
                _("An agreed field is missing: it was renamed or removed."),
                raw=raw,
                detail=f"{VENDOR}: metadata.timeZone",
            )
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ConfigError(
                _("The time zone of the source is unknown here."),
                field="property_id",
                detail=zone[:60],
            ) from error
        self._zone = zone


def _fresh(table: Table, known: dict[tuple[str, ...], Row]) -> tuple[Row, ...]:
    """The rows no earlier page had, remembered in ``known``. A row that comes again with other
    figures means that the table moved under us."""
    fresh = []
    for row in table.rows:
        before = known.get(row[0])
        if before is None:
            known[row[0]] = row
            fresh.append(row)
        elif before[1] != row[1]:
            raise RetryError(
                filled(_("The figures of %(vendor)s changed while being read."), vendor=VENDOR),
                detail=" ".join(row[0])[:100],
            )
    return tuple(fresh)


def _stream(name: str, label: StrOrPromise, report: Report, *, slice_days: int) -> Stream:
    return Stream(
        name=name,
        label=label,
        metrics=tuple(field.metric for field in report.fields),
        lookback_days=LOOKBACK_DAYS,
        slice_days=slice_days,
        deep=DEEP,
    )
